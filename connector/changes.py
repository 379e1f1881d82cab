"""What may be written back to a CRM: one frozen class a kind, and the key that makes each unique."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

Permission = Literal["task", "contact", "flag", "field", "note", "owner"]
Mode = Literal["dry_run", "approve", "auto"]
Value = str | bool | int | float | None
RecordKind = Literal["client", "deal", "person", "task", "contact"]
"""What a change may write to: `person` is somebody at the client, `contact` a planned call or meeting."""
Place = tuple[RecordKind, str]
"""One record of a source: its kind and its external id."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MARKER_PREFIX = "cpc-"
"""Opens every marker of ours in a CRM, so that our records can be listed and told from everybody's."""


def change_key(policy: str, client_number: int, target: str, kind: str, period: str) -> str:
    """Return the 20 hex digits that stand for one change for ever.

    Made of what the change is about and never of the printed subject or the policy's version: adding a
    source, linking records or rewording a policy makes no new change for what is already written.
    """
    text = "\x1f".join((policy, str(client_number), target, kind, period))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def derived_key(key: str, *about: str) -> str:
    """Return the key of a change that follows from another one, as unique and as lasting as that one's."""
    return hashlib.sha256("\x1f".join((key, *about)).encode()).hexdigest()[:20]


def same_value(held: Value, wanted: Value) -> bool:
    """Tell whether a CRM holds a value, however it spells numbers, days, yes and no, and emptiness."""
    if held is None or wanted is None:
        return held in {None, ""} and wanted in {None, ""}
    if isinstance(wanted, bool) or isinstance(held, bool):
        return str(held).lower() == str(wanted).lower()
    try:
        return float(held) == float(wanted)
    except ValueError:
        told, asked = str(held).strip(), str(wanted).strip()
        return told == asked or (_DAY.fullmatch(asked) is not None and told.startswith(f"{asked}T"))


class Change(BaseModel):
    """One write to one record of one source: why, what the CRM must still look like, what to write.

    `target` is the client's external id in `source`; `expected` names what the record must still hold when
    the change is sent (`owner`, `status`, or a field's name), else it is a conflict and nothing is written.
    `after` is the key of the change that has to stand first, `undoes` that of the change that this one takes
    back.
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
    after: str | None = None
    undoes: str | None = None

    @property
    def needs(self) -> Permission:
        """What the admin must have listed in `write` of the source."""
        return self.permission

    @property
    def place(self) -> Place:
        """The record that is written to; for a new record the client to whom it belongs."""
        return "client", self.target

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


class ClearFlag(SetFlag):
    """A yes/no mark on the client's card is taken away."""

    kind: Literal["clear_flag"] = "clear_flag"  # type: ignore[assignment]  # the kinds tell them apart
    new: Literal[False] = False


class ChangeOwner(Change):
    """The client gets another responsible employee, or a deal or a person of the client that goes along."""

    permission: ClassVar[Permission] = "owner"
    kind: Literal["change_owner"] = "change_owner"
    of: Literal["client", "deal", "person"] = "client"
    item: str | None = None
    old: str | None
    new: str

    @property
    def place(self) -> Place:
        """The client, or the record of it that goes along."""
        return self.of, self.item or self.target


class ReassignActivity(Change):
    """An open task or a planned contact goes along with the client to its new owner."""

    permission: ClassVar[Permission] = "owner"
    kind: Literal["reassign_activity"] = "reassign_activity"
    of: Literal["task", "contact"]
    item: str
    old: str | None
    new: str

    @property
    def place(self) -> Place:
        """The task or the planned contact."""
        return self.of, self.item


class CompleteTask(Change):
    """A task or planned contact of ours is closed, as its reason is gone; by `done` = False opened again.

    Closing is no contact (clarification 39); only an undo opens again. `item` is its id in the CRM.
    """

    permission: ClassVar[Permission] = "task"
    kind: Literal["complete_task"] = "complete_task"
    of: Literal["task", "contact"] = "task"
    item: str
    done: bool = True

    @property
    def needs(self) -> Permission:
        """Closing needs the permission by which the item was made."""
        return self.of

    @property
    def place(self) -> Place:
        """The item that is closed."""
        return self.of, self.item


class WithdrawContact(Change):
    """A planned contact of ours is taken off the client's card, as an undo asks for; nobody held it."""

    permission: ClassVar[Permission] = "contact"
    kind: Literal["withdraw_contact"] = "withdraw_contact"
    item: str

    @property
    def place(self) -> Place:
        """The planned contact."""
        return "contact", self.item


class AddNote(Change):
    """A note in the client's history."""

    permission: ClassVar[Permission] = "note"
    kind: Literal["add_note"] = "add_note"
    text: str


AnyChange = Annotated[
    CreateTask
    | PlanContact
    | SetField
    | SetFlag
    | ClearFlag
    | ChangeOwner
    | ReassignActivity
    | CompleteTask
    | WithdrawContact
    | AddNote,
    Field(discriminator="kind"),
]
CHANGE: TypeAdapter[AnyChange] = TypeAdapter(AnyChange)
"""Reads a change back from a plan's JSON."""


def aim(change: Change) -> tuple[str, Value] | None:
    """Return our name for what the change sets, and the value; None for what makes or removes a record."""
    match change:
        case SetField():
            return change.field, change.new
        case SetFlag():
            return change.flag, change.new
        case ChangeOwner():
            return "owner", change.new
        case ReassignActivity():
            return "assignee", change.new
        case CompleteTask():
            return "open", not change.done
        case _:
            return None
