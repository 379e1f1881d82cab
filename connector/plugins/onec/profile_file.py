"""The shape of a profile file: TOML that names sets and columns as the configuration does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connector.model import EventStatus, StageKind
from connector.plugins.onec.profile import Cleared, Constant, EntityName, Purpose

CONTACTS, ATTRIBUTES = "КонтактнаяИнформация", "ДополнительныеРеквизиты"
"""The tabular sections of every configuration with the library of subsystems (БСП)."""


class Part(BaseModel):
    """A table of a profile; keys it does not know are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CellFile(Part):
    """Where a value comes from: one of `column`, `contacts` or `attribute`, or the constant `value` alone."""

    column: str = Field("", description="column, way to one behind references (A/B), or in a section (S/A)")
    contacts: str = Field("", description="lines of that Тип in КонтактнаяИнформация")
    attribute: str = Field("", description="title of an additional attribute")
    value: str | None = Field(None, description="a constant; beside column: taken where that is filled")
    words: dict[str, str] = Field(default_factory=dict, description="value in 1C -> canonical value")
    only: tuple[EventStatus | StageKind, ...] = Field(
        (), description="statuses of an event, kinds of stage of a deal, for which this counts"
    )
    where: dict[str, str] = Field(default_factory=dict, description="column of the section -> its value")
    optional: bool = Field(False, description="true where not every release has it; the next one counts then")

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> CellFile:
        places = [name for name in ("column", "contacts", "attribute") if getattr(self, name)]
        if len(places) > 1:
            raise ValueError(f"{' and '.join(places)} exclude each other")
        if not places and self.value is None:
            raise ValueError("name one of column, contacts, attribute or value")
        return self


def _cells(given: Any) -> Any:
    """Turn one string or table into a list of tables; an empty string means that nothing fills the field."""
    if given == "":
        return ()
    listed = given if isinstance(given, list) else [given]
    return tuple({"column": one} if isinstance(one, str) else one for one in listed)


CellFiles = Annotated[tuple[CellFile, ...], BeforeValidator(_cells)]


def _names(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Filters = dict[str, Constant]


class JoinFile(Part):
    """Records of another set that refer to ours by a column."""

    set: str = Field(
        description='the other entity set; "" where such a join of an extended file is not wanted'
    )
    by: str = Field(min_length=1, description="its reference to ours")
    where: Filters = Field(default_factory=dict, description="column -> value of the records that are meant")
    order: str = Field("", description="column by which the first one is meant")
    fields: dict[str, CellFiles] = Field(description="canonical field -> where in the other set")


class TableFile(Part):
    """One entity set read as one kind of entity."""

    entity: EntityName = Field(description="what the rows become")
    set: str = Field(
        min_length=1, description="the entity set, or several with bars between: the first that is published"
    )
    virtual: Literal["", "Turnovers"] = Field("", description="its virtual table, by month")
    where: Filters = Field(default_factory=dict, description="column -> value of the rows that are meant")
    date: str = Field("", description="indexed date to cut windows by")
    changed: str = Field("", description="date of the last change, where the configuration keeps one")
    negative: bool = Field(False, description="true for returns, whose amounts are positive in 1C")
    fields: dict[str, CellFiles] = Field(description="canonical field -> where it stands")
    custom: dict[str, CellFiles] = Field(default_factory=dict, description="field of your own -> where")
    joins: dict[str, JoinFile] = Field(default_factory=dict, description="records that belong to ours")


class TargetFile(Part):
    """Where one kind of change is written."""

    set: str = Field(min_length=1, description="the entity set")
    columns: dict[str, str] = Field(description="our word -> column")
    constants: dict[str, Constant] = Field(default_factory=dict, description="column -> value of new records")
    section: str = Field("", description="tabular section that is written, too")
    line: dict[str, str] = Field(default_factory=dict, description="our word -> column of that section")
    closed: dict[str, Constant] = Field(default_factory=dict, description="column -> value when finished")
    named: dict[str, str] = Field(
        default_factory=dict, description="reference -> Description of what new records get"
    )
    closed_named: dict[str, str] = Field(default_factory=dict, description="the same when finished")
    action: str = Field("", description="what to call when finished, instead")
    titles: Names = Field(
        (), description='fact: additional attributes, by title, that stand in this register; ["*"]: all'
    )
    cleared: Cleared = Field(
        "delete", description='fact: what clearing a flag leaves: "delete" no record, "no" one that says no'
    )


class BridgeFile(Part):
    """A catalogue of the same people as another one."""

    to: str = Field(min_length=1, description="the set of the employees")
    by: str = Field(min_length=1, description="the column that is the same in both")


class ProfileFile(Part):
    """A profile as a whole."""

    title: str = Field(min_length=1, description="which configurations it is for")
    extends: str = Field("", description="a shipped profile, or a file beside this one, to start from")
    drop: tuple[str, ...] = Field((), description="tables of the extended profile that are not wanted")
    drop_writes: tuple[str, ...] = Field((), description="changes of the extended profile that go nowhere")
    drop_bridges: tuple[str, ...] = Field(
        (), description="bridges of the extended profile that are not there"
    )
    references: dict[str, Names] = Field(
        default_factory=dict, description="reference -> the sets it leads to, where $metadata does not tell"
    )
    bridges: dict[str, BridgeFile] = Field(
        default_factory=dict, description="set of people -> the same people in the set of the employees"
    )
    tables: dict[str, TableFile] = Field(description="stream -> what it reads")
    writes: dict[Purpose, TargetFile] = Field(default_factory=dict, description="change -> where it goes")
