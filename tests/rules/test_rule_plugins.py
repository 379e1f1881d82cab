"""Rules of plugins: offered by name, judged and explained like ours; a broken one hinders nobody."""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Project

from connector.commands import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "rule-plugin"
DATA = {
    "employees": "id;name\nM1;Иванов Пётр\n",
    "clients": "id;name;owner;created_at;abc;industry\nC1;Ромашка;M1;2025-01-15;A;Опт\n"
    "C2;Василёк;M1;2025-01-15;B;\nC3;Лютик;M1;2025-01-15;B;Опт\n",
    "sales": "id;client;date;amount\nS1;C1;2026-03-31;100\nS2;C2;2026-02-01;100\nS3;C3;2026-09-01;100\n",
}
AS_OF = "2026-10-01T00:00"

BROKEN = """\
from connector import Bilingual, Parameters, hookimpl

class Params(Parameters):
    "None."

class Rule:
    name = "{name}"
    params = Params
    frames = frozenset({{"clients"}})
    closed_too = False
    title = Bilingual("Правило", "A rule")
    def decide(self, facts, params, moment):
        {body}

@hookimpl
def register_rules():
    return Rule
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that puts a package on the import path as pip leaves it, with an entry point."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    before = set(sys.modules)

    def package(rule: str, module: str, text: str) -> None:
        (site / f"{module}.py").write_text(text, encoding="utf-8")
        info = site / f"{module}-1.2.dist-info"
        info.mkdir()
        meta = f"Metadata-Version: 2.1\nName: {module.replace('_', '-')}\nVersion: 1.2\n"
        (info / "METADATA").write_text(meta, encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[connector]\n{rule} = {module}\n", encoding="utf-8")

    yield package
    for name in set(sys.modules) - before:
        if (site / f"{name}.py").exists():
            del sys.modules[name]


@pytest.fixture
def example(install: Install) -> None:
    """Install the package under examples/ as its pyproject.toml says."""
    said = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
    ((rule, module),) = said["project"]["entry-points"]["connector"].items()
    install(rule, module, (EXAMPLE / "src" / f"{module}.py").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of the tables, pulled; to be copied."""
    folder = tmp_path_factory.mktemp("template") / "project"
    data = folder / "data"
    data.mkdir(parents=True)
    for name, text in DATA.items():
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    for arguments in (("init", "--source", "files", "--name", "firm", str(data)), ("pull",)):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--project", str(folder)])
        assert ended.value.code == 0
    return folder


@pytest.fixture
def project(tmp_path: Path, template: Path, capsys: pytest.CaptureFixture[str]) -> Project:
    """Return a pulled project of the test's own."""
    return Project(Path(shutil.copytree(template, tmp_path / "project")), capsys)


def begun(project: Project) -> Project:
    """Write a policy for every rule that is installed by now."""
    assert project("init").code == 0
    return project


@pytest.mark.usefixtures("example")
def test_init_writes_its_policy_and_check_takes_it(project: Project) -> None:
    begun(project)
    text = (project.folder / "policies" / "quiet-client.toml").read_text(encoding="utf-8")
    assert 'title = "Затихшие клиенты"' in text
    assert "# после скольких полных месяцев без покупок клиент считается затихшим\nmonths = 6\n" in text
    checked = project("policy", "check")
    assert (checked.code, checked.out.splitlines()[-1].split(",")[:2]) == (0, ["Политик: 13", " ошибок: 0"])


@pytest.mark.usefixtures("example")
def test_it_decides_beside_ours(project: Project) -> None:
    begun(project)
    result = project("decide", "--as-of", AS_OF, "--policy", "quiet-client", "--format", "jsonl")
    assert result.code == 0, result.err
    # 31 March to 1 October is six full months, 1 February eight, 1 September one
    assert [(one["subject"], one["decision"], one["numbers"]) for one in result.lines] == [
        ("client:C1", "quiet", {"months_since": 6, "last_purchase": "2026-03-31"}),
        ("client:C2", "quiet", {"months_since": 8, "last_purchase": "2026-02-01"}),
    ]


@pytest.mark.usefixtures("example")
def test_its_reasons_are_sentences_in_the_company_s_language(project: Project) -> None:
    begun(project)
    told = project("explain", "C1", "--as-of", AS_OF)
    assert "не покупает 6 мес., последняя покупка 31.03.2026" in told.out
    project.edit("plugins.toml", r'^language = "ru"', 'language = "en"')
    told = project("explain", "C1", "--as-of", AS_OF)
    assert "has not bought for 6 months, the last purchase was on 31.03.2026" in told.out


@pytest.mark.usefixtures("example")
def test_conditions_and_parameters_are_checked_like_ours(project: Project) -> None:
    begun(project)
    path = project.folder / "policies" / "quiet-client.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n[scope]\nwhere = \"industry = 'Опт'\"\n", encoding="utf-8")
    result = project("decide", "--as-of", AS_OF, "--policy", "quiet-client", "--format", "jsonl")
    assert [one["subject"] for one in result.lines] == ["client:C1"]
    path.write_text(text.replace("months = 6", "month = 6"), encoding="utf-8")
    result = project("policy", "check", "--language", "en")
    assert result.code == 4
    assert "use.month: unknown key, did you mean 'months'?" in result.out
    path.write_text(text.replace('"quiet_client"', '"quiet_clients"'), encoding="utf-8")
    result = project("policy", "check", "--language", "en")
    assert "use.rule: no rule 'quiet_clients', did you mean 'quiet_client'?" in result.out


@pytest.mark.usefixtures("example")
def test_the_page_about_the_policies_has_it_last(project: Project) -> None:
    begun(project)
    page = project("policy", "docs", "--as-of", AS_OF).out
    titles = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert titles[-2:] == ["Затихшие клиенты", "База и первый прогноз"]
    assert "- после скольких полных месяцев без покупок клиент считается затихшим: **6**" in page


@pytest.mark.usefixtures("example")
def test_connector_plugins_lists_it(project: Project) -> None:
    begun(project)
    (line,) = (one for one in project("plugins", "--format", "jsonl").lines if one["name"] == "quiet_client")
    assert line == {
        "name": "quiet_client",
        "origin": "connector-quiet-client",
        "title": "Quiet clients",
        "version": "1.2",
        "error": "",
        "kind": "rule",
    }


def test_control_without_the_package_nothing_is_offered(project: Project) -> None:
    begun(project)
    assert not (project.folder / "policies" / "quiet-client.toml").exists()
    assert len(list((project.folder / "policies").glob("*.toml"))) == 12


def keep_few(project: Project) -> None:
    for path in (project.folder / "policies").glob("*.toml"):
        if path.stem not in ("odd-rule", "orphan", "abc"):
            path.unlink()


def with_policy(project: Project, rule: str) -> Project:
    """Leave three policies, and add one that uses the rule."""
    keep_few(begun(project))
    text = f'schema = 1\nid = "odd"\nversion = "1"\n[use]\nrule = "{rule}"\n'
    (project.folder / "policies" / "odd.toml").write_text(text, encoding="utf-8")
    return project


WRONG = {
    "does not import": ("import nothing_of_that_name\n", "ModuleNotFoundError"),
    "ends the program": ("raise SystemExit(0)\n", "SystemExit"),
    "has no hook": ("x = 1\n", "it implements no hook"),
    "gives no class": (
        "from connector import hookimpl\n@hookimpl\ndef register_rules():\n    return 3\n",
        "which is no rule class",
    ),
    "lacks what a rule has": (
        "from connector import hookimpl\nclass Odd:\n    name = 'odd_rule'\n"
        "@hookimpl\ndef register_rules():\n    return Odd\n",
        "the rule has no params, frames, closed_too, title, decide",
    ),
    "reads a frame that is not there": (
        BROKEN.format(name="odd_rule", body="return None").replace('"clients"', '"customers"'),
        "there is no frame customers",
    ),
    "is of another interface": (
        BROKEN.format(name="odd_rule", body="return None").replace(
            "closed_too", "api_version = 9\n    closed_too"
        ),
        "written for plugin interface 9",
    ),
    "has another name": (BROKEN.format(name="even_rule", body="return None"), "both must have one name"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_rule_that_does_not_load_leaves_the_rest_working(
    project: Project, install: Install, what: str
) -> None:
    text, said = WRONG[what]
    install("odd_rule", "odd_rule_module", text)
    result = with_policy(project, "odd_rule")("decide", "--as-of", AS_OF, "--format", "jsonl")
    assert result.code == 3
    (line,) = (one for one in result.err.splitlines() if "odd" in one)
    assert said in line
    begun(project)
    assert f"{project.folder / 'policies' / 'odd.toml'}:5:1: use.rule: rule 'odd_rule'" in line
    assert {one["policy"] for one in result.lines} == {"abc"}
    checked = project("policy", "check")
    assert checked.code == 3
    assert said in checked.out


FAILS = {
    "raises": ("raise ValueError('no luck')", "ValueError: no luck"),
    "raises one of our errors": (
        "from connector import ConfigError; raise ConfigError('no luck')",
        "ConfigError: no luck",
    ),
    "ends the program": ("raise SystemExit(0)", "SystemExit"),
    "gives nothing": ("return None", "AttributeError"),
    "gives other columns": ("return facts.clients", "ColumnNotFoundError"),
    "gives nulls": (
        "from connector import decision_frame; import polars as pl\n"
        "        return decision_frame(facts.clients, moment, decision=pl.lit(None), reason=pl.lit(''))",
        "ValueError: a decision has no decision",
    ),
    "gives numbers that are no JSON": (
        "from connector import decision_frame; import polars as pl\n"
        "        d = decision_frame(facts.clients, moment, decision=pl.lit('a'), reason=pl.lit(''))\n"
        "        return d.with_columns(numbers=pl.lit('{'))",
        "ValueError: numbers of a decision are no JSON",
    ),
    "reads what it did not name": ("return facts.events", "LookupError: the frame 'events' was not read"),
}


@pytest.mark.parametrize("how", FAILS)
def test_a_rule_that_fails_leaves_the_rest_working(project: Project, install: Install, how: str) -> None:
    body, said = FAILS[how]
    install("odd_rule", "odd_rule_module", BROKEN.format(name="odd_rule", body=body))
    keep_few(begun(project))  # they read no events, so that the frame is read by nobody
    result = project("decide", "--as-of", AS_OF, "--format", "jsonl")
    assert result.code == 3
    (line,) = result.err.splitlines()
    assert f"policy odd-rule: its rule odd_rule failed: {said}" in line
    assert {one["policy"] for one in result.lines} == {"abc"}


def test_a_plan_is_made_without_the_rule_that_fails(project: Project, install: Install) -> None:
    install("odd_rule", "odd_rule_module", BROKEN.format(name="odd_rule", body="raise ValueError('no luck')"))
    keep_few(begun(project))
    planned = project("plan", "--as-of", AS_OF)
    assert planned.code == 0
    assert "its rule odd_rule failed" in planned.err


def test_a_run_without_the_rule_that_fails_is_partial_and_says_which(
    project: Project, install: Install
) -> None:
    install("odd_rule", "odd_rule_module", BROKEN.format(name="odd_rule", body="raise ValueError('no luck')"))
    keep_few(begun(project))
    ran = project("run", "--as-of", AS_OF, "--detailed-exit", "--format", "json")
    assert ran.code == 3
    (line,) = ran.err.splitlines()
    assert "policy odd-rule: its rule odd_rule failed: ValueError: no luck" in line
    assert ran.json["failed"] == ["policy odd-rule: its rule odd_rule failed: ValueError: no luck"]
    assert ran.json["plan"], "the others were judged and planned"
    newest = project("runs", "--format", "jsonl").lines[0]
    assert (newest["command"], newest["outcome"]) == ("run", "partial")
    assert project("run", "--as-of", AS_OF).code == 0, "a schedule's run did its work"
    (project.folder / "policies" / "odd-rule.toml").unlink()
    assert project("run", "--as-of", AS_OF, "--detailed-exit").code == 0


def test_control_a_rule_of_ours_that_fails_is_not_passed_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no luck")

    monkeypatch.setattr("connector.rules.orphan.Orphan.decide", fail)
    begun(project)
    result = project("decide", "--as-of", AS_OF)
    assert result.code == 1
    assert "this is a bug" in result.err


def test_a_slip_of_the_pen_is_no_plugin_s_fault(project: Project, install: Install) -> None:
    install("odd_rule", "odd_rule_module", "import nothing_of_that_name\n")
    result = with_policy(project, "contact_norms")("decide", "--as-of", AS_OF)
    assert result.code == 4
    assert "no rule 'contact_norms', did you mean 'contact_norm'?" in result.err


def test_the_name_of_a_rule_of_ours_cannot_be_taken(project: Project, install: Install) -> None:
    install("orphan", "odd_rule_module", BROKEN.format(name="orphan", body="return None"))
    begun(project)
    assert project("decide", "--as-of", AS_OF).code == 0
    listed = project("plugins", "--format", "jsonl").lines
    (line,) = (one for one in listed if one["kind"] == "rule")
    assert line["error"] == "the name 'orphan' is taken by one of our rules"
