"""Says which process this is, and whether another one on this machine still lives."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from pathlib import Path

_PID_NAMESPACE = Path("/proc/self/ns/pid")


def this_host() -> str:
    """Return the name of this machine."""
    return platform.node() or "localhost"


def pid_space() -> str:
    """Return what process ids are counted in: two containers may share a host name, not their processes."""
    try:
        return str(_PID_NAMESPACE.readlink())
    except OSError:
        return ""


if sys.platform == "win32":
    _QUERY_LIMITED_INFORMATION = 0x1000
    _ACCESS_DENIED = 5
    _STILL_ACTIVE = 259

    def process_exists(pid: int) -> bool:
        """Whether a process with that id runs; `os.kill(pid, 0)` would end it on Windows."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = kernel.OpenProcess(_QUERY_LIMITED_INFORMATION, False, pid)
        if not handle:
            return ctypes.get_last_error() == _ACCESS_DENIED
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return code.value == _STILL_ACTIVE

else:

    def process_exists(pid: int) -> bool:
        """Whether a process with that id runs, ours or anybody's."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
