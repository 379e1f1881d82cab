"""Tells whether a folder lies on another machine's disk, where SQLite's locks cannot be trusted."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePath, PureWindowsPath

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afpfs", "webdav", "afs", "ncpfs", "fuse.sshfs"}
)
_MOUNTS = Path("/proc/self/mounts")
_MOUNT_COMMAND = "/sbin/mount"
_MAC_LINE = re.compile(r"^(?P<what>.+) on (?P<place>/.*) \((?P<kind>[^,)]+).*\)$")
_REMOTE = 4
"""DRIVE_REMOTE, what GetDriveTypeW of Windows says of a mapped drive."""


def share_of(folder: Path) -> str:
    """Return what kind of network drive holds the folder on this machine, "" for a disk of its own."""
    if sys.platform == "win32":
        return windows_share(PureWindowsPath(folder.absolute()), _drive_type)
    return posix_share(folder.resolve(), _mounts())


def posix_share(folder: PurePath, mounts: str) -> str:
    """Return `nfs4`, `cifs`, ... if the mounts (text of /proc/self/mounts) say so of the folder, else ""."""
    kind = file_system(folder, mounts)
    return kind if kind in _NETWORK else ""


def file_system(path: PurePath, mounts: str) -> str:
    """Return the type of the file system that holds the path, from the text of /proc/self/mounts, or ""."""
    lines = [line.split(" ") for line in mounts.splitlines()]
    holders = [
        (len(parts[1]), parts[2])
        for parts in lines
        if len(parts) > 2 and path.is_relative_to(parts[1].replace("\\040", " "))
    ]
    return max(holders)[1] if holders else ""


def windows_share(folder: PureWindowsPath, drive_type: Callable[[str], int]) -> str:
    r"""Return the share of a UNC path, or the letter of a mapped drive, or "".

    `drive_type` is asked with a root such as `Z:\` and answers as GetDriveTypeW does.
    """
    drive = folder.drive
    if drive.upper().startswith("\\\\?\\UNC\\"):
        return "\\\\" + drive[8:]
    if drive.startswith(("\\\\?\\", "\\\\.\\")):
        drive = drive[4:]
    if drive.startswith("\\\\"):
        return drive
    return f"mapped drive {drive}" if drive and drive_type(f"{drive}\\") == _REMOTE else ""


def mounts_of_mac(said: str) -> str:
    """Return what `mount` of macOS prints in the form of /proc/self/mounts."""
    found = [_MAC_LINE.match(line) for line in said.splitlines()]
    lines = [(each["what"], each["place"], each["kind"]) for each in found if each]
    return "\n".join(" ".join(part.replace(" ", "\\040") for part in parts) for parts in lines)


def _mounts() -> str:
    if _MOUNTS.exists():
        return _MOUNTS.read_text(encoding="utf-8")
    if not Path(_MOUNT_COMMAND).exists():
        return ""
    said = subprocess.run(  # noqa: S603 - a fixed command
        [_MOUNT_COMMAND], capture_output=True, encoding="utf-8", timeout=10, check=False
    )
    return mounts_of_mac(said.stdout)


def _drive_type(root: str) -> int:
    if sys.platform == "win32":
        return int(ctypes.windll.kernel32.GetDriveTypeW(root))
    return 0
