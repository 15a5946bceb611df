"""The AWS CLI without its start: imported once, forked for each command. The code that runs is that of /usr/bin/aws.

Reads one JSON command a line, {id, arguments, environment}, answers {id, code, output, errors}.
"""
import json
import os
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

import awscli.clidriver
import awscli.customizations.s3.subcommands  # noqa: F401  what most commands need is imported before the fork
import awscli.customizations.waiters  # noqa: F401
import botocore.httpsession  # noqa: F401
import botocore.parsers  # noqa: F401
import botocore.signers  # noqa: F401

gate = threading.Lock()


def child(command, out, err):
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    data = os.environ["AWS_DATA_PATH"]  # set by the import of awscli
    os.environ.clear()
    os.environ.update(command["environment"], AWS_DATA_PATH=data)
    sys.argv = ["aws", *command["arguments"]]
    code = 255
    try:
        code = awscli.clidriver.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


def perform(line):
    command = json.loads(line)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with gate:  # no other thread may hold a lock of the interpreter's while it forks
            pid = os.fork()
            if pid == 0:
                child(command, out.fileno(), err.fileno())
        _, status = os.waitpid(pid, 0)
        out.seek(0)
        err.seek(0)
        answer = {
            "id": command["id"],
            "result": {
                "code": os.waitstatus_to_exitcode(status),
                "output": out.read().decode(),
                "errors": err.read().decode(),
            },
        }
    with gate:
        sys.__stdout__.write(json.dumps(answer) + "\n")
        sys.__stdout__.flush()


with ThreadPoolExecutor(8) as pool:
    for line in sys.stdin:
        pool.submit(perform, line)
