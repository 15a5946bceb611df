"""AWS's set-up of the `logging` module, done when a function imports it (it costs several milliseconds that most starts need not pay).

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""
import os
import sys
import time

# The invocation under way; the loop writes it.
request_id = ""
tenant_id = None

_LEVELS = {"TRACE": "DEBUG", "DEBUG": "DEBUG", "INFO": "INFO", "WARN": "WARNING", "WARNING": "WARNING", "ERROR": "ERROR", "FATAL": "CRITICAL", "CRITICAL": "CRITICAL"}


class LoggingFinder:
    """Finds `logging` as the interpreter would, and sets it up once its code has run."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(cls)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                break
        else:
            return None
        # A module of that name in the user's own code is the user's own affair.
        if spec.loader is not None and spec.origin and spec.origin.startswith(os.path.dirname(os.__file__) + os.sep):
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                configure(module)

            spec.loader.exec_module = exec_module
        return spec


def configure(logging):
    json_lines = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"

    class LambdaHandler(logging.Handler):
        def emit(self, record):
            try:
                sys.stdout.write(self.format(record).replace("\n", "\r") + "\n")
            except Exception:
                self.handleError(record)

    class LambdaFilter(logging.Filter):
        def filter(self, record):
            record.aws_request_id = request_id
            record.tenant_id = tenant_id
            return True

    class JsonFormatter(logging.Formatter):
        def format(self, record):
            return _json_line(self, record)

    logging.Formatter.converter = time.gmtime
    handler = LambdaHandler()
    if json_lines:
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(LambdaFilter())
    logging.root.addHandler(handler)
    level = _LEVELS.get(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper())
    if json_lines and level:
        logging.root.setLevel(level)


def _json_line(formatter, record):
    import json
    import logging

    entry = {
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
        "level": record.levelname,
        "message": record.getMessage(),
        "logger": record.name,
    }
    if record.exc_info and record.exc_info[0]:
        import traceback

        kind, error, trace = record.exc_info
        entry["stackTrace"] = [line.rstrip("\n") for line in traceback.format_tb(trace)]
        entry["errorType"] = kind.__name__
        entry["errorMessage"] = str(error)
        entry["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
    if record.stack_info:
        entry["stackInfo"] = record.stack_info
    entry["requestId"] = request_id
    if tenant_id is not None:
        entry["tenantId"] = tenant_id
    known = logging.LogRecord("", 0, "", 0, "", (), None).__dict__
    for name, value in record.__dict__.items():
        if name not in known and name not in ("aws_request_id", "tenant_id", "message", "asctime"):
            entry.setdefault(name, value)
    return json.dumps(entry, ensure_ascii=False, default=str)
