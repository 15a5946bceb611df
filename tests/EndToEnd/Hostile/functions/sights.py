"""What looks around, and what there is to be seen."""
import ctypes
import errno
import hashlib
import hmac
import os
import resource
import socket
import time

from attempts import libc, name_of, outcome
from runtime_api import connect, http

kept = []


def read_paths(event, context):
    found = {}
    for path in event["paths"]:
        try:
            found[path] = f"{len(os.listdir(path))} entries" if os.path.isdir(path) else f"{len(open(path, 'rb').read(64))} bytes"
        except OSError as error:
            found[path] = name_of(error)
    return found


def find_names(event, context):
    """Walks everything there is, /proc too, for file names that the host has."""
    wanted = event["names"]
    hits = []
    for folder, folders, files in os.walk("/", followlinks=False):
        hits += [f"{folder}/{name}" for name in folders + files if any(one in name for one in wanted)]
    return hits


def find_text(event, context):
    """Reads whatever a process may read about itself and others, for words that only the host or another function knows."""
    words = [word.encode() for word in event["words"]]
    hits = []

    def look(path):
        try:
            with open(path, "rb") as file:
                data = file.read(1 << 20)
        except OSError:
            return
        hits.extend(f"{path}: {word.decode()}" for word in words if word in data)

    for top in ("/etc", "/var", "/opt", "/tmp", "/home", "/run", "/dev/shm"):
        for folder, _, files in os.walk(top):
            for name in files:
                look(f"{folder}/{name}")
    for pid in [entry for entry in os.listdir("/proc") if entry.isdigit()]:
        # Its own memory holds the words it looks for; other processes' must be closed.
        for name in ("environ", "cmdline", "maps", "comm") + (("mem",) if int(pid) != os.getpid() else ()):
            look(f"/proc/{pid}/{name}")
    for name in ("/proc/net/unix", "/proc/net/tcp", "/proc/mounts", "/proc/cmdline", "/proc/sysvipc/shm", "/proc/keys"):
        look(name)
    return hits


def surroundings(event, context):
    status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
    return {
        "root": sorted(os.listdir("/")),
        "pids": sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()),
        "self": os.getpid(),
        "devices": sorted(os.listdir("/dev")),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "capabilities": {name: status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")},
        "privileges": status["NoNewPrivs"],
        "seccomp": status["Seccomp"],
        "groups": status["Groups"].split(),
        "descriptors": {fd: os.readlink(f"/proc/self/fd/{fd}").split(":")[0] for fd in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{fd}")},
        "ids": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
        "environment": sorted(os.environ),
        "limits": {"files": resource.getrlimit(resource.RLIMIT_NOFILE), "core": resource.getrlimit(resource.RLIMIT_CORE)},
    }


def reach(event, context):
    """Tries to connect: [[host, port], …] or ["@name"] for an abstract local socket."""
    found = {}
    for target in event["targets"]:
        def attempt():
            if target[0].startswith("@"):
                with socket.socket(socket.AF_UNIX) as link:
                    link.connect("\0" + target[0][1:])
            elif target[0].startswith("/"):
                with socket.socket(socket.AF_UNIX) as link:
                    link.connect(target[0])
            else:
                connect(target[1], target[0], timeout=1).close()
        found[":".join(map(str, target))] = outcome(attempt)
    return found


def call_region(event, context):
    return http(event.get("method", "GET"), event["path"], event.get("body", "").encode(), "127.0.0.1", 4566, event.get("headers", ""))


def whoami(event, context):
    """GetCallerIdentity with the credentials of the environment, signed by hand: importing an SDK takes longer than all else here."""
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{stamp[:8]}/us-east-1/sts/aws4_request"
    headers = {"host": "127.0.0.1:4566", "x-amz-date": stamp, "x-amz-security-token": os.environ["AWS_SESSION_TOKEN"]}
    names = ";".join(headers)
    canonical = "\n".join(["POST", "/", "", *(f"{name}:{value}" for name, value in headers.items()), "", names, hashlib.sha256(body.encode()).hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/") + [text]:
        key = hmac.digest(key, part.encode(), "sha256")
    authorization = f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    lines = f"Authorization: {authorization}\r\nX-Amz-Date: {stamp}\r\nX-Amz-Security-Token: {headers['x-amz-security-token']}\r\n"
    return http("POST", "/", body.encode(), "127.0.0.1", 4566, lines + "Content-Type: application/x-www-form-urlencoded\r\n")


def keep_secret(event, context):
    """A victim: its secret stands in its environment, its code, its memory, its /tmp, shared memory and a local socket."""
    kept.append(event["secret"] * 1000)
    for path in ("/tmp/" + event["secret"], "/dev/shm/" + event["secret"]):
        with open(path, "w") as file:
            file.write(event["secret"])
    link = socket.socket(socket.AF_UNIX)
    link.bind("\0" + event["secret"])
    link.listen()
    kept.append(link)
    segment = libc.shmget(event["key"], 4096, 0o1666)
    return {"segment": segment, "id": context.aws_request_id}


def find_segment(event, context):
    return {"found": libc.shmget(event["key"], 4096, 0o666), "error": errno.errorcode.get(ctypes.get_errno())}
