"""Which process lives is known without touching it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from connector.store.processes import pid_space, process_exists, this_host


def test_this_process_exists_and_a_finished_one_does_not() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert process_exists(child.pid)
        assert child.poll() is None
        child.communicate(b"\n", timeout=60)
        assert not process_exists(child.pid)
    assert process_exists(os.getpid())


@pytest.mark.skipif(sys.platform == "win32", reason="process 1 is a matter of POSIX")
def test_a_process_of_somebody_else_exists() -> None:
    script = (
        "import os; from connector.store.processes import process_exists as e;"
        "os.geteuid() or os.setuid(65534); print(e(1))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout == "True\n"


def test_the_machine_has_a_name() -> None:
    assert this_host()
    assert pid_space() == pid_space()
