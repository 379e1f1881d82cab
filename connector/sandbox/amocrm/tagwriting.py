"""Checks and reads tags as clients write them: `_embedded.tags` replaces the set, the other keys do not."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.errors import extra, missing, no_choice, wrong_type
from connector.sandbox.amocrm.query import mapping
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.validation import Checked

WHOLE = "_embedded.tags"


def written(item: dict[str, Any]) -> dict[str, Any]:
    """Return the three ways tags may be written, those that are there."""
    found = {name: item[name] for name in ("tags_to_add", "tags_to_delete") if name in item}
    inner = mapping(item.get("_embedded"))
    return found | ({WHOLE: inner["tags"]} if "tags" in inner else {})


def check_tags(call: Call, entity: str, given: Checked) -> None:
    """Check tags: each by number or by name, never by both."""
    for path, tags in written(given.item).items():
        if tags is None and path == WHOLE:
            continue
        if not isinstance(tags, list):
            given.mistakes.append(wrong_type(path, "array"))
            continue
        for place, tag in enumerate(tags):
            check_tag(call, entity, given, tag, f"{path}.{place}")


def check_tag(call: Call, entity: str, given: Checked, tag: Any, path: str) -> None:
    """Check one tag."""
    if not isinstance(tag, dict):
        given.mistakes.append(wrong_type(path, "array"))
    elif "id" in tag and "name" in tag:
        given.mistakes.append(extra(f"{path}.name"))
    elif "id" in tag:
        if call.account.tags.named(entity, tag["id"]) is None:
            given.mistakes.append(no_choice(f"{path}.id"))
    elif not isinstance(tag.get("name"), str) or not tag["name"]:
        given.mistakes.append(missing(f"{path}.name"))


def names_after(call: Call, cards: Cards, record: Record, item: dict[str, Any]) -> list[str] | None:
    """Return the tags a card has after a change, None if the change says nothing of them."""
    given = written(item)
    if not given:
        return None
    names = cards.tag_names(record)
    if WHOLE in given:
        names = [named(call, cards, tag) for tag in given[WHOLE] or ()]
    names += [named(call, cards, tag) for tag in given.get("tags_to_add", ())]
    gone = {named(call, cards, tag) for tag in given.get("tags_to_delete", ())}
    return [name for name in names if name not in gone]


def named(call: Call, cards: Cards, tag: dict[str, Any]) -> str:
    """Return the name of a tag, which is made if it is new."""
    if "id" in tag:
        return call.account.tags.named(cards.name, tag["id"]) or ""
    call.account.tags.number(cards.name, tag["name"])
    return str(tag["name"])
