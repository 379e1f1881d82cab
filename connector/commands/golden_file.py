"""Examples beside policies: a small firm as tables, and the decisions that people typed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connector.errors import ConfigError
from connector.rules.place import Place
from connector.rules.policy_mistakes import Mistake, misfits, place_of
from connector.rules.policy_source import PolicySource
from connector.tomlfile import read_toml

FOLDER = "tests"
"""Where examples lie, inside the folder of the policies."""


class Expected(BaseModel):
    """One decision as it must be: what is not said may be anything; `none`: there must be none."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    policy: str
    subject: str
    employee: str | None = None
    period: str | None = None
    none: bool = False
    decision: str | None = None
    reason: str | None = None
    numbers: dict[str, Any] = Field(default_factory=dict)
    flags: list[str] | None = None

    def about(self) -> dict[str, str]:
        """Return what tells the decision from others."""
        told = {"policy": self.policy, "subject": self.subject}
        more = {"employee": self.employee, "period": self.period}
        return told | {name: value for name, value in more.items() if value is not None}

    def wanted(self) -> dict[str, Any]:
        """Return what it must say, by key of the decision's line; numbers one by one."""
        plain = {"decision": self.decision, "reason": self.reason, "flags": self.flags}
        said = {name: value for name, value in plain.items() if value is not None}
        return said | {f"numbers.{name}": value for name, value in self.numbers.items()}


class GoldenFile(BaseModel):
    """An example: the moment, the firm, and what must be decided."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    as_of: datetime | date | str
    tables: dict[str, str] = Field(default_factory=dict)
    bundle: str | None = None
    expect: list[Expected] = Field(min_length=1)


@dataclass(frozen=True)
class Golden:
    """One example file that can be played."""

    source: PolicySource
    said: GoldenFile

    def place(self, *keys: str | int) -> Place:
        """Return where the key stands."""
        return place_of(self.source, keys)

    @property
    def as_of(self) -> str:
        """The moment as text: no offset means the company's zone."""
        said = self.said.as_of
        return said if isinstance(said, str) else said.isoformat()

    def write_tables(self, folder: Path) -> None:
        """Write the firm's tables as CSV files."""
        folder.mkdir(parents=True)
        for name, text in self.tables().items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")

    def tables(self) -> Mapping[str, str]:
        """Return the text of each table, of the bundle and of the file itself, which goes before."""
        bundle = self.source.path.parent / self.said.bundle if self.said.bundle else None
        files = sorted(bundle.glob("*.csv")) if bundle else []
        return {path.stem: path.read_text(encoding="utf-8-sig") for path in files} | self.said.tables


def read_golden(path: Path) -> tuple[Golden | None, list[Mistake]]:
    """Return the example, or None and everything wrong with its file."""
    try:
        file = read_toml(path)
    except ConfigError as error:
        about = {"said": error.message.removeprefix("not TOML: ")}
        return None, [Mistake(Place(error.where), "", "unreadable", about)]
    source = PolicySource((file,), file.data)
    try:
        return Golden(source, GoldenFile.model_validate(file.data)), []
    except ValidationError as error:
        return None, misfits(source, error, GoldenFile)
