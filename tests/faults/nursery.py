"""Runs commands in processes that may be killed: each a child of one process that has loaded the program.

Loading takes longer than an `apply` of 50 changes; a child inherits what is loaded and nothing else: no
connection, no thread, no store. Needs fork, so not on Windows.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType

PATIENCE = 120.0
"""Seconds after which a child is killed."""


class Child:
    """One command on its way, as `subprocess.Popen` shows one."""

    def __init__(self, nursery: Nursery, pid: int, told: Path) -> None:
        self._nursery = nursery
        self._told = told
        self.pid = pid
        self.returncode: int | None = None

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def communicate(self, timeout: float = 0.0) -> tuple[str, str]:
        """Wait for its end; return what it printed, all of it together."""
        self.returncode = int(self._nursery.ask("wait", self.pid))
        return "", self._told.read_text(encoding="utf-8")

    def wait_until_stopped(self) -> None:
        """Wait until it stopped itself."""
        assert self._nursery.ask("stopped", self.pid) == "True", "it ended instead"


class Nursery:
    """A process that gives birth to commands."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._born = 0
        self._parent = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=Path(__file__).parents[2],
        )

    def start(self, folder: Path, *arguments: str, **environment: str) -> Child:
        """Begin a command in a child; what it prints stands in a file of the folder."""
        self._born += 1
        told = folder / f"told-{self._born}.txt"
        return Child(self, int(self.ask("start", arguments, environment, str(told))), told)

    def ask(self, *order: object) -> str:
        """Send one order and return the answer."""
        with self._guard:
            assert self._parent.stdin is not None
            assert self._parent.stdout is not None
            self._parent.stdin.write(json.dumps(order) + "\n")
            self._parent.stdin.flush()
            line = self._parent.stdout.readline()
        assert line, "the nursery ended"
        return line.strip()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(timeout=60)
        self._parent.stdout.close()


def serve() -> None:
    """Read orders, fork, wait, and answer each."""
    sys.path.insert(0, str(Path.cwd()))
    from connector.commands import apply, main, pull  # noqa: F401 - loaded once, in the parent
    from connector.plugins import amocrm, bitrix24  # noqa: F401

    gc.freeze()
    for line in sys.stdin:
        what, *given = json.loads(line)
        if what == "start":
            answer = _born(main, *given)
        elif what == "wait":
            answer = os.waitstatus_to_exitcode(_waited(given[0], 0))
        else:
            answer = os.WIFSTOPPED(_waited(given[0], os.WUNTRACED))
        print(answer, flush=True)


def _waited(child: int, options: int) -> int:
    """Return how the child ended or stopped; killed where it takes too long."""
    end = time.monotonic() + PATIENCE
    while True:
        found, status = os.waitpid(child, options | os.WNOHANG)
        if found:
            return status
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)


def _born(main: object, arguments: list[str], environment: dict[str, str], told: str) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.environ.update(environment)
        _live(main, arguments, told)
    return child


def _live(main: object, arguments: list[str], told: str) -> None:
    """Be the command: its output goes into the file, its end is the child's end."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    words = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream, target in ((0, nothing), (1, words), (2, words)):
        os.dup2(target, stream)
    code = 1
    try:
        main(arguments)  # type: ignore[operator]  # the function of connector.commands
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
