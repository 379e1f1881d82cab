"""Tells, without a trace, whether each kind of change that is allowed has a place and gets through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import uuid4

from connector.changes import Permission
from connector.errors import MissingRecordError, SourceError
from connector.plugins.base import Check
from connector.plugins.onec.api import Api
from connector.plugins.onec.facts import address
from connector.plugins.onec.profile import Profile, Purpose, Target
from connector.plugins.onec.settings import OneCConfig
from connector.plugins.onec.values import SPACE

PURPOSES: Mapping[Permission, tuple[Purpose, ...]] = {
    "task": ("task",),
    "contact": ("call", "meeting"),
    "flag": ("attribute", "fact"),
    "field": ("attribute", "fact"),
    "owner": ("owner",),
    "note": ("note",),
}
"""What may be written -> targets of the profile, of which one is enough for flags and fields, else all."""
ANY: frozenset[Permission] = frozenset({"flag", "field"})
RIGHTS = "give the user the rights to read and write these objects, in 1C"
_ODD = "look at what stands before the base: a PATCH of a made-up key should be answered with 404"


def write_checks(api: Api, config: OneCConfig, profile: Profile) -> Iterator[Check]:
    """Yield a line for each kind that may be written, by each of its targets; nothing is written."""
    if not config.write:
        yield Check("write", "ok", "nothing may be written: write = [] in the [[source]]")
    titles = {"flag": config.flags.values(), "field": config.fields.values()}
    for permission in config.write:
        kept = {profile.keeping(title) for title in titles.get(permission, ())}
        named: list[tuple[Purpose, ...]] = [(purpose,) for purpose in sorted(kept)]
        for purposes in named or [PURPOSES[permission]]:
            place = _place(permission, purposes, profile)
            yield place if isinstance(place, Check) else _open(api, permission, place, profile)


def _open(api: Api, permission: Permission, target: Target, profile: Profile) -> Check:
    """Change a record that nobody has: the answer tells whether web server and base let changes through.

    The web server refuses the verb with a page, 1C a missing right with code 20, before it looks for the
    record (code 9). A register's record is deleted, too, where clearing a flag does that: web servers refuse
    verbs singly.
    """
    name, key = f"write {permission}", _nobody(target, profile)
    calls: list[Callable[[], object]] = [lambda: api.change(target.set, key, {}, (permission,))]
    if target.purpose == "fact" and target.cleared == "delete":
        calls.append(lambda: api.remove(target.set, key, (permission,)))
    for call in calls:
        try:
            call()
        except MissingRecordError:
            continue
        except SourceError as error:
            return Check(name, "failed", f"{target.set}: {error.message}", error.hint or RIGHTS)
        return Check(name, "warn", f"{target.set}: took a change of a record that is not there", _ODD)
    return Check(name, "ok", f"{target.set}: changes get through; nothing was written")


def _nobody(target: Target, profile: Profile) -> str:
    """Return the key of a record that nobody has; of a register's, that of a made-up client."""
    if target.purpose != "fact":
        return str(uuid4())
    made_up = {name: str(uuid4()) for column in target.columns.values() for name in column.select}
    made_up[f"{target.columns['object'].name}_Type"] = SPACE + profile.of("client")[0].set
    return address(target, made_up)


def _place(permission: Permission, purposes: Sequence[Purpose], profile: Profile) -> Target | Check:
    """Return where this kind is written to, or the check that says why there is no such place."""
    name = f"write {permission}"
    there = [purpose for purpose in purposes if purpose in profile.targets]
    if there and (permission in ANY or len(there) == len(purposes)):
        return profile.targets[there[0]]
    absent = next(purpose for purpose in purposes if purpose not in there)
    lack = next((each for each in profile.missing if each.table == f"write {absent}"), None)
    if lack is None:
        said = f"the profile {profile.name} says nowhere how to write {absent}"
        return Check(name, "failed", said, f"add [writes.{absent}] in a profile of your own")
    return Check(name, "failed", lack.message, lack.hint)
