"""Errors in the words and the form of AWS's Python runtime."""
import os
import sys
import time

from _fogbank_json import encode

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class Fault(Exception):
    """An error of the runtime, not of the user's code: it has a name of its own."""

    def __init__(self, name, message, trace=None):
        super().__init__(message)
        self.name = name
        self.trace = trace


def describe(error, request_id=None):
    """AWS's error object for an exception."""
    if isinstance(error, Fault):
        name, trace = error.name, error.trace or []
    else:
        name, trace = type(error).__name__, _frames(error.__traceback__)
    return {
        "errorMessage": str(error),
        "errorType": name,
        "requestId": request_id or "",
        "stackTrace": trace,
    }


def log(description):
    """One record in the log: newlines inside become carriage returns, as the end of a line is the end of a record."""
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON":
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        text = encode({"timestamp": now, "log_level": "ERROR", **description}).decode("utf-8", "replace")
    else:
        lines = [f"[ERROR] {description['errorType']}" + (f": {description['errorMessage']}" if description["errorMessage"] else "")]
        lines.append("Traceback (most recent call last):")
        for element in description["stackTrace"]:
            lines.extend(_indent(line) for line in element.splitlines())
        text = "\r".join(lines).replace("\n", "\r")
    sys.stdout.write(text + "\n")


def body(description):
    """The JSON of an error object, whatever its message holds."""
    try:
        return encode(description)
    except UnicodeEncodeError:
        safe = {**description, "errorMessage": description["errorMessage"].encode("utf-8", "replace").decode()}
        safe["stackTrace"] = [line.encode("utf-8", "replace").decode() for line in description["stackTrace"]]
        return encode(safe)


def syntax_fault(module, error):
    trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
    return Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}", trace)


def _frames(trace):
    import traceback

    frames = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in traceback.extract_tb(trace)]
    first = next((index for index, frame in enumerate(frames) if not frame[0].startswith(_HERE)), 0)
    return traceback.format_list(frames[first:])


def _indent(line):
    # CloudWatch trims ordinary spaces.
    bare = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(bare)) + bare
