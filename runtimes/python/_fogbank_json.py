"""JSON by the interpreter's own C scanner and encoder, without the `json` package.

`json` imports `re` and `enum`, which double the start of an interpreter. Where an interpreter has other internals, `json` itself is used.
"""
import os


def _old_text(execution_environment):
    # Runtimes before python3.12 escape all that is not ASCII, later ones write UTF-8.
    _, _, minor = execution_environment.rpartition("python3.")
    return not minor.isdigit() or int(minor) < 12


_ASCII = _old_text(os.environ.get("AWS_EXECUTION_ENV", ""))
_WHITE = " \t\n\r"


class _Numbers:
    """Stands for values which the C encoder cannot write raw: decimals, exact to the last digit."""

    def __init__(self):
        self.found = {}
        self.mark = None

    def default(self, value):
        if type(value).__module__ == "decimal" and hasattr(value, "is_nan"):
            if value.is_nan():
                return float("nan")
            if self.mark is None:
                # Not to be guessed, or a string in the answer could pass for a number.
                self.mark = os.urandom(16).hex()
            key = f"{self.mark}-{len(self.found)}"
            self.found[key] = str(value)
            return key
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")

    def restore(self, text):
        for key, number in self.found.items():
            text = text.replace(f'"{key}"', number, 1)
        return text


class _Settings:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"-Infinity": float("-inf"), "Infinity": float("inf"), "NaN": float("nan")}.__getitem__


def _plain_decode(text):
    import json

    return json.loads(text)


def _plain_chunks(value, default):
    import json

    return (json.dumps(value, default=default, ensure_ascii=_ASCII),)


try:
    import _json

    _scan = _json.make_scanner(_Settings)
    _quote = _json.encode_basestring_ascii if _ASCII else _json.encode_basestring

    def _chunks(value, default):
        return _json.make_encoder({}, default, _quote, None, ": ", ", ", False, False, True)(value, 0)

    def decode(text):
        start, last = 0, len(text)
        while start < last and text[start] in _WHITE:
            start += 1
        try:
            value, end = _scan(text, start)
        except StopIteration:
            return _plain_decode(text)
        if end != last and text[end:].strip(_WHITE):
            return _plain_decode(text)
        return value

    if decode(' {"a": [1.5, null]} ') != {"a": [1.5, None]} or "".join(_chunks({"a": [1.5, None]}, None)) != '{"a": [1.5, null]}':
        raise ImportError("another JSON")
except (ImportError, AttributeError, TypeError):
    decode = _plain_decode
    _chunks = _plain_chunks


def encode(value):
    """The value as JSON bytes; TypeError or ValueError where it has no such form."""
    numbers = _Numbers()
    text = "".join(_chunks(value, numbers.default))
    if numbers.found:
        text = numbers.restore(text)
    return text.encode("utf-8", "surrogatepass" if _ASCII else "strict")
