"""Gathers everything that is wrong with a TOML file, so that all of it is told at once."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from connector.errors import ConfigError
from connector.tomlfile import KeyPath, TomlFile, complain

M = TypeVar("M", bound=BaseModel)


class Mistakes:
    """The mistakes found in one file so far, a line each, every line with its place."""

    def __init__(self, file: TomlFile) -> None:
        self.file = file
        self.lines: list[str] = []

    def note(self, error: ConfigError, at: KeyPath) -> None:
        """Keep an error about the key at the path."""
        self.lines.append(str(ConfigError(error.message, hint=error.hint, where=self.file.place(at))))

    def validated(self, model: type[M], data: object, at: KeyPath = ()) -> M | None:
        """Return the data as the model; None, with each complaint kept, if it does not fit."""
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.lines += complain(self.file, error, model, at)
            return None

    def tell(self) -> ConfigError:
        """Return all of them as one error, to be raised."""
        return ConfigError("\n".join(self.lines), hint=f"mend {self.file.path}")
