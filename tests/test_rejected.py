"""Rows that could not be read are kept whole, listed with the reason, and read again after a new version."""

from __future__ import annotations

from conftest import Project, Result

PLUGIN = """
from connector import Client, Page, Source, SourceConfig, Stream, hookimpl

ROWS = [{{"id": "1", "name": "Альфа"}}, {{"id": "2", "name": "Бета", "born": "31.12.2020"}}, {{"id": "3"}}]


class Book(Source[SourceConfig]):
    name = "book"

    def streams(self):
        return (Stream("cards", Client, self.cards, self.client),)

    def cards(self, cursor):
        yield Page(ROWS)

    def client(self, row):
        {understands}
        return (Client(ref=self.ref(row["id"]), name=row["name"], status="active"),)


@hookimpl
def register_source():
    return Book
"""
OLD = 'assert "born" not in row or int(row["born"])'
NEW = "pass"


def book(project: Project, understands: str) -> None:
    project.folder.mkdir(exist_ok=True)
    (project.folder / "book.py").write_text(PLUGIN.format(understands=understands), encoding="utf-8")
    (project.folder / "plugins.toml").write_text(
        '[plugins]\nmodules = ["book"]\n\n[[source]]\nname = "book"\nplugin = "book"\n', encoding="utf-8"
    )


def run(project: Project, *arguments: str) -> Result:
    """Run a command in a process of its own, which imports the plugin as it stands now."""
    with project.process(*arguments) as process:
        out, err = process.communicate(timeout=60)
    return Result(process.returncode, out, err)


def test_what_cannot_be_read_is_listed_shown_and_tried_again(project: Project) -> None:
    book(project, OLD)
    (pulled,) = run(project, "pull", "--format", "json").json
    assert (pulled["read"], pulled["new"], pulled["quarantined"]) == (3, 1, 2)

    listed = {row["external_id"]: row for row in run(project, "rejected", "list", "--format", "json").json}
    assert sorted(listed) == ["2", "3"]
    assert listed["3"]["reason"] == "KeyError: 'name'"
    assert listed["2"]["reason"].startswith("ValueError: invalid literal for int()")
    (shown,) = run(project, "rejected", "show", "cards:2", "--format", "json").json
    assert shown["raw"] == {"id": "2", "name": "Бета", "born": "31.12.2020"}
    assert '"name": "Бета"' in run(project, "rejected", "show", "2").out

    same = run(project, "rejected", "retry")
    assert (same.code, same.out) == (3, "book cards: 0 of 2 can be read now, 2 wait on\n")

    book(project, NEW)
    healed = run(project, "rejected", "retry", "--format", "json")
    assert healed.code == 3
    assert healed.json == [{"source": "book", "stream": "cards", "tried": 2, "healed": 1}]
    (left,) = run(project, "rejected", "list", "--format", "json").json
    assert (left["external_id"], left["tries"]) == ("3", 3)


def test_nothing_in_quarantine_is_no_error(project: Project) -> None:
    book(project, NEW)
    (project.folder / "book.py").write_text(
        PLUGIN.format(understands=NEW).replace(', {"id": "3"}]', "]"), encoding="utf-8"
    )
    run(project, "pull")
    assert (run(project, "rejected", "list").out, run(project, "rejected", "retry").out) == (
        "Nothing is in quarantine.\n",
        "Nothing is in quarantine.\n",
    )


def test_a_row_that_is_not_there(project: Project) -> None:
    book(project, NEW)
    run(project, "pull")
    result = run(project, "rejected", "show", "cards:17")
    assert result.code == 4
    assert result.err == "connector: no row 'cards:17' in quarantine — see `connector rejected list`\n"
