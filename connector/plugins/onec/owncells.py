"""Adds to the table of clients the additional attributes that the settings of a source name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connector.plugins.onec.profile import Cell, Cells, Join, Profile, Table, Target
from connector.plugins.onec.settings import OneCConfig

Named = Sequence[tuple[str, str]]
"""Titles of additional attributes, each with our name of it."""


def with_own(profile: Profile, table: Table, config: OneCConfig) -> Table:
    """Return a table of clients with the attributes of the settings, any other table as it is.

    What the profile keeps in a register of facts is joined to the card, the rest is read in its section.
    """
    named = [(title, name) for name, title in (config.flags | config.fields).items()]
    named += config.custom_fields.items()
    if table.entity != "client":
        return table
    fact, card = profile.targets.get("fact"), profile.targets.get("attribute")
    apart = [each for each in named if profile.keeping(each[0]) == "fact"]
    own = [each for each in named if each not in apart]
    if own and card is not None and card.set == table.set:
        table = _with_lines(table, card, own)
    return _with_facts(table, fact, apart) if apart and fact is not None else table


def _with_lines(table: Table, target: Target, named: Named) -> Table:
    """Add attributes that stand in the section of the card, before whatever the profile names for a field."""
    fields: dict[str, Cells] = dict(table.fields)
    for title, name in named:
        published = target.line["property"].published
        cell = Cell((target.line["value"],), target.section, attribute=title, naming=published)
        fields[name] = (cell, *fields.get(name, ()))
    return replace(table, fields=fields)


def _with_facts(table: Table, target: Target, named: Named) -> Table:
    """Add attributes that stand in a register, in the place of whatever the profile names for a field."""
    columns = target.columns
    published = columns["property"].published
    cells: dict[str, Cells] = {}
    for title, name in named:
        cell = Cell((columns["value"],), attribute=title, naming=published)
        cells[name] = (*cells.get(name, ()), cell)
    join = Join(
        target.set, columns["object"], cells, key=target.key, versioned=False, naming=columns["property"]
    )
    fields = {name: held for name, held in table.fields.items() if name not in cells}
    return replace(table, fields=fields, joins=(*table.joins, join))
