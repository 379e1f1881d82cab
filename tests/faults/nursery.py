"""Runs commands in processes that may be killed: each a child of one process that has loaded the program.

Loading takes longer than an `apply` of 50 changes; a child inherits what is loaded and nothing else: no
connection, no thread, no store. Needs fork, so not on Windows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType


class Nursery:
    """A process that gives birth to commands, one at a time."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=Path(__file__).parents[2],
        )

    def start(self, *arguments: str, **environment: str) -> int:
        """Begin a command in a child; return its process id."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps([arguments, environment]) + "\n")
        self._parent.stdin.flush()
        return int(self._line())

    def wait(self) -> int:
        """Return the exit code of the child, negative for a signal."""
        return int(self._line())

    def run(self, *arguments: str, **environment: str) -> int:
        """Run a command to its end, whichever; return its exit code."""
        self.start(*arguments, **environment)
        return self.wait()

    def _line(self) -> str:
        assert self._parent.stdout is not None
        line = self._parent.stdout.readline()
        assert line, "the nursery ended"
        return line

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
    """Read commands, fork, and say the child's id and then how it ended."""
    sys.path.insert(0, str(Path.cwd()))
    from connector.commands import apply, main, pull  # noqa: F401 - loaded once, in the parent
    from connector.plugins import bitrix24  # noqa: F401

    for line in sys.stdin:
        arguments, environment = json.loads(line)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.environ.update(environment)
            _live(main, arguments)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _live(main: object, arguments: list[str]) -> None:
    """Be the command: its output goes nowhere, its end is the child's end."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    code = 1
    try:
        main(arguments)  # type: ignore[operator]  # the function of connector.commands
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
