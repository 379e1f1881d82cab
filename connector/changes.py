"""What may be written back to a CRM: one frozen class a kind, and the key that makes each unique."""

from __future__ import annotations

import hashlib
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

Permission = Literal["task", "contact", "flag", "field", "note", "owner"]
Mode = Literal["dry_run", "approve", "auto"]
Value = str | bool | int | float | None

MARKER_PREFIX = "cpc-"
"""Opens every marker of ours in a CRM, so that our records can be listed and told from everybody's."""


def change_key(policy: str, client_number: int, target: str, kind: str, period: str) -> str:
    """Return the 20 hex digits that stand for one change for ever.

    Made of what the change is about and never of the printed subject or the policy's version: adding a
    source, linking records or rewording a policy makes no new change for what is already written.
    """
    text = "\x1f".join((policy, str(client_number), target, kind, period))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class Change(BaseModel):
    """One write to one record of one source: why, what the CRM must still look like, what to write.

    `target` is the client's external id in `source`; `expected` names what the record must still hold when
    the change is sent (`owner`, `status`, or a field's name), else it is a conflict and nothing is written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    permission: ClassVar[Permission]

    key: str
    source: str
    target: str
    policy: str
    policy_version: str
    rule: str
    subject: str
    client_name: str = ""
    period: str
    reason: str
    mode: Mode = "approve"
    expected: dict[str, Value] = Field(default_factory=dict)

    @property
    def marker(self) -> str:
        """What a plugin leaves in the CRM and looks for before it repeats a write."""
        return MARKER_PREFIX + self.key


class CreateTask(Change):
    """A task for an employee about the client."""

    permission: ClassVar[Permission] = "task"
    kind: Literal["create_task"] = "create_task"
    purpose: Literal["contact", "complete_card", "deal", "decision"] = "contact"
    assignee: str
    title: str
    text: str = ""
    due: AwareDatetime
    deal: str | None = None


class PlanContact(Change):
    """A planned call or meeting with the client; it counts as a contact once a person completes it."""

    permission: ClassVar[Permission] = "contact"
    kind: Literal["plan_contact"] = "plan_contact"
    purpose: Literal["contact"] = "contact"
    contact: Literal["call", "meeting"] = "call"
    assignee: str
    title: str
    text: str = ""
    due: AwareDatetime


class SetField(Change):
    """A value of one field on the client's card; `old` is what it held when the plan was made."""

    permission: ClassVar[Permission] = "field"
    kind: Literal["set_field"] = "set_field"
    field: str
    old: Value = None
    new: Value


class SetFlag(Change):
    """A yes/no mark on the client's card is set or cleared."""

    permission: ClassVar[Permission] = "flag"
    kind: Literal["set_flag"] = "set_flag"
    flag: str
    old: bool | None = None
    new: bool


class ChangeOwner(Change):
    """The client gets another responsible employee."""

    permission: ClassVar[Permission] = "owner"
    kind: Literal["change_owner"] = "change_owner"
    old: str | None
    new: str


class AddNote(Change):
    """A note in the client's history."""

    permission: ClassVar[Permission] = "note"
    kind: Literal["add_note"] = "add_note"
    text: str


AnyChange = Annotated[
    CreateTask | PlanContact | SetField | SetFlag | ChangeOwner | AddNote, Field(discriminator="kind")
]
CHANGE: TypeAdapter[AnyChange] = TypeAdapter(AnyChange)
"""Reads a change back from a plan's JSON."""
