"""Groups the records of all sources into clients: way by way, by vetoes, and the same in any order of rows.

Within a way all keys are looked at together: what they connect is one client as a whole, or, where that would
join what may not be joined, is left as it was and doubtful. So neither the order of rows nor that of keys
means anything, and a record that fits two clients goes to neither (scenario SC06).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from connector.identity.clusters import Clusters
from connector.identity.components import components
from connector.identity.records import prepared
from connector.identity.verdicts import Verdict, matched
from connector.identity.ways import MOST_SHARED, PROBABLE, WAYS, Way

LINKS = pl.Schema(
    dict.fromkeys(("source", "external_id", "other_source", "other_id", "way", "value"), pl.String())
)

POSSIBLE, CONFLICT = "possible_duplicate", "identity_conflict"
"""Doubts: a record may be one of several clients; what people said of it contradicts itself."""


@dataclass(frozen=True)
class Grouping:
    """Which records are one client, why, and of which it is not settled.

    `records`: record (its own number), source, external_id, client (the number of the client's most trusted
    record), doubt (POSSIBLE, CONFLICT or null). `links`: the columns of LINKS, one row a pair and reason.
    """

    records: pl.DataFrame
    links: pl.DataFrame


def grouped(cards: pl.DataFrame, priority: Sequence[str], verdicts: Iterable[Verdict] = ()) -> Grouping:
    """Group the cards of the frame `identities`.

    People's word goes before all (`different` before `same`). Else two records of one source are never one
    client, nor are two with different valid INNs, or with one INN and different KPPs.
    """
    records = prepared(cards, priority)
    same, different = matched(records, verdicts)
    clusters = Clusters(records, different)
    links = [_by_people(clusters, same)]
    sources = records["source"].unique().sort().to_list()
    if len(sources) > 1:
        links += [_by_way(clusters, way, way.keys(records, sources)) for way in WAYS]
        clusters.doubt(_probable(clusters, PROBABLE.keys(records, sources)), POSSIBLE)
    return Grouping(_numbered(records, clusters), _told(records, pl.concat(links)))


def _by_people(clusters: Clusters, same: pl.DataFrame) -> pl.DataFrame:
    """Join what people call one client, unless the same word leads to what they call different."""
    pairs = clusters.labelled(same.select("row", "other", way=pl.lit("people"), key="key"))
    return _settle(clusters, pairs, CONFLICT, by_people=True)


def _by_way(clusters: Clusters, way: Way, keys: pl.DataFrame) -> pl.DataFrame:
    """Join what the way's keys connect; return the links."""
    keys = clusters.across(keys)
    crowd = keys.group_by("key", "source").len().filter(pl.col("len") > MOST_SHARED).select("key").unique()
    calm = keys.join(crowd, on="key", how="anti")
    pairs = calm.join(calm, on="key", suffix="_other").filter(pl.col("row") < pl.col("row_other"))
    found = [pairs.select("row", pl.col("row_other").alias("other"), "key")]
    if not way.weak:
        found.append(_chained(keys.join(crowd, on="key", how="semi")))
    named = pl.concat(found).select("row", "other", way=pl.lit(way.name), key="key")
    return _settle(clusters, clusters.allowed(clusters.labelled(named), weak=way.weak), POSSIBLE)


def _chained(keys: pl.DataFrame) -> pl.DataFrame:
    """Return a chain of pairs through each crowd, which is enough to see that it contradicts itself."""
    ordered = keys.sort("key", "row")
    chain = ordered.select("row", pl.col("row").shift(-1).over("key").alias("other"), "key")
    return chain.filter(pl.col("other").is_not_null())


def _settle(clusters: Clusters, pairs: pl.DataFrame, doubt: str, *, by_people: bool = False) -> pl.DataFrame:
    """Join each group of connected clients that holds together; doubt the others; return the links made."""
    joined = components(pairs.select("label", "label_other").unique().iter_rows())
    members = pl.DataFrame(
        {"label": list(joined), "group": list(joined.values())}, schema={"label": pl.Int64, "group": pl.Int64}
    )
    torn = clusters.torn(members, by_people=by_people)
    placed = pairs.join(members, on="label", how="left").join(torn, on="group", how="left")
    broken = pl.col("torn").fill_null(value=False)
    crossing = placed.filter(broken & ((pl.col("source") != pl.col("source_other")) | by_people))
    clusters.doubt(members.join(crossing, on="group", how="semi")["label"], doubt)
    good = members.join(torn.filter("torn"), on="group", how="anti")
    clusters.join(good)
    return placed.filter(~broken).select("row", "other", "way", "key")


def _probable(clusters: Clusters, keys: pl.DataFrame) -> pl.Series:
    """Return the labels of pairs that are probably one client and that nothing settles."""
    keys = clusters.across(keys)
    crowd = keys.group_by("key", "source").len().filter(pl.col("len") > MOST_SHARED)
    calm = keys.join(crowd, on="key", how="anti")
    pairs = calm.join(calm, on="key", suffix="_other").filter(pl.col("row") < pl.col("row_other"))
    named = pairs.select("row", pl.col("row_other").alias("other"), way=pl.lit(PROBABLE.name), key="key")
    open_ones = clusters.apart(clusters.allowed(clusters.labelled(named), weak=True))
    return pl.concat([open_ones["label"], open_ones["label_other"]]).unique()


def _numbered(records: pl.DataFrame, clusters: Clusters) -> pl.DataFrame:
    leading = records.select(pl.col("row").alias("label"), pl.col("record").alias("client"))
    return (
        records.select("row", "record", "source", "external_id")
        .join(clusters.labels(), on="row")
        .join(leading, on="label")
        .join(clusters.doubts(), on="label", how="left")
        .select("record", "source", "external_id", "client", "doubt")
        .sort("source", "external_id")
    )


def _told(records: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return the links with the records' names, the more trusted record first."""
    refs = records.select("row", "source", "external_id")
    others = refs.rename({"row": "other", "source": "other_source", "external_id": "other_id"})
    told = links.join(refs, on="row").join(others, on="other").rename({"key": "value"})
    return told.select(LINKS.names()).unique().sort(LINKS.names())
