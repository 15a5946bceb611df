"""What is done to files, and to processes that are not its own."""
import os
import sys

from attempts import name_of, outcome


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
