"""Tells which column of a file is which of the format: by English or Russian titles, or as the firm says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.tables.shape import Shape, normal
from connector.tomlfile import did_you_mean


@dataclass(frozen=True)
class Header:
    """The header of one file: position (from 0) of each known column, and the titles of the others.

    `problem` says why no row can be read under it, "" if all is well.
    """

    positions: Mapping[str, int]
    others: Mapping[int, str]
    problem: str = ""


def recognise(titles: Sequence[str], shape: Shape, named: Mapping[str, str] | None = None) -> Header:
    """Match the titles with the table's columns; `named` leads from the firm's own titles to ours."""
    known = {
        normal(title): column.name for column in shape.columns for title in (*column.russian, column.name)
    }
    known |= {normal(title): column for title, column in (named or {}).items()}
    positions: dict[str, int] = {}
    others: dict[int, str] = {}
    problem = ""
    for position, title in enumerate(titles):
        name = known.get(normal(title))
        if name is None:
            others[position] = title or f"column {position + 1}"
        elif name in positions:
            problem = f"column {name!r} stands twice, at {positions[name] + 1} and {position + 1}: keep one"
        else:
            positions[name] = position
    missing = [column.name for column in shape.columns if column.required and column.name not in positions]
    if missing:
        near = did_you_mean(missing[0], [title for title in others.values() if title])
        problem = f"column {missing[0]!r} is missing{near.replace('known', 'not known here')}"
    return Header(positions, others, problem)
