"""The one write path: approved changes go out once, or not at all; each step is committed before the next.

What a request's end makes of a change:

    the vendor's id                       done
    a refusal of this very change         failed
    a right to it that is missing         failed
    a value that does not stand           failed, the second time contested
    no way in, blocked, over a limit      approved again: surely nothing of it was written
    a lost answer, a 5xx, a crash         unknown: looked up, and sent again only when surely absent
    the record moved since the plan       conflict, `stale_plan`

`approved` goes out with the next `apply` of its plan. `failed`, `conflict` and `skipped` are renewable, as is
all that waits (`RENEWABLE` of connector.store.states): nothing of them stands in the CRM, so whichever plan
asks for them next plans them anew, be it the same one applied again after a person mended the cause.
`sending` and `unknown` are settled by `recover`, never by a plan; `done`, `undone` and `contested` stay.

What holds the sending back: a `pause` stops every request that writes, even between two of one run; a doubt
about the store itself holds the values that no look-up can decide (connector.sync.doubt); brakes hold a kind
of which a run or a day would bring too many (connector.sync.brakes).

A source without access, blocked, or out of reach loses its turn: what is left of it waits, in one line.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from connector.changes import AnyChange
from connector.errors import ConfigError, ConnectorError, SourceError
from connector.plan.model import Plan
from connector.plugins.base import Source
from connector.store.database import Store
from connector.store.halts import PausedError
from connector.store.states import WAITING, State
from connector.sync.along import left_behind
from connector.sync.brakes import Brakes
from connector.sync.doubt import doubt_strangers
from connector.sync.outcome import Sent, Watch, problems, summary, unwatched
from connector.sync.writer import Writer

__all__ = ["Sent", "Watch", "apply_plan", "problems", "recover", "summary"]

LOG = logging.getLogger("connector.push")
USUAL = Brakes()


def apply_plan(
    plan: Plan,
    approved: Sequence[AnyChange],
    sources: Mapping[str, Source[Any]],
    store: Store,
    watch: Watch = unwatched,
    brakes: Brakes = USUAL,
) -> list[Sent]:
    """Send the approved changes of the plan, source by source; return what became of each.

    More of a kind than the brakes allow is held: nothing of that kind leaves.

    Nothing is sent twice: changes known as done are left out, those of unknown fate are for `recover`, and
    creates of this plan that already stand in the CRM are adopted.
    """
    store.changes.add(approved, plan.fingerprint)
    doubt_strangers(store)
    states = store.changes.known([change.key for change in approved])
    if (pause := store.halts.standing("pause")) is not None:
        note = f"nothing is sent, it is {pause}"
        return _watched(
            (Sent(each, states[each.key], note, stopped=True) for each in _open(approved, states)), watch
        )
    ready = [change for change in approved if states[change.key] in ("planned", "approved")]
    braked = brakes.hold(ready, store)
    ready = _without(ready, braked)
    planned = [change.key for change in ready if states[change.key] == "planned"]
    store.changes.approve_all(planned, note="approved with the plan")
    outcome = _watched(chain(_held(approved, store), braked), watch)
    for name, group in groupby(sorted(ready, key=lambda change: change.source), lambda change: change.source):
        changes = list(group)
        steps = _sending(name, changes, sources, store)
        outcome += _watched(_turn(name, changes, steps, store), watch)
    return outcome


def recover(sources: Mapping[str, Source[Any]], store: Store, watch: Watch = unwatched) -> list[Sent]:
    """Find out the fate of what a crash or a lost answer left open; send again what surely is absent.

    What should go along with an owner change that was made follows it then.
    """
    doubt_strangers(store)
    outcome: list[Sent] = []
    left_open = store.changes.by_state("sending", "unknown")
    for name, source in sources.items():
        unclear = [each for each in left_open if each.change.source == name]
        steps = Writer(source, store).settle(unclear)
        outcome += _watched(_turn(name, [each.change for each in unclear], steps, store), watch)
        along = [each.change for each in left_behind(store, name)]
        outcome += _watched(_turn(name, along, Writer(source, store).send_all(along), store), watch)
    return outcome


def _open(changes: Sequence[AnyChange], states: Mapping[str, State]) -> list[AnyChange]:
    return [change for change in changes if states[change.key] in WAITING]


def _without(changes: Sequence[AnyChange], held: Sequence[Sent]) -> list[AnyChange]:
    keys = {each.change.key for each in held}
    return [change for change in changes if change.key not in keys]


def _held(changes: Sequence[AnyChange], store: Store) -> Iterator[Sent]:
    """Yield the plan's changes that are held since an earlier run, each with the reason of that time."""
    reasons = {each.change.key: each.reason for each in store.changes.by_state("held")}
    held = [change for change in changes if change.key in reasons]
    yield from (Sent(change, "held", reasons[change.key], stopped=True) for change in held)


def _sending(
    name: str, changes: Sequence[AnyChange], sources: Mapping[str, Source[Any]], store: Store
) -> Iterator[Sent]:
    if name not in sources:
        raise ConfigError("plugins.toml has no such source any more", hint="plan again")
    yield from Writer(sources[name], store).send_all(changes)


def _watched(steps: Iterable[Sent], watch: Watch) -> list[Sent]:
    outcome = []
    for sent in steps:
        watch(sent)
        outcome.append(sent)
    return outcome


def _turn(name: str, changes: Sequence[AnyChange], steps: Iterator[Sent], store: Store) -> Iterator[Sent]:
    """Yield a source's outcomes; when it fails as a whole, yield what it left too, each with that reason."""
    left = {change.key: change for change in changes}
    try:
        for sent in steps:
            del left[sent.change.key]
            yield sent
    except (SourceError, ConfigError, PausedError) as error:
        reason = str(error)
    except ConnectorError:
        raise
    except Exception as error:
        LOG.exception("%s: the plugin failed", name)
        reason = f"the plugin failed: {type(error).__name__}: {error}"
    else:
        return
    note = f"{len(left)} changes of {name} are left for the next run: {reason}"
    states = store.changes.known(left)
    yield from (Sent(change, states[key], note, stopped=True) for key, change in left.items())
