"""What speaks to the Runtime API in its own way."""
import json
import os
import socket
import time

from attempts import name_of


def connect(port=9001, host="169.254.100.1", timeout=5):
    return socket.create_connection((host, port), timeout=timeout)


def http(method, path, body=b"", host="169.254.100.1", port=9001, headers=""):
    with connect(port, host) as link:
        link.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)
        answer = b""
        while part := link.recv(65536):
            answer += part
    head, _, rest = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]) if head else 0, rest.decode("utf-8", "replace")


def answer_twice(event, context):
    path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
    results = [http("POST", path, b'"first"'), http("POST", path, b'"second"')]
    print("ANSWERS " + json.dumps(results))
    return "third"


def answer_and_work_on(event, context):
    http("POST", f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response", b'"early"')
    while True:
        pass


def answer_for(event, context):
    return http("POST", f"/2018-06-01/runtime/invocation/{event['id']}/response", b'"not yours"')


def break_off(event, context):
    with connect() as link:
        link.sendall(f"POST /2018-06-01/runtime/invocation/{context.aws_request_id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode() + b'"half')
    time.sleep(30)


def close_sockets(event, context):
    os.closerange(3, 1024)
    return {"closed": True}


def return_megabytes(event, context):
    return "x" * (event["megabytes"] << 20)


def speak_nonsense(event, context):
    """Bytes that are no HTTP, headers without end, bodies that never come, and as many connections as it may hold."""
    seen = []
    for text in (b"\x00\xff" * 4096, b"GET /" + b"a" * 100000, b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 40000,
                 b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                 b"POST /2018-06-01/runtime/invocation/../../../../etc/response HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                 b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        for port, host in ((9001, "169.254.100.1"), (4566, "127.0.0.1")):
            try:
                with connect(port, host) as link:
                    link.sendall(text)
                    link.shutdown(socket.SHUT_WR)
                    head = link.recv(12)
                seen.append(head.decode("latin-1"))
            except OSError as error:
                seen.append(name_of(error))
    links = []
    try:
        while len(links) < 2000:
            link = socket.socket()
            link.setblocking(False)
            link.connect_ex(("127.0.0.1", 4566) if len(links) % 2 else ("169.254.100.1", 9001))
            try:
                link.send(b"POST /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{")
            except OSError:
                pass
            links.append(link)
    except OSError as error:
        seen.append(name_of(error))
    return {"seen": seen, "links": len(links)}
