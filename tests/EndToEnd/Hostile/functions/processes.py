"""What does not want to end."""
import os
import signal
import time

from runtime_api import http


def ignore_term(event, context):
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    if event.get("hang"):
        while True:
            time.sleep(1000)
    return {"ignoring": True}


def leave_daemons(event, context):
    """Three daemons, each out of the session, deaf to signals and busy."""
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    signal.signal(one, signal.SIG_IGN)
                while True:
                    time.sleep(0.001)
            os._exit(0)
    for _ in range(3):
        os.wait()
    return {"left": 3}


def leave_answerer(event, context):
    """A process that stays and answers, with this call's id, whatever comes next."""
    if os.fork() == 0:
        while True:
            http("POST", f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response", b'"from the past"')
            http("POST", "/2018-06-01/runtime/invocation/00000000-0000-0000-0000-000000000000/response", b'"guessed"')
            time.sleep(0.001)
    return {"left": 1}
