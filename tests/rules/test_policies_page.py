"""The examples on docs/policies.md are files; they are right, and their own example holds."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import Project

PAGE = Path(__file__).parents[2] / "docs" / "policies.md"
BLOCK = re.compile(r"```(?:toml|csv)\n# (policies/\S+)\n(.*?)```", re.DOTALL)


def blocks() -> dict[str, str]:
    """Return the blocks of the page by the files that they are."""
    found = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    assert len(found) == 7
    return found


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_the_policies_of_the_page_are_right_and_their_example_holds(project: Project) -> None:
    write(project.folder, blocks())
    checked = project("policy", "check", str(project.folder / "policies"), "--language", "en")
    assert (checked.code, checked.err) == (0, ""), checked.out
    *notes, last = checked.out.splitlines()
    assert last == "Policies: 4, mistakes: 0, notes: 1; examples played: 1, differences: 0."
    assert "cases that no row covers: 9, such as class = A, industry = …, turnover_12m = 999999" in notes[0]


def test_control_another_norm_in_the_table_breaks_the_example(project: Project) -> None:
    files = blocks()
    changed = files["policies/contact-norm.toml"].replace("contacts_per_month = 6", "contacts_per_month = 1")
    assert changed != files["policies/contact-norm.toml"]
    write(project.folder, files | {"policies/contact-norm.toml": changed})
    checked = project("policy", "check", str(project.folder / "policies"), "--language", "en")
    assert checked.code == 1
    assert "expected breached, found met" in checked.out
