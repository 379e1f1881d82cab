"""The settings of a plugin as a table for its README."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic_core import PydanticUndefined

from connector.plugins.base import SourceConfig
from connector.sourcetables import secret_fields


def settings_table(model: type[SourceConfig]) -> str:
    """Return a Markdown table of the plugin's own settings: key, default, meaning."""
    return "\n".join(["| key | default | meaning |", "|---|---|---|", *_rows(model)])


def _rows(model: type[SourceConfig]) -> Iterator[str]:
    secrets = set(secret_fields(model))
    for name, field in model.model_fields.items():
        if name in SourceConfig.model_fields:
            continue
        known = not field.is_required() and field.default not in (None, PydanticUndefined)
        default = f"`{json.dumps(field.default, default=str, ensure_ascii=False)}`" if known else ""
        said = (field.description or "").replace("|", "/")
        default = "required" if field.is_required() else default
        yield f"| `{name}` | {default} | {said}{' (a secret: by reference)' if name in secrets else ''} |"
