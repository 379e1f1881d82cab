"""A stand-in portal, the connector on it, and a store whose lock we hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import firm

from connector.changes import AnyChange
from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.plugins.amocrm import AmoCrm, AmoCrmConfig
from connector.plugins.base import SourceContext
from connector.plugins.bitrix24 import Bitrix24, Bitrix24Config
from connector.sandbox.server import Sandbox, running
from connector.store.database import Store, open_store
from connector.sync import writer
from connector.sync.brakes import Brakes
from connector.sync.push import USUAL, Sent, apply_plan, recover

from .making import SOURCE, Maker, plan_of

ZONE = ZoneInfo("Europe/Moscow")
SETTINGS = {
    "fields": {"abc_class": "UF_CRM_ABC_CLASS"},
    "flags": {"key_account": "UF_CRM_KEY_CLIENT"},
    "rate": "off",
    "write": ["task", "contact", "flag", "field", "note", "owner"],
}


@dataclass
class Desk:
    """One portal, one connector, one store."""

    portal: Sandbox
    source: Bitrix24 | AmoCrm
    store: Store
    make: Maker

    def apply(
        self, *changes: AnyChange, store: Store | None = None, brakes: Brakes = USUAL, **plan: Any
    ) -> dict[str, Sent]:
        """Apply a plan of these changes; return the outcomes by key."""
        made = plan_of(*changes, **plan)
        sent = apply_plan(made, changes, {SOURCE: self.source}, store or self.store, brakes=brakes)
        assert len({each.change.key for each in sent}) == len(sent)
        return {each.change.key: each for each in sent}

    def recover(self) -> dict[str, Sent]:
        return {each.change.key: each for each in recover({SOURCE: self.source}, self.store)}

    def claimed(self, *changes: AnyChange) -> None:
        """Leave the changes as a run does that is killed right after its claims."""
        self.store.changes.add(changes, "killed")
        for change in changes:
            self.store.changes.move(change.key, "approved")
            self.store.changes.claim(change.key)

    def within(self, seconds: float) -> None:
        """Say that the vendor ends a request in so many seconds."""
        self.source.config = self.source.config.model_copy(update={"answer_within": seconds})

    def states(self, changes: Sequence[AnyChange]) -> list[str]:
        known = self.store.changes.known([change.key for change in changes])
        return [known[change.key] for change in changes]

    def steps(self, change: AnyChange) -> list[str]:
        return [step.state for step in self.store.changes.log(change.key)]

    def held(self, client: int, name: str) -> Any:
        """Return what the client's card holds now."""
        return self.source.current(str(client), [name])[name]


Open = Callable[..., Desk]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "LOOK_AGAIN_AFTER", (0.0, 0.01))
    monkeypatch.setattr(writer, "REPEAT_AFTER", (0.0, 0.0))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'one.db'}") as opened, opened.lock.acquire("apply", "run-1"):
        yield opened


@pytest.fixture
def desk(store: Store) -> Iterator[Open]:
    """Return a function that starts a portal with faults and a connector of some class on it."""
    with ExitStack() as stack:

        def start(*faults: str, plugin: type[Bitrix24] = Bitrix24, **settings: Any) -> Desk:
            company = firm(clients=12, events=2)
            portal = stack.enter_context(
                running("bitrix24", company=company, limits="off", faults=list(faults))
            )
            http = stack.enter_context(
                Http(SOURCE, bucket=Unlimited(), may_write=True, sleep=lambda seconds: None)
            )
            given = {"name": SOURCE, "plugin": "bitrix24", "webhook_url": portal.url, **SETTINGS, **settings}
            config = Bitrix24Config.model_validate(given)
            return Desk(portal, plugin(config, SourceContext(SOURCE, http, ZONE)), store, Maker(portal))

        yield start


AMOCRM = {
    "fields": {"abc_class": "ABC_CLASS"},
    "flags": {"key_account": "Ключевой клиент"},
    "custom_fields": {"Статус клиента": "status"},
    "rate": "off",
    "write": ["task", "contact", "flag", "field", "note", "owner"],
}


@pytest.fixture(params=["bitrix24", "amocrm"])
def any_desk(request: pytest.FixtureRequest, desk: Open, store: Store) -> Iterator[Open]:
    """Return what `desk` does, for each CRM that we write to."""
    if request.param == "bitrix24":
        yield desk
        return
    with ExitStack() as stack:

        def start(*faults: str, **settings: Any) -> Desk:
            given = {"name": SOURCE, "plugin": "amocrm", "token": "sandbox", **AMOCRM, **settings}
            company = firm(clients=12, events=2)
            portal = stack.enter_context(
                running("amocrm", company=company, limits="off", faults=list(faults))
            )
            http = stack.enter_context(
                Http(SOURCE, bucket=Unlimited(), may_write=True, sleep=lambda seconds: None)
            )
            config = AmoCrmConfig.model_validate({**given, "url": portal.url})
            return Desk(portal, AmoCrm(config, SourceContext(SOURCE, http, ZONE)), store, Maker(portal))

        yield start


class OneByOne(Bitrix24):
    """Writes each change by a request of its own."""

    batch_size = 1


class TwoByTwo(Bitrix24):
    """Writes two changes a request."""

    batch_size = 2
