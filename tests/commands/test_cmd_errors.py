"""Whatever is wrong is one line on stderr: what, where, what to do next; the right exit code, no secret."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Project

from .shared import AS_OF, Live, call, the_line, writes

HOLDER = """\
import sys
from connector.store.database import open_store

with open_store(sys.argv[1]) as store, store.lock.acquire("run"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(ripe: Live) -> Iterator[subprocess.Popen[str]]:
    """Hold the lock of the project's store in another process until the test ends."""
    store = f"sqlite:///{ripe.project.folder / 'connector.db'}"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, store],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        cwd=Path(__file__).parents[2],
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield child
        child.communicate("done\n", timeout=10)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("pull",), 5),
        (("apply", "PLAN", "--yes", "--format", "json"), 5),
        (("run", "--yes", "--as-of", AS_OF), 0),
        (("run", "--yes", "--as-of", AS_OF, "--detailed-exit"), 5),
    ],
    ids=["pull", "apply", "run", "run --detailed-exit"],
)
def test_a_locked_store(
    ripe: Live, holder: subprocess.Popen[str], command: tuple[str, ...], code: int
) -> None:
    name, *rest = (ripe.plan["fingerprint"] if part == "PLAN" else part for part in command)
    result = ripe.project(name, *rest)
    assert result.code == code
    line = the_line(result)
    assert line.startswith(f"{ripe.project.folder / 'connector.db'}: `run` works on this store since ")
    assert f"(pid {holder.pid} on " in line
    assert " — wait for it, or stop that process" in line
    assert writes(ripe.portal) == []


def test_what_only_reads_works_while_the_store_is_locked(ripe: Live, holder: subprocess.Popen[str]) -> None:
    assert ripe.project("plan", "--as-of", AS_OF).code == 2
    status = ripe.project("status")
    assert status.code == 0
    assert status.out.splitlines()[-1] == f"working now: run (pid {holder.pid})"


NEED_SETTINGS = ["pull", "decide", "plan", "apply 12345678", "run", "explain 1", "runs", "status"]


@pytest.mark.parametrize("command", NEED_SETTINGS)
def test_no_settings(tmp_path: Path, command: str) -> None:
    result = call(tmp_path, *command.split())
    assert result.code == 4
    assert (
        the_line(result) == f"{tmp_path / 'plugins.toml'}: no such file — run `connector init` to write one"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", NEED_SETTINGS)
def test_an_unknown_key(fresh: Project, command: str) -> None:
    fresh.edit("plugins.toml", "^rate = ", "rat = ")
    path = fresh.folder / "plugins.toml"
    number = next(
        n
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.startswith("rat =")
    )
    result = fresh(*command.split())
    assert result.code == 4
    assert the_line(result) == f"{path}:{number}:1: rat: unknown key, did you mean 'rate'? — mend {path}"


@pytest.mark.parametrize("command", ["pull", "apply 12345678", "run"])
def test_a_missing_secret(fresh: Project, command: str) -> None:
    (fresh.folder / ".env").unlink()
    result = fresh(*command.split())
    assert result.code == 4
    line = the_line(result)
    assert line.startswith(f"{fresh.folder / 'plugins.toml'}:")
    assert "the environment variable PORTAL_WEBHOOK_URL is not set — set it, or put a line" in line


@pytest.mark.parametrize("command", ["decide", "explain 1"])
def test_no_secret_is_needed_to_judge(pulled: Project, command: str) -> None:
    (pulled.folder / ".env").unlink()
    assert pulled(*command.split(), "--as-of", AS_OF).code == 0


@pytest.mark.parametrize("command", ["decide", "plan", "explain 1"])
@pytest.mark.parametrize("left", ["an empty folder", "nothing"])
def test_no_policies(pulled: Project, command: str, left: str) -> None:
    folder = pulled.folder / "policies"
    folder.rename(pulled.folder / "elsewhere")
    if left == "an empty folder":
        folder.mkdir()
    result = pulled(*command.split())
    assert result.code == 4
    assert the_line(result) == (
        f"{folder}: there are no policies — run `connector init`: it writes one policy for every rule"
    )


@pytest.mark.parametrize(
    ("pattern", "replacement", "said"),
    [
        (
            "^rule = .*",
            'rule = "contact_nrm"',
            "use.rule: no rule 'contact_nrm', did you mean 'contact_norm'?",
        ),
        ("^min_call_seconds", "min_cal_seconds", "unknown key, did you mean 'min_call_seconds'?"),
        ("^mode = .*", 'mode = "autom"', "mode: 'autom' is not possible here, did you mean 'auto'?"),
        ("^schema = 1$", "schema = 1 1", "not TOML: "),
    ],
    ids=["rule", "parameter", "mode", "syntax"],
)
def test_a_wrong_policy(pulled: Project, pattern: str, replacement: str, said: str) -> None:
    pulled.edit("policies/contact-norm.toml", pattern, replacement)
    path = pulled.folder / "policies" / "contact-norm.toml"
    result = pulled("plan")
    assert result.code == 4
    (line,) = result.err.splitlines()
    text = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, written in enumerate(text, 1) if written.startswith(replacement))
    assert line.startswith(f"connector: {path}:{number}:")
    assert said in line
    assert result.out == ""


def test_two_wrong_policies_are_two_lines(pulled: Project) -> None:
    for name in ("abc", "orphan"):
        pulled.edit(f"policies/{name}.toml", "^rule = .*", 'rule = "nothing"')
    result = pulled("plan")
    assert result.code == 4
    first, second = result.err.splitlines()
    assert str(pulled.folder / "policies" / "abc.toml") in first
    assert str(pulled.folder / "policies" / "orphan.toml") in second


@pytest.mark.parametrize("command", ["pull", "plan", "run", "explain 1", "runs", "status", "apply 12345678"])
def test_a_store_that_is_no_database(pulled: Project, command: str) -> None:
    for path in pulled.folder.glob("connector.db*"):
        path.unlink()
    store = pulled.folder / "connector.db"
    store.write_text("a shopping list\n" * 100, encoding="utf-8")
    result = pulled(*command.split())
    assert result.code == 1
    assert the_line(result) == (
        f"{store}: this file is not a database — mend `url` in [store], or move the file away and pull again"
    )
    assert store.read_text(encoding="utf-8") == "a shopping list\n" * 100


def test_debug_shows_where_it_came_from(fresh: Project) -> None:
    (fresh.folder / ".env").unlink()
    result = fresh("pull", "--debug")
    assert result.code == 4
    assert result.err.startswith("Traceback (most recent call last):")
    assert result.err.splitlines()[-1].startswith("connector: ")


BUG = """
from connector import Source, SourceConfig, hookimpl
from pydantic import Field, SecretStr


class ToyConfig(SourceConfig):
    token: SecretStr = Field(description="token")


class Toy(Source[ToyConfig]):
    name = "toy"
    config_model = ToyConfig

    def setup(self):
        raise TypeError("cannot use " + self.config.token.get_secret_value())


@hookimpl
def register_source():
    return Toy
"""


@pytest.mark.parametrize("more", [(), ("--debug",)])
def test_a_bug_is_one_line_without_a_secret(project: Project, more: tuple[str, ...]) -> None:
    project.folder.mkdir()
    (project.folder / "toybug.py").write_text(BUG, encoding="utf-8")
    (project.folder / "token").write_text("s3cr3t-t0k3n", encoding="utf-8")
    (project.folder / "plugins.toml").write_text(
        '[plugins]\nmodules = ["toybug"]\n[[source]]\nname = "t"\n'
        'plugin = "toy"\ntoken = { file = "token" }\n',
        encoding="utf-8",
    )
    with project.process("pull", *more) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "s3cr3t" not in err
    line = err.splitlines()[-1]
    assert line.startswith("connector: unexpected TypeError: cannot use ")
    assert line.endswith("— this is a bug: please report what --debug shows")
    assert ("Traceback" in err) == bool(more)


def test_as_a_process_it_is_one_line_too(fresh: Project) -> None:
    fresh.edit("plugins.toml", "^rate = ", "rat = ")
    ran = fresh.process("pull")
    out, err = ran.communicate(timeout=60)
    assert (ran.returncode, out) == (4, "")
    (line,) = err.splitlines()
    assert "did you mean 'rate'?" in line


@pytest.mark.parametrize(
    "arguments", [["plan", "--no-such-option"], ["fetch"], ["apply"], ["pull", "--format", "xml"]]
)
def test_a_slip_on_the_command_line_ends_with_4(tmp_path: Path, arguments: list[str]) -> None:
    result = call(tmp_path, *arguments)
    assert result.code == 4
    assert result.out == ""
    assert "Traceback" not in result.err
