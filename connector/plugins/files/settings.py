"""The settings of a `[[source]]` with `plugin = "files"`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from connector.plugins.base import SourceConfig


class FilesConfig(SourceConfig):
    """Where the tables are."""

    given_by: ClassVar[str] = "path"

    path: str = Field(
        min_length=1, description="folder of CSV files, or one .xlsx file; relative to plugins.toml"
    )
