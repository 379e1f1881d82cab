"""JSON text out of columns: compact, non-ASCII unescaped, floats by Python's repr."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def json_values(column: pl.Series) -> pl.Series:
    """Return each value of the column as JSON text; nulls as `null`, dates as ISO strings."""
    return _values(column).fill_null("null")


def json_objects(columns: Mapping[str, pl.Series], raw: frozenset[str] = frozenset()) -> pl.Series:
    """Return one JSON object a row, keys in the mapping's order; columns in `raw` hold JSON text already."""
    texts = {name: column if name in raw else json_values(column) for name, column in columns.items()}
    pieces = [pl.lit("{")]
    for place, name in enumerate(texts):
        pieces += [pl.lit(f'{"," if place else ""}"{name}":'), pl.col(name)]
    frame = pl.DataFrame({name: text.alias(name) for name, text in texts.items()})
    return frame.select(pl.concat_str(*pieces, pl.lit("}"))).to_series()


def _values(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        # Polars writes small and large floats in another form than repr, which is the contract.
        return pl.Series(
            [None if value is None else repr(value) for value in column.to_list()], dtype=pl.String
        )
    if column.dtype.is_integer():
        return column.cast(pl.String)
    if column.dtype == pl.Date:
        return '"' + column.dt.to_string("iso") + '"'
    wrapped = column.alias("v").to_frame().select(pl.struct("v").struct.json_encode()).to_series()
    return wrapped.str.strip_prefix('{"v":').str.strip_suffix("}")
