"""The plan: what would be written, why, and what the CRM must still hold; same input, same bytes."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from connector.changes import AnyChange, Mode
from connector.errors import ConfigError

Why = Literal[
    "covered",
    "moves",
    "done",
    "queued",
    "not_allowed",
    "unsupported",
    "unplaced",
    "no_assignee",
    "failed_before",
    "contested",
    "conflict",
    "lasting",
    "partial_visibility",
    "stale_source",
    "history_too_short",
    "little_linked",
]


class Frozen(BaseModel):
    """Data that nobody alters after it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PolicyStamp(Frozen):
    """Which policy, in which version and wording, the plan leans on."""

    id: str
    version: str
    mode: Mode
    digest: str


class Unsent(Frozen):
    """A change that is due and not sent now: which, why, and the key of what stands instead of it."""

    key: str
    kind: str
    policy: str
    subject: str
    client_name: str
    source: str
    why: Why
    note: str = ""
    by: str | None = None


class Plan(Frozen):
    """All that is due at `as_of`: `changes` in the order of sending, `unsent` with the reason of each.

    Nothing of it may be sent before the day `not_before`, by the calendar of its `zone`.
    """

    schema_version: Literal[1] = 1
    as_of: AwareDatetime
    zone: str
    language: Literal["ru", "en"] = "ru"
    policies: tuple[PolicyStamp, ...]
    changes: tuple[AnyChange, ...]
    unsent: tuple[Unsent, ...] = ()
    not_before: date | None = None

    def document(self) -> bytes:
        """Return the plan as indented JSON, the same bytes for the same plan."""
        return orjson.dumps(
            self.model_dump(mode="json"), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        )

    @property
    def fingerprint(self) -> str:
        """Return 64 hex digits of the document: its name in the store; the first 8 suffice to call it."""
        return hashlib.sha256(self.document()).hexdigest()

    @property
    def sendable(self) -> tuple[AnyChange, ...]:
        """Return the changes that may be sent once approved: all but those of policies in `dry_run`."""
        return tuple(change for change in self.changes if change.mode != "dry_run")

    @property
    def automatic(self) -> tuple[AnyChange, ...]:
        """Return the changes that a scheduled run sends without asking: those of policies in `auto`."""
        return tuple(change for change in self.changes if change.mode == "auto")

    def counts(self) -> Counter[str]:
        """Count the changes by kind."""
        return Counter(change.kind for change in self.changes)


def read_plan(document: bytes, where: str) -> Plan:
    """Read a plan back; ConfigError if the text is not one."""
    try:
        return Plan.model_validate_json(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"not a plan: {place}: {first['msg']}", where=where, hint="make one with `connector plan -o FILE`"
        ) from None


def write_plan(plan: Plan, path: Path) -> None:
    """Write the plan as a file."""
    path.write_bytes(plan.document())
