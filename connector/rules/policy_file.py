"""What a policy file may say: its keys beside `[use]`, whose keys are the rule's own parameters."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from connector.changes import Mode
from connector.rules.terms import Parameters
from connector.rules.where.receivers import RECEIVER_FIELDS

Belongings = Literal["deals", "contacts", "tasks", "activities"]
"""What hangs on a client: open deals, people, open tasks, planned calls and meetings."""


class Limits(BaseModel):
    """How much a policy may have going at once, and how much it may ask for in one run."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_open: int | None = Field(None, ge=1, description="open items of ours for one employee; the rest wait")
    max_actions_per_run: int | None = Field(
        None, ge=1, description="changes that one plan may hold; the rest wait"
    )


class Scope(BaseModel):
    """Whom the policy concerns."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    where: str = Field(description="a condition on the client; without one everybody is concerned")


class Receiver(BaseModel):
    """Who may receive clients, beside what the rule's parameters ask."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    where: str = Field(description="a condition on the employee: " + ", ".join(RECEIVER_FIELDS))


class Action(BaseModel):
    """A task that a policy adds to its rule's decisions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*$", description="never changes: the task's key is made of it"
    )
    when: str = Field(description="a condition on the decision and its client")
    do: Literal["task"] = Field("task", description="what is put into the CRM")
    to: str = Field(min_length=1, description="owner, head, or an employee's id")
    due: str = Field("+3wd", pattern=r"^\+\d{1,3}wd$", description="working days from today, such as +3wd")
    title: str = Field(
        min_length=1, description="the task's title; {client}, {due} and the numbers filled in"
    )
    text: str = Field("", description="the task's text, filled in the same way")


class PolicyFile(BaseModel):
    """The keys of a policy file; `table` is read apart, as its columns depend on the rule."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal[1] = Field(alias="schema", description="the form of policy files: 1")
    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*$", description="never changes: keys of changes are made of it"
    )
    version: str = Field(min_length=1, description="what people call this wording, such as 2026-10")
    title: str = Field("", description="what people call the policy")
    mode: Mode = Field(
        "dry_run", description="dry_run (only shown), approve (written once approved) or auto (written)"
    )
    effective_from: date | None = Field(
        None, description="it judges months that begin on or after this day; default: all, never retroactive"
    )
    owner: str | None = Field(None, description="who answers for the policy")
    extends: str | None = Field(
        None, description="a policy file whose keys hold here too unless this one says otherwise; not its id"
    )
    limits: Limits = Field(Limits(), description="max_open, max_actions_per_run")
    scope: Scope | None = Field(None, description="where: a condition on the client")
    action: tuple[Action, ...] = Field((), strict=False, description="tasks beside those of the rule")
    write_to: tuple[str, ...] = Field(
        (),
        strict=False,
        description="sources into which its changes are written, the first choice first; default: by the "
        "firm's settings",
    )
    along: tuple[Belongings, ...] = Field(
        (), strict=False, description="what goes along with a client to a new owner"
    )


RECEIVER_FIELD = Field(None, description="where: a condition on employees; nobody else receives clients")


@cache
def file_model(rule: str, params: type[Parameters], *, receives: bool = False) -> type[PolicyFile]:
    """Return the model of a whole policy file that uses the rule with these parameters.

    `receives` tells that it may have a condition on receivers.
    """
    name: dict[str, Any] = {"rule": (Literal[rule], ...)}
    use = create_model("Use", __base__=params, **name)
    more: dict[str, Any] = {"receiver": (Receiver | None, RECEIVER_FIELD)} if receives else {}
    return create_model("PolicyFileOfRule", __base__=PolicyFile, use=(use, ...), **more)
