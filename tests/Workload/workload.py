"""One small program that plays the parts of workloads, good and hostile. Needs nothing but the system's Python."""
import ctypes
import errno
import os
import signal
import socket
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)


def say(text):
    os.write(1, (text + "\n").encode())


def outcome(name, call):
    """Says NAME: ok, or NAME: <errno name>."""
    try:
        call()
        say(name + ": ok")
    except OSError as error:
        say(name + ": " + errno.errorcode.get(error.errno, str(error.errno)))


def raw(number, *arguments):
    arguments = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


X64 = os.uname().machine == "x86_64"


def number(x64, arm64):
    return x64 if X64 else arm64


def echo(*words):
    say(" ".join(words))


def exits(code):
    sys.exit(int(code))


def dies(number_):
    os.kill(os.getpid(), int(number_))


def env():
    for name in sorted(os.environ):
        say(name + "=" + os.environ[name])


def spin(seconds):
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        pass
    say("cpu %.3f" % time.process_time())


def ticks():
    count = 0
    while True:
        count += 1
        say(str(count))
        time.sleep(0.01)


def forever():
    say("ready")
    time.sleep(1000)


def on_term():
    def stop(*_):
        say("terminated")
        sys.exit(7)
    signal.signal(signal.SIGTERM, stop)
    say("ready")
    while True:
        time.sleep(1000)


def ignore_term():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("ready")
    while True:
        time.sleep(1000)


def get(host, port, text):
    with socket.create_connection((host, int(port)), timeout=5) as s:
        s.sendall(text.encode())
        s.shutdown(socket.SHUT_WR)
        say(s.makefile("rb").read().decode())


def connect(host, port):
    def call():
        with socket.socket() as s:
            s.settimeout(2)
            s.connect((host, int(port)))
    outcome("connect", call)


def fork_bomb():
    made = 0
    while True:
        try:
            pid = os.fork()
        except OSError as error:
            say("fork: %s after %d" % (errno.errorcode[error.errno], made))
            break
        if pid == 0:
            time.sleep(1000)
            os._exit(0)
        made += 1
    time.sleep(1000)


def fork_for_ever():
    while True:
        try:
            os.fork()
        except OSError:
            pass


def eat_memory():
    kept = []
    while True:
        kept.append(b"x" * (4 * 1024 * 1024))


def child_eats_memory():
    pid = os.fork()
    if pid == 0:
        eat_memory()
    _, status = os.waitpid(pid, 0)
    say("child %d" % os.waitstatus_to_exitcode(status))


def fill_tmp():
    written = 0
    block = b"x" * (256 * 1024)
    try:
        with open("/tmp/fill", "wb", buffering=0) as f:
            while True:
                written += f.write(block)
    except OSError as error:
        say("tmp: %s after %d" % (errno.errorcode[error.errno], written))


def fill_disk():
    """Takes all of the root file system, most of it without writing."""
    taken = 0
    with open("/fill", "wb", buffering=0) as f:
        for step in (256 << 20, 1 << 20, 64 << 10):
            try:
                while True:
                    os.posix_fallocate(f.fileno(), taken, step)
                    taken += step
            except OSError as error:
                reason = errno.errorcode[error.errno]
        say("allocate: %s after %d" % (reason, taken))
    def write():
        with open("/other", "wb", buffering=0) as f:
            for _ in range(1024):
                f.write(b"x" * 65536)
    outcome("write", write)
    say("read: %d" % len(open("/etc/passwd").read()))


def spam(megabytes):
    line = (b"0123456789abcde" * 68)[:1015]
    for i in range(int(megabytes) * 1024):
        os.write(1, b"%07d " % i + line + b"\n")
    os.write(2, b"done\n")


def daemon():
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                time.sleep(1000)
            os._exit(0)
    time.sleep(0.05)
    say("left daemons")


def zombies(count):
    def fork():
        end = time.monotonic() + 20
        while True:
            try:
                return os.fork()
            except BlockingIOError:  # those that ended have not all been reaped yet
                if time.monotonic() > end:
                    raise
                time.sleep(0.002)

    for _ in range(int(count)):
        if fork() == 0:
            if fork() == 0:
                os._exit(0)
            os._exit(0)
        os.wait()
    say("no zombies")


def attack():
    """Tries everything that must fail; says how each failed."""
    text = ctypes.c_char_p
    buffer = ctypes.create_string_buffer(256)
    outcome("mount", lambda: raw(number(165, 40), text(b"none"), text(b"/tmp"), text(b"tmpfs"), 0, text(b"")))
    outcome("umount", lambda: raw(number(166, 39), text(b"/proc"), 2))
    outcome("fsopen", lambda: raw(430, text(b"tmpfs"), 0))
    outcome("open_tree", lambda: raw(428, -100, text(b"/"), 1))
    outcome("pivot_root", lambda: raw(number(155, 41), text(b"."), text(b".")))
    outcome("chroot", lambda: os.chroot("/tmp"))
    for name, flag in (("user", 0x10000000), ("mount", 0x20000), ("net", 0x40000000), ("pid", 0x20000000)):
        outcome("unshare-" + name, lambda flag=flag: raw(number(272, 97), flag))
    outcome("clone-user", lambda: raw(number(56, 220), 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0))
    outcome("clone3", lambda: raw(435, buffer, 88))
    outcome("setns", lambda: raw(number(308, 268), 0, 0))
    outcome("bpf", lambda: raw(number(321, 280), 0, buffer, 128))
    outcome("keyctl", lambda: raw(number(250, 219), 0, -3, 0))
    outcome("add_key", lambda: raw(number(248, 217), text(b"user"), text(b"x"), text(b"y"), 1, -3))
    outcome("ptrace", lambda: raw(number(101, 117), 0, 0, 0, 0))
    outcome("process_vm_readv", lambda: raw(number(310, 270), 1, 0, 0, 0, 0, 0))
    outcome("io_uring", lambda: raw(425, 8, buffer))
    outcome("userfaultfd", lambda: raw(number(323, 282), 1))
    outcome("perf_event_open", lambda: raw(number(298, 241), buffer, 0, -1, -1, 0))
    outcome("kexec_load", lambda: raw(number(246, 104), 0, 0, 0, 0))
    outcome("init_module", lambda: raw(number(175, 105), 0, 0, 0))
    outcome("reboot", lambda: raw(number(169, 142), 0, 0, 0, 0))
    outcome("packet-socket", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
    outcome("raw-socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
    outcome("vsock", lambda: socket.socket(40, socket.SOCK_STREAM, 0))
    outcome("alg-socket", lambda: socket.socket(38, socket.SOCK_SEQPACKET, 0))
    outcome("mknod", lambda: os.mknod("/tmp/disk", 0o600 | 0o060000, os.makedev(254, 0)))
    outcome("setuid-root", lambda: os.setuid(0))
    outcome("kill-init", lambda: os.kill(1, signal.SIGKILL))
    outcome("hostname", lambda: socket.sethostname("mine"))
    outcome("personality-ok", lambda: raw(number(135, 92), 0xffffffff))


def look_around():
    """Says what can be seen of the host."""
    for path in ("/etc/shadow", "/root", "/home", "/work", "/var/lib", "/var/log", "/sys/kernel", "/proc/1/environ", "/proc/1/root",
                 "/proc/kcore", "/proc/kmsg", "/proc/keys", "/proc/sysrq-trigger", "/dev/vda", "/dev/mem", "/dev/loop0", "/dev/kmsg",
                 "/dev/fuse", "/run/docker.sock"):
        try:
            if os.path.isdir(path):
                say("%s: %d entries" % (path, len(os.listdir(path))))
            else:
                with open(path, "rb") as f:
                    say("%s: %d bytes" % (path, len(f.read(64))))
        except OSError as error:
            say("%s: %s" % (path, errno.errorcode[error.errno]))
    say("root: " + " ".join(sorted(os.listdir("/"))))
    say("pids: " + " ".join(sorted(p for p in os.listdir("/proc") if p.isdigit())))
    say("devices: " + " ".join(sorted(os.listdir("/dev"))))
    say("interfaces: " + " ".join(name for _, name in socket.if_nameindex()))
    for path in ("/", "/usr", "/etc", "/var/task", "/opt", "/dev", "/proc/sys/kernel/hostname", "/usr/bin/python3"):
        try:
            target = path if os.path.isfile(path) else path + "/probe"
            with open(target, "ab"):
                say("write %s: ok" % path)
        except OSError as error:
            say("write %s: %s" % (path, errno.errorcode[error.errno]))
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith(("Cap", "NoNewPrivs", "Seccomp:", "Groups")):
                say(line.strip().replace("\t", " "))
    say("fds: " + " ".join(sorted(f for f in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + f))))
    import pwd
    say("user: %s %d %d" % (pwd.getpwuid(os.getuid()).pw_name, os.getuid(), os.getgid()))


def limits():
    import resource
    say("nofile %d %d" % resource.getrlimit(resource.RLIMIT_NOFILE))
    say("core %d" % resource.getrlimit(resource.RLIMIT_CORE)[0])
    status = os.statvfs("/tmp")
    say("tmp %d" % (status.f_bavail * status.f_frsize))
    say("tmp entries %d" % len(os.listdir("/tmp")))
    say("umask %o" % os.umask(0))
    say("host %s" % socket.gethostname())
    say("cwd %s" % os.getcwd())


def read(path):
    with open(path) as f:
        say(f.read())


def memory_of_others():
    found = 0
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) != os.getpid():
            for name in ("mem", "environ", "cwd/", "fd/"):
                try:
                    path = "/proc/%s/%s" % (pid, name)
                    os.listdir(path) if path.endswith("/") else open(path, "rb").read(1)
                    found += 1
                except OSError:
                    pass
    say("found %d" % found)


part = sys.argv[1].replace("-", "_")
{"exit": exits, "die": dies}.get(part, globals().get(part))(*sys.argv[2:])
