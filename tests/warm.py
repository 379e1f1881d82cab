"""What tests keep warm so that each need not begin anew: the tables of a store, the reader of its frames.

Both are the real ones: the statements that the real steps of the migrations left, and the process in which
`connector.store.frame_reader` runs, which here answers more than once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from alembic.config import Config
from sqlalchemy import inspect

from connector.store.revision import current_revision

READER = """
import contextlib, io, json, sys
from connector.store.frame_reader import main

for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = main(json.loads(line))
    print(json.dumps([code, said.getvalue()]), flush=True)
"""


class Schema:
    """Makes the tables of a new store by the statements that the real steps left in the first one."""

    def __init__(self, steps: Callable[..., None]) -> None:
        self._steps, self._statements = steps, list[str]()

    def __call__(self, config: Config, revision: str) -> None:
        """Bring a store to that revision, as `alembic.command.upgrade` does."""
        connection = config.attributes["connection"]
        if revision != "head" or inspect(connection).get_table_names():
            return self._steps(config, revision)
        if self._statements:
            for statement in self._statements:
                connection.exec_driver_sql(statement)
            return None
        self._steps(config, revision)
        made = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'table' DESC, rowid"
        self._statements = [sql for (sql,) in connection.exec_driver_sql(made)]
        self._statements.append(f"INSERT INTO alembic_version VALUES ('{current_revision(connection)}')")
        return None


class Reader:
    """Stands where `connector.store.frames` looks for `subprocess`: one process reads for all tests."""

    DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        """Read what the command asks for, as a process of its own would."""
        pipe = self._started()
        assert pipe.stdin is not None
        assert pipe.stdout is not None
        arguments = command[command.index("connector.store.frame_reader") + 1 :]
        pipe.stdin.write(json.dumps(arguments) + "\n")
        pipe.stdin.flush()
        code, said = json.loads(pipe.stdout.readline())
        return subprocess.CompletedProcess(command, code, b"", said.encode())

    def end(self) -> None:
        """Let the process go, if one was needed."""
        if self._process is not None:
            self._process.communicate()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            here = Path(__file__).parents[1]
            self._process = subprocess.Popen(
                [sys.executable, "-c", READER], cwd=here, encoding="utf-8", **pipes
            )
        return self._process
