"""Records that tests of the store save, and the pages they come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from connector.model import Client, Entity, Event, Ref
from connector.store.database import Store
from connector.store.entities import Saved
from connector.store.quarantine import Rejected

SOURCE = "bitrix-main"
MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True)
class Place:
    """The part of a page that the cursor needs."""

    position: dict[str, Any] | None = None
    watermark: str | None = None


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event(external_id: str, **fields: Any) -> Event:
    given = {"client": "C1", "employee": "M1", "kind": "call", "status": "completed", **fields}
    return Event(ref=Ref(SOURCE, external_id), **given)


def client(external_id: str, **fields: Any) -> Client:
    return Client(ref=Ref(SOURCE, external_id), **{"name": f"Client {external_id}", **fields})


def save(
    store: Store,
    *entities: Entity,
    stream: str = "events",
    rejected: Sequence[Rejected] = (),
    place: Place | None = None,
    **options: Any,
) -> Saved:
    """Save a page of the one source that most tests need."""
    return store.entities.save_page(SOURCE, stream, entities, rejected, place or Place(), **options)
