"""What takes more than its share."""
import os
import signal
import time

from attempts import name_of

kept = []


def fork_to_the_limit(event, context):
    made = 0
    while True:
        try:
            pid = os.fork()
        except OSError as error:
            return {"made": made, "error": name_of(error)}
        if pid == 0:
            signal.pause()
        made += 1


def fork_for_ever(event, context):
    while True:
        try:
            os.fork()
        except OSError:
            pass


def fork_some(event, context):
    for _ in range(40):
        if os.fork() == 0:
            while True:
                time.sleep(0.001)
    time.sleep(1000)


def eat_memory(event, context):
    while True:
        kept.append(b"x" * (4 << 20))


def child_eats_memory(event, context):
    pid = os.fork()
    if pid == 0:
        eat_memory(event, context)
    _, status = os.waitpid(pid, 0)
    return {"child": os.waitstatus_to_exitcode(status)}


def share_memory(event, context):
    """Eats memory that belongs to no process: a file of /dev/shm."""
    with open("/dev/shm/fill", "wb", buffering=0) as file:
        while True:
            file.write(b"x" * (4 << 20))


def fill_tmp(event, context):
    """Writes `written` bytes for real, more than the function's memory, and asks for the rest until there is none."""
    block = b"x" * (1 << 20)
    total = 0
    with open("/tmp/fill", "wb", buffering=0) as file:
        while total < event["written"]:
            total += file.write(block)
        try:
            while True:
                os.posix_fallocate(file.fileno(), total, 1 << 20)
                total += 1 << 20
        except OSError as error:
            result = {"bytes": total, "error": name_of(error)}
    os.unlink("/tmp/fill")
    return result


def fill_tmp_with_names(event, context):
    made = 0
    try:
        while True:
            os.close(os.open(f"/tmp/{made}", os.O_CREAT | os.O_WRONLY))
            made += 1
    except OSError as error:
        return {"made": made, "error": name_of(error)}


def list_tmp(event, context):
    return sorted(os.listdir("/tmp"))


def spam(event, context):
    line = (b"0123456789abcde" * 68)[:1015]
    for i in range(event["megabytes"] * 1024):
        write_all(1, b"%07d " % i + line + b"\n")
    return {"written": event["megabytes"]}


def spam_one_line(event, context):
    block = b"y" * (1 << 20)
    for _ in range(event["megabytes"]):
        write_all(1, block)
    os.write(1, b"\n")
    return {"written": event["megabytes"]}


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data):]
