"""How an attempt is made, and what became of it."""
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
X64 = os.uname().machine == "x86_64"


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
