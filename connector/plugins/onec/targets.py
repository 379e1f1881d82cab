"""Resolves where a profile writes a kind of change to: every column of it is found, or it is not offered."""

from __future__ import annotations

from collections.abc import Mapping

from connector.plugins.onec.cells import Ways
from connector.plugins.onec.columns import AbsentError
from connector.plugins.onec.profile import Column, Named, Purpose, Target
from connector.plugins.onec.profile_file import TargetFile
from connector.plugins.onec.schema import EntityType


def resolve_target(purpose: Purpose, given: TargetFile, ways: Ways) -> Target:
    """Return the target as this base has it; AbsentError names the first part that is not published.

    Half a target is none: a task without its assignee would be written and never seen.
    """
    type_ = ways.published(given.set)
    line: Mapping[str, Column] = {}
    if given.section:
        rows = ways.section(type_, given.section)
        line = {word: ways.column(rows, name) for word, name in given.line.items()}
    for name in (*given.constants, *given.closed):
        if name not in type_.properties:
            raise AbsentError(f"{type_.name} has no column {name!r}")
    return Target(
        purpose,
        type_.name,
        {word: ways.column(type_, name) for word, name in given.columns.items()},
        given.constants,
        given.section,
        line,
        given.closed,
        _named(given.named, type_, ways),
        _named(given.closed_named, type_, ways),
        given.action,
    )


def _named(given: Mapping[str, str], type_: EntityType, ways: Ways) -> tuple[Named, ...]:
    found = []
    for name, description in given.items():
        column, *_ = ways.path(type_, [name, "Description"])
        found.append(Named(column, description))
    return tuple(found)
