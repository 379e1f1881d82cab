"""The canonical model: what every CRM is turned into, and the only thing that rules know.

Times are aware UTC datetimes. Money is integer minor units (kopecks) beside an ISO 4217 currency. `None`
means "not known", never "empty it". A reference to another record (`owner`, `client`, `deal`, ...) is that
record's external id in the same source. What came in an unreadable form stays as it was, named in `flags`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Role = Literal["director", "head", "kam", "skam", "seller", "telesales", "assistant", "chief", "other"]
EventKind = Literal["call", "meeting", "email", "message", "task", "other"]
EventStatus = Literal["planned", "completed", "cancelled"]
StageKind = Literal["open", "won", "lost"]
ClientStatus = Literal["active", "closed", "blacklisted"]

ExternalId = Annotated[str, Field(coerce_numbers_to_str=True)]
"""The vendor's id of another record: text, or a number, which becomes text."""


class Ref(NamedTuple):
    """Where a record lives: the source's name in plugins.toml and the vendor's id as text."""

    source: str
    external_id: str

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Entity(BaseModel):
    """A record of a CRM: where it lives, the vendor's last change, and the vendor's record as it came."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: Ref
    updated_at: AwareDatetime | None = None
    raw: dict[str, Any] = Field(default_factory=dict, repr=False)
    flags: tuple[str, ...] = ()


class Employee(Entity):
    """A person who works for the firm and has an account in the CRM; `active_to` is the last working day."""

    name: str
    email: str | None = None
    phones: tuple[str, ...] = ()
    active: bool = True
    role: Role | None = None
    head: ExternalId | None = None
    department: str | None = None
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    capacity: int | None = None
    accepts_more: bool | None = None
    active_from: date | None = None
    active_to: date | None = None


class Client(Entity):
    """A firm or person the company sells to; `abc` is a class given from outside, above a computed one."""

    name: str
    kind: Literal["company", "person"] = "company"
    inn: str | None = None
    kpp: str | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str | None = None
    site: str | None = None
    industry: str | None = None
    region: str | None = None
    status: ClientStatus = "active"
    owner: ExternalId | None = None
    co_owners: tuple[ExternalId, ...] = ()
    key_account: bool | None = None
    tags: tuple[str, ...] = ()
    created_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    abc: Literal["A", "B", "C"] | None = None
    custom: dict[str, Any] = Field(default_factory=dict)


class Contact(Entity):
    """A person at a client."""

    client: ExternalId | None = None
    name: str = ""
    position: str | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


class Event(Entity):
    """A call, meeting, letter, message or task with a client.

    `completed_at` is when it was held, `logged_at` when it was entered, `successful` is False where the
    vendor says that nobody answered.
    """

    client: ExternalId | None = None
    employee: ExternalId | None = None
    kind: EventKind
    direction: Literal["in", "out"] | None = None
    status: EventStatus
    planned_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    logged_at: AwareDatetime | None = None
    duration_s: int | None = None
    successful: bool | None = None
    subject: str | None = None
    result: str | None = None
    deal: ExternalId | None = None
    key: str | None = None


class Deal(Entity):
    """A sale in the making; `probability` is a fraction 0-1."""

    client: ExternalId | None = None
    owner: ExternalId | None = None
    title: str = ""
    pipeline: str | None = None
    stage: str
    stage_kind: StageKind
    amount: int | None = None
    currency: str | None = None
    probability: float | None = None
    created_at: AwareDatetime | None = None
    expected_close: date | None = None
    closed_at: AwareDatetime | None = None
    loss_reason: str | None = None


class StageChange(Entity):
    """A deal entered a stage."""

    deal: ExternalId
    stage: str
    entered_at: AwareDatetime


class Sale(Entity):
    """A fact of turnover; a return has a negative amount."""

    client: ExternalId
    date: date
    amount: int
    margin: int | None = None
    currency: str | None = None
    deal: ExternalId | None = None


class Ownership(Entity):
    """An employee owned a client from the first to the last day, both inclusive; no last day means still."""

    client: ExternalId
    employee: ExternalId
    valid_from: date
    valid_to: date | None = None
    reason: str | None = None


class Absence(Entity):
    """An employee was away from the first to the last day, both inclusive."""

    employee: ExternalId
    from_date: date
    to_date: date
    deputy: ExternalId | None = None
    kind: str | None = None


class FieldChange(Entity):
    """A field of a client's card was changed, as texts; `by` is the employee, `at` when."""

    client: ExternalId
    field: str
    at: AwareDatetime
    by: ExternalId | None = None
    old: str | None = None
    new: str | None = None


class Answer(Entity):
    """What an employee answered about a client on one criterion of key accounts."""

    client: ExternalId
    criterion: str
    answer: Literal["yes", "partly", "no", "unknown"]
    at: AwareDatetime | None = None
    by: ExternalId | None = None


class Task(Entity):
    """A task in the CRM, ours (`key` is our marker) or anybody's."""

    client: ExternalId | None = None
    deal: ExternalId | None = None
    assignee: ExternalId | None = None
    title: str = ""
    due: AwareDatetime | None = None
    status: Literal["open", "done"] = "open"
    created_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    key: str | None = None


ENTITIES: tuple[type[Entity], ...] = (
    Employee,
    Client,
    Contact,
    Deal,
    StageChange,
    Event,
    Task,
    Sale,
    Ownership,
    Absence,
    FieldChange,
    Answer,
)
