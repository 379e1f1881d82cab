"""Resolves where a profile writes a kind of change to: every column of it is found, or it is not offered."""

from __future__ import annotations

from collections.abc import Mapping

from connector.plugins.onec.cells import Ways
from connector.plugins.onec.columns import AbsentError
from connector.plugins.onec.profile import Column, Named, Purpose, Target
from connector.plugins.onec.profile_file import TargetFile
from connector.plugins.onec.schema import EntityType

FACT = ("object", "property", "value")
"""What a register of facts must have: whose, which attribute, and the value of it."""


def resolve_target(purpose: Purpose, given: TargetFile, ways: Ways) -> Target:
    """Return the target as this base has it; AbsentError names the first part that is not published.

    Half a target is none: a task without its assignee would be written and never seen.
    """
    type_ = ways.published(given.set)
    line: Mapping[str, Column] = {}
    if given.section:
        rows = ways.section(type_, given.section)
        line = {word: ways.column(rows, name) for word, name in given.line.items()}
    columns = {word: ways.column(type_, name) for word, name in given.columns.items()}
    if purpose == "fact":
        _check_fact(type_, columns)
    for name in (*given.constants, *given.closed):
        if name not in type_.properties:
            raise AbsentError(f"{type_.name} has no column {name!r}")
    return Target(
        purpose,
        type_.name,
        columns,
        given.constants,
        given.section,
        line,
        given.closed,
        _named(given.named, type_, ways),
        _named(given.closed_named, type_, ways),
        given.action,
        type_.key,
        given.cleared,
    )


def _check_fact(type_: EntityType, columns: Mapping[str, Column]) -> None:
    """Refuse a register in which a record cannot be found by its client and attribute alone.

    The key of an independent one are all its dimensions, and its period where it has one; a record of a
    subordinate one cannot be written without its document (fact sheet of the interface, section 5).
    """
    for word in FACT:
        if word not in columns:
            raise AbsentError(f"[writes.fact] names no column for {word!r}")
    if columns["object"].form == "plain" or columns["property"].form != "key":
        wrong = columns["object" if columns["object"].form == "plain" else "property"]
        raise AbsentError(f"{type_.name}.{wrong.name} is no reference to one set")
    ours = {name for word in FACT[:2] for name in columns[word].select}
    if others := [name for name in type_.key if name not in ours]:
        said = f"the key of {type_.name} has {' and '.join(others)}, too"
        raise AbsentError(f"{said}: no register of facts about clients and attributes alone")


def _named(given: Mapping[str, str], type_: EntityType, ways: Ways) -> tuple[Named, ...]:
    found = []
    for name, description in given.items():
        column, *_ = ways.path(type_, [name, "Description"])
        found.append(Named(column, description))
    return tuple(found)
