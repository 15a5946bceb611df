"""What is done to the kernel."""
import ctypes
import os
import resource
import signal
import socket
import time

from attempts import number, outcome, raw
from files import write_file


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
