"""Loads the handler and feeds it events until the environment ends."""
import builtins
import os
import sys

import _fogbank_errors as errors
import _fogbank_logging
from _fogbank_api import RuntimeApi
from _fogbank_context import LambdaContext
from _fogbank_json import decode, encode


def run():
    environment = os.environ
    _prepare(environment)
    api = RuntimeApi(environment["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = _load(environment["_HANDLER"])
    except Exception as error:
        description = errors.describe(error)
        errors.log(description)
        _flush()
        api.fail_init(errors.body(description), description["errorType"])
        sys.exit(1)
    _flush()
    while True:
        _invoke(api, handler)


def _prepare(environment):
    task = environment.get("LAMBDA_TASK_ROOT", "/var/task")
    runtime = os.path.dirname(__file__)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    first = [task, f"/opt/python/lib/{version}/site-packages", "/opt/python", runtime]
    # Last, what the machine has installed (Debian's packages, boto3 among them): -S has left it out.
    last = [f"{sys.prefix}/lib/{version}/site-packages", f"{sys.prefix}/local/lib/{version}/dist-packages", "/usr/lib/python3/dist-packages"]
    kept = [path for path in sys.path if path not in first and path not in last]
    sys.path[:] = first + kept + [path for path in last if os.path.isdir(path)]
    # What `site` would have given.
    builtins.exit = builtins.quit = sys.exit
    # A line of output is a record of the log: it must not wait in a buffer while the environment is frozen.
    sys.stdout.reconfigure(line_buffering=True)
    sys.meta_path.insert(0, _fogbank_logging.LoggingFinder)


def _load(name):
    path, dot, function = name.rpartition(".")
    if not dot:
        raise errors.Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    module = path.replace("/", ".")
    if module.split(".")[0] in sys.builtin_module_names:
        raise errors.Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {path} as a handler module")
    try:
        __import__(module)
    except ImportError as error:
        raise errors.Fault("Runtime.ImportModuleError", f"Unable to import module '{path}': {error}") from error
    except SyntaxError as error:
        raise errors.syntax_fault(path, error) from error
    handler = getattr(sys.modules[module], function, None)
    if handler is None:
        raise errors.Fault("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{path}'")
    return handler


def _invoke(api, handler):
    headers, payload = api.next()
    request_id = headers["lambda-runtime-aws-request-id"]
    _fogbank_logging.request_id = request_id
    _fogbank_logging.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
    trace = headers.get("lambda-runtime-trace-id")
    if trace:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    elif "_X_AMZN_TRACE_ID" in os.environ:
        del os.environ["_X_AMZN_TRACE_ID"]
    try:
        event, context = _arguments(headers, payload)
        result = handler(event, context)
        answer = _answer(result)
    except Exception as error:
        description = errors.describe(error, request_id)
        errors.log(description)
        _flush()
        api.fail(request_id, errors.body(description), description["errorType"])
        return
    _flush()
    api.respond(request_id, answer)


def _arguments(headers, payload):
    try:
        event = decode(payload.decode("utf-8"))
    except Exception as error:
        raise errors.Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
    try:
        return event, LambdaContext(headers, decode)
    except Exception as error:
        raise errors.Fault("Runtime.LambdaContextUnmarshalError", f"Unable to unmarshal context: {error}") from error


def _answer(result):
    try:
        return encode(result)
    except Exception as error:
        raise errors.Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _flush():
    # A handler may have replaced or closed either; that must not fail its invocation.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
