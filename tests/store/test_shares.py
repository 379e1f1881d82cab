"""A network drive is known by what Linux, macOS and Windows say of it; the texts are theirs."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from connector.store.shares import file_system, mounts_of_mac, posix_share, share_of, windows_share

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/export /mnt/crm nfs4 rw,vers=4.2 0 0
//nas/share /mnt/team\\040files cifs rw 0 0
tmpfs /mnt/crm/local tmpfs rw 0 0
"""
MAC = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//anna@nas._smb._tcp.local/sales on /Volumes/sales data (smbfs, nodev, nosuid, mounted by anna)
server:/export on /Volumes/nfs (nfs)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
"""


@pytest.mark.parametrize(
    ("path", "kind", "share"),
    [
        ("/home/user", "ext4", ""),
        ("/mnt/crm", "nfs4", "nfs4"),
        ("/mnt/crm/deep/er", "nfs4", "nfs4"),
        ("/mnt/crm/local/x", "tmpfs", ""),
        ("/mnt/crmx", "ext4", ""),
        ("/mnt/team files/x", "cifs", "cifs"),
    ],
)
def test_the_longest_mount_that_holds_the_path_counts(path: str, kind: str, share: str) -> None:
    assert file_system(PurePosixPath(path), MOUNTS) == kind
    assert posix_share(PurePosixPath(path), MOUNTS) == share


def test_no_mount_is_no_knowledge() -> None:
    assert file_system(PurePosixPath("/home"), "") == ""


@pytest.mark.parametrize(
    ("path", "share"),
    [
        ("/Users/anna/crm", ""),
        ("/Volumes/sales data/crm", "smbfs"),
        ("/Volumes/nfs", "nfs"),
        ("/System/Volumes/Data/x", ""),
    ],
)
def test_what_mount_prints_on_a_mac(path: str, share: str) -> None:
    assert posix_share(PurePosixPath(path), mounts_of_mac(MAC)) == share


@pytest.mark.parametrize(
    ("path", "share"),
    [
        (r"C:\crm", ""),
        (r"\\nas\sales\crm", r"\\nas\sales"),
        ("//nas/sales/crm", r"\\nas\sales"),
        (r"\\?\UNC\nas\sales\crm", r"\\nas\sales"),
        (r"\\?\C:\crm", ""),
        (r"Z:\crm", "mapped drive Z:"),
        (r"\\?\Z:\crm", "mapped drive Z:"),
    ],
)
def test_unc_paths_and_mapped_drives_of_windows(path: str, share: str) -> None:
    asked = []

    def drive_type(root: str) -> int:
        asked.append(root)
        return {"C:\\": 3, "Z:\\": 4}[root]

    assert windows_share(PureWindowsPath(path), drive_type) == share
    assert all(root.endswith(":\\") for root in asked)


def test_the_folder_of_this_test_is_on_this_machine(tmp_path: Path) -> None:
    assert share_of(tmp_path) == ""
