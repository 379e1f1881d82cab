"""The list of records that nothing links, with what each may be one client with: work for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import polars as pl

from connector.company.shapes import VERDICTS
from connector.identity.records import CARDS, prepared
from connector.identity.ways import MOST_SHARED, PROBABLE, WAYS, Keys, domains_of
from connector.store.database import Store
from connector.store.frames import read_frames
from connector.tables import cells
from connector.tables.shape import Column, Shape

ANSWERS = Shape(
    "links",
    (
        Column("client", cells.text, ("Клиент",), required=True),
        Column("other", cells.text, ("Другой", "Второй")),
        Column("verdict", cells.Choice(VERDICTS), ("Вывод",)),
    ),
    ("client", "other"),
    ("Связи",),
)
"""The list as it comes back; columns beside these are overlooked."""

HEADER: Mapping[str, tuple[str, ...]] = {
    "ru": ("Клиент", "Название", "ИНН", "Оборот", "Другой", "Название другого", "Почему", "Вывод"),
    "en": ("client", "name", "inn", "turnover", "other", "other_name", "why", "verdict"),
}

LIKE = 0.85
"""From here on two names are alike enough to ask a person (algorithms 9); they never link by themselves."""
BEGINNING, LONGEST_BLOCK = 6, 20
"""Names are compared that begin with the same letters, unless many of one source do."""
MOST_CANDIDATES = 3
MINOR = 100


def review(store: Store, store_url: str, priority: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return rows under HEADER: each record without one in another source, the largest turnover first.

    A record has a row for each of at most three candidates, or one without. Turnover is in whole currency.
    """
    frames = read_frames(store_url, [CARDS, "clients", "link_verdicts"])
    clients = frames["clients"].select("record", "client")
    records = prepared(frames[CARDS], priority).join(clients, on="record")
    alone = records.filter(pl.col("source").n_unique().over("client") == 1)
    sold = {(source, id_): amount for source, id_, amount in store.identities.turnover()}
    found = _best(_candidates(records, alone, frames["link_verdicts"]))
    columns = records.select("row", "source", "external_id", "name", "inn")
    named = {
        row["row"]: row | {"sold": sold.get((row["source"], row["external_id"]), 0)}
        for row in columns.iter_rows(named=True)
    }
    rows = [named[row] for row in alone["row"].to_list()]
    rows.sort(key=lambda one: (-one["sold"], one["source"], one["external_id"]))
    return [line for row in rows for line in _lines(row, named, found.get(row["row"], []))]


def _lines(
    row: dict[str, Any], named: Mapping[int, dict[str, Any]], found: list[tuple[int, str]]
) -> Iterator[tuple[Any, ...]]:
    about = (f"{row['source']}:{row['external_id']}", row["name"], row["inn"], row["sold"] / MINOR or None)
    for other, why in found:
        it = named[other]
        yield (*about, f"{it['source']}:{it['external_id']}", it["name"], why, None)
    if not found:
        yield (*about, None, None, None, None)


def _candidates(records: pl.DataFrame, alone: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Return what the lone records may be one client with: row, other, place (how telling), why."""
    sources = records["source"].unique().sort().to_list()
    ways = [*WAYS, PROBABLE]
    keyed = [(way.name, way.keys(records, sources)) for way in ways]
    keyed += [("domain", domains_of(records)), ("name", records.select("row", key="normal").drop_nulls())]
    parts = [_pairs(records, alone, keys, place, name) for place, (name, keys) in enumerate(keyed)]
    parts.append(_alike(records, alone, place=len(keyed)))
    every = pl.concat(parts)
    return every.join(_settled(records, said), on=["row", "other"], how="anti")


def _pairs(records: pl.DataFrame, alone: pl.DataFrame, keys: Keys, place: int, why: str) -> pl.DataFrame:
    """Return the pairs across sources that share a key, without those known to be two."""
    marked = keys.join(records.select("row", "source", "client", "inn", "kpp"), on="row")
    crowd = marked.group_by("key", "source").len().filter(pl.col("len") > MOST_SHARED).select("key").unique()
    calm = marked.join(crowd, on="key", how="anti")
    own = calm.join(alone.select("row"), on="row", how="semi")
    both = own.join(calm, on="key", suffix="_other").filter(
        (pl.col("source") != pl.col("source_other")) & (pl.col("client") != pl.col("client_other"))
    )
    other_inn = (pl.col("inn") != pl.col("inn_other")).fill_null(value=False)
    other_kpp = (pl.col("kpp") != pl.col("kpp_other")).fill_null(value=False)
    return both.filter(~other_inn & ~other_kpp).select(
        "row",
        pl.col("row_other").alias("other"),
        pl.lit(place, dtype=pl.Int64).alias("place"),
        pl.concat_str(pl.lit(f"{why} "), "key").alias("why"),
    )


def _alike(records: pl.DataFrame, alone: pl.DataFrame, place: int) -> pl.DataFrame:
    """Return the pairs across sources whose names begin with the same letters and are alike."""
    first = pl.col("normal").str.head(BEGINNING).alias("first")
    words = records.select("row", "source", "normal", "inn", first).drop_nulls(["normal"])
    blocks = words.filter(pl.len().over("first", "source") <= LONGEST_BLOCK)
    both = blocks.join(alone.select("row"), on="row", how="semi").join(blocks, on="first", suffix="_other")
    other_inn = (pl.col("inn") != pl.col("inn_other")).fill_null(value=False)
    both = both.filter(
        (pl.col("source") != pl.col("source_other"))
        & (pl.col("normal") != pl.col("normal_other"))
        & ~other_inn
    )
    rows = both.select("row", "row_other", "normal", "normal_other").sort("row", "row_other").iter_rows()
    kinds = {"row": pl.Int64, "other": pl.Int64, "place": pl.Int64, "why": pl.String}
    found = [
        (row, other, place, f"name ~ {like:.2f}") for row, other, like in _likenesses(rows) if like >= LIKE
    ]
    return pl.DataFrame(found, schema=kinds, orient="row")


def _likenesses(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, int, float]]:
    for row, other, name, second in rows:
        yield row, other, SequenceMatcher(None, name, second, autojunk=False).ratio()


def _settled(records: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs, both ways round, that people called different: row, other."""
    rows = records.select("row", "source", "external_id")
    others = rows.rename({"row": "other", "source": "other_source", "external_id": "other_id"})
    found = said.filter(pl.col("said") == "different").join(rows, on=["source", "external_id"])
    pairs = found.join(others, on=["other_source", "other_id"]).select("row", "other")
    return pl.concat([pairs, pairs.select(pl.col("other").alias("row"), pl.col("row").alias("other"))])


def _best(candidates: pl.DataFrame) -> dict[int, list[tuple[int, str]]]:
    """Return the most telling candidates of each row, with the reason."""
    ordered = candidates.sort("row", "place", "other", "why").unique(
        ["row", "other"], keep="first", maintain_order=True
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for row, other, why in ordered.select("row", "other", "why").iter_rows():
        if len(found.setdefault(row, [])) < MOST_CANDIDATES:
            found[row].append((other, why))
    return found
