"""Reads a TOML file and knows where each key stands, so that every complaint names file:line:column."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from connector.errors import ConfigError
from connector.tomlplaces import KeyPath, Position, find_places

__all__ = ["KeyPath", "Position", "TomlFile", "complain", "did_you_mean", "known_keys", "read_toml"]

_SYNTAX_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True)
class TomlFile:
    """A parsed file: its data, and the line and column (from 1) of each key.

    `origins` names what a value came from where it did not come from the file: an environment variable, say.
    """

    path: Path
    data: dict[str, Any]
    positions: Mapping[KeyPath, Position]
    origins: Mapping[KeyPath, str] = field(default_factory=dict)

    def position(self, keys: Sequence[str | int]) -> Position:
        """Return where the key stands, or its nearest parent; (1, 1) if nothing of it is in the file."""
        for length in range(len(keys), 0, -1):
            found = self.positions.get(tuple(keys[:length]))
            if found is not None:
                return found
        return (1, 1)

    def place(self, keys: Sequence[str | int] = ()) -> str:
        """Return `file:line:column` of the key, or the origin of its value."""
        for length in range(len(keys), 0, -1):
            origin = self.origins.get(tuple(keys[:length]))
            if origin is not None:
                return origin
        line, column = self.position(keys)
        return f"{self.path}:{line}:{column}"


def read_toml(path: Path, *, if_missing: str = "check the path") -> TomlFile:
    """Read the file; ConfigError with its place where it is missing, not UTF-8 or not TOML.

    `if_missing` is the advice given where there is no such file.
    """
    text = _text(path, if_missing)
    try:
        data = tomllib.loads(text)
        positions = find_places(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, str(error)) from error
    except (ValueError, RecursionError) as error:  # a number of 5000 digits, brackets 1000 deep
        raise ConfigError(f"not TOML: {error}", where=str(path), hint="mend the file") from error
    return TomlFile(path, data, positions)


def _text(path: Path, if_missing: str) -> str:
    where = str(path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError("no such file", where=where, hint=if_missing) from error
    except UnicodeDecodeError as error:
        raise ConfigError("not UTF-8 text", where=where, hint="save the file as UTF-8") from error
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror}", where=where, hint="check its rights"
        ) from error


def _syntax_error(path: Path, text: str, message: str) -> ConfigError:
    found = _SYNTAX_PLACE.search(message)
    said = _SYNTAX_PLACE.sub("", message)
    line, column = (found[1], found[2]) if found and found[1] else _end(text)
    return ConfigError(f"not TOML: {said}", where=f"{path}:{line}:{column}", hint="mend this line")


def _end(text: str) -> Position:
    """Return where the last line that says anything ends: that is what the end of the file cut short."""
    lines = text.rstrip().split("\n")
    return len(lines), len(lines[-1]) + 1


def complain(file: TomlFile, error: ValidationError, model: type[BaseModel], at: KeyPath = ()) -> list[str]:
    """Return one line for each thing wrong, in order: `file:line:column: key: what, did you mean ...?`.

    `at` is where in the file the validated table stands.
    """
    lines = []
    problems = error.errors(include_url=False, include_input=False)
    for problem in sorted(problems, key=lambda problem: file.position((*at, *problem["loc"]))):
        keys = tuple(part for part in problem["loc"] if not str(part).startswith("function-"))
        said = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            said = "unknown key" + did_you_mean(str(keys[-1]), known_keys(model, keys[:-1]))
        elif problem["type"] == "missing":
            said = "is missing"
        name = ".".join(str(key) for key in keys)
        lines.append(f"{file.place((*at, *keys))}: {name}: {said}" if name else f"{file.place(at)}: {said}")
    return lines


def known_keys(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the keys that the model knows at the path inside it."""
    for part in path:
        found = model.model_fields.get(str(part))
        inner = _model_in(found.annotation) if found else None
        if inner is not None:
            model = inner
    return [found.alias or name for name, found in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model), None)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return `, did you mean 'x'?`, or the list of what is known where nothing is near."""
    near = difflib.get_close_matches(word.lower(), [name.lower() for name in known], n=1, cutoff=0.6)
    if near:
        original = next(name for name in known if name.lower() == near[0])
        return f", did you mean {original!r}?"
    return f"; known: {', '.join(sorted(known))}" if known else ""
