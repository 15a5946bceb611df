"""The Lambda Runtime API (2018-06-01) over one kept connection.

A raw socket instead of http.client: importing that costs more than starting the interpreter, and a round trip three times as long.
"""
import _socket

# Answers up to this size travel in the same segment as the request for the next event.
_PIPELINE_LIMIT = 60_000
_MAX_HEAD = 1 << 20


class RuntimeApiError(Exception):
    """The Runtime API said something that no environment can go on from."""


class RuntimeApi:
    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self._peer = (host, int(port))
        self._socket = None
        self._buffer = b""
        self._pending = b""
        tail = f" HTTP/1.1\r\nHost: {address}\r\n"
        self._tail = tail
        self._next = f"GET /2018-06-01/runtime/invocation/next{tail}\r\n".encode("latin-1")

    def next(self):
        """Waits for the next event: (headers with lower-case names, body)."""
        pending, self._pending = self._pending, b""
        status, headers, body = self._exchange(pending + self._next, 2 if pending else 1)
        if status != 200:
            raise RuntimeApiError(f"Runtime API answered {status} to next")
        return headers, body

    def respond(self, request_id, body):
        self._post(f"/2018-06-01/runtime/invocation/{request_id}/response", body, "")

    def fail(self, request_id, body, error_type):
        self._post(f"/2018-06-01/runtime/invocation/{request_id}/error", body, error_type)

    def fail_init(self, body, error_type):
        self._exchange(self._request("/2018-06-01/runtime/init/error", body, error_type), 1)

    def _post(self, path, body, error_type):
        request = self._request(path, body, error_type)
        if len(request) <= _PIPELINE_LIMIT:
            self._pending = request
            return
        try:
            self._exchange(request, 1)
        except (ConnectionError, EOFError):
            # Refused (413) before it was read: the API has failed the invocation itself, and the next one may come.
            pass

    def _request(self, path, body, error_type):
        head = f"POST {path}{self._tail}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        if error_type:
            # A class name may hold anything, a header field may not.
            safe = error_type.encode("ascii", "backslashreplace").decode().replace("\r", " ").replace("\n", " ")
            head += f"Lambda-Runtime-Function-Error-Type: {safe}\r\n"
        return f"{head}\r\n".encode("latin-1") + body

    def _exchange(self, request, answers):
        # A connection that the API closed between two events is opened once more; a repeated answer is refused there, harmlessly.
        for attempt in (0, 1):
            fresh = self._socket is None
            try:
                if fresh:
                    self._connect()
                try:
                    self._socket.sendall(request)
                except (BrokenPipeError, ConnectionResetError):
                    # An API that refuses a body without reading it has written its reason before it closed.
                    if answers != 1:
                        raise
                for _ in range(answers):
                    answer = self._read()
                return answer
            except (ConnectionError, EOFError):
                self._close()
                if attempt:
                    raise

    def _connect(self):
        family = _socket.AF_INET6 if ":" in self._peer[0] else _socket.AF_INET
        connection = _socket.socket(family, _socket.SOCK_STREAM)
        connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        connection.connect((self._peer[0].strip("[]"), self._peer[1]))
        self._socket = connection
        self._buffer = b""

    def _close(self):
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _receive(self):
        data = self._socket.recv(65536)
        if not data:
            raise EOFError("Runtime API closed the connection")
        return data

    def _read(self):
        buffer = self._buffer
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            if len(buffer) > _MAX_HEAD:
                raise RuntimeApiError("Runtime API sent an endless header")
            buffer += self._receive()
        lines = buffer[:end].decode("utf-8", "surrogateescape").split("\r\n")
        self._buffer = buffer[end + 4 :]
        status = int(lines[0].split(" ", 2)[1])
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if "content-length" in headers:
            body = self._read_exactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._read_chunks()
        else:
            body = b""
        if headers.get("connection", "").lower() == "close":
            self._close()
        return status, headers, body

    def _read_exactly(self, length):
        have = self._buffer
        if len(have) >= length:
            self._buffer = have[length:]
            return have[:length]
        body = bytearray(length)
        filled = len(have)
        body[:filled] = have
        view = memoryview(body)
        while filled < length:
            count = self._socket.recv_into(view[filled:])
            if not count:
                raise EOFError("Runtime API closed the connection")
            filled += count
        self._buffer = b""
        return bytes(body)

    def _read_line(self):
        while (end := self._buffer.find(b"\r\n")) < 0:
            self._buffer += self._receive()
        line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
        return line

    def _read_chunks(self):
        parts = []
        while size := int(self._read_line().split(b";")[0], 16):
            parts.append(self._read_exactly(size))
            self._read_line()
        while self._read_line():
            pass
        return b"".join(parts)
