"""The clients in the making: which records each has by now, and what may not be joined with it."""

from __future__ import annotations

import polars as pl

from connector.identity.components import components


class Clusters:
    """Records by label, the row of the client's most trusted record; `different` are pairs of rows."""

    def __init__(self, records: pl.DataFrame, different: pl.DataFrame) -> None:
        self._rows = records.select("row", "source", "inn", "kpp", "person", label=pl.col("row"))
        self._different = different
        self._doubts: dict[int, str] = {}

    def labels(self) -> pl.DataFrame:
        """Return the label of each row: row, label."""
        return self._rows.select("row", "label")

    def doubts(self) -> pl.DataFrame:
        """Return the doubtful clients: label, doubt."""
        kinds = {"label": pl.Int64, "doubt": pl.String}
        rows = {"label": list(self._doubts), "doubt": list(self._doubts.values())}
        marked = pl.DataFrame(rows, schema=kinds)
        now = self._rows.select(pl.col("row").alias("label"), now=pl.col("label"))
        return marked.join(now, on="label").select("doubt", label="now").unique("label", keep="first")

    def across(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return the keys that records of more than one source share, with each row's source."""
        shared = keys.filter(pl.col("key").is_duplicated())
        placed = shared.join(self._rows.select("row", "source"), on="row")
        return placed.filter(pl.col("source").n_unique().over("key") > 1)

    def labelled(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Add label and source of both rows; leave out pairs that are one client already."""
        of_row = self._rows.select("row", "label", "source")
        of_other = of_row.rename({"row": "other", "label": "label_other", "source": "source_other"})
        both = pairs.join(of_row, on="row").join(of_other, on="other")
        return both.filter(pl.col("label") != pl.col("label_other"))

    def allowed(self, pairs: pl.DataFrame, *, weak: bool) -> pl.DataFrame:
        """Leave out pairs known to be two: by INN, by KPP, by people's word; by a weak way also by kind."""
        marks = self._marks()
        right = marks.rename({name: f"{name}_other" for name in marks.columns})
        both = pairs.join(marks, on="label").join(right, on="label_other")
        both = both.join(self._apart_by_people(), on=["label", "label_other"], how="anti")
        other_inn = pl.col("inn") != pl.col("inn_other")
        other_kpp = (pl.col("inn") == pl.col("inn_other")) & (pl.col("kpp") != pl.col("kpp_other"))
        other_kind = (pl.col("person") != pl.col("person_other")) & weak
        settled = pl.any_horizontal(condition.fill_null(value=False) for condition in (other_inn, other_kpp))
        return both.filter(~settled & ~other_kind).select(pairs.columns)

    def apart(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Keep the pairs of clients that have no source in common."""
        sources = self._rows.group_by("label").agg(pl.col("source").unique().alias("_sources"))
        others = sources.rename({"label": "label_other", "_sources": "_others"})
        both = pairs.join(sources, on="label").join(others, on="label_other")
        common = pl.col("_sources").list.set_intersection("_others").list.len()
        return both.filter(common == 0).select(pairs.columns)

    def torn(self, members: pl.DataFrame, *, by_people: bool) -> pl.DataFrame:
        """Return of each group (columns label, group) whether it joins what may not be joined: group, torn.

        By people's word alone two INNs may be one client, and two records of one source.
        """
        against = [self._torn_by_people(members)]
        if not by_people:
            against += [self._torn_by_marks(members), self._torn_by_source(members)]
        groups = pl.concat(against).unique()
        every = members.select("group").unique()
        return every.join(groups.with_columns(torn=pl.lit(value=True)), on="group", how="left").with_columns(
            pl.col("torn").fill_null(value=False)
        )

    def join(self, members: pl.DataFrame) -> None:
        """Give the labels the smaller ones that they were joined to: label, group."""
        moved = members.filter(pl.col("label") != pl.col("group"))
        if moved.is_empty():
            return
        rows = self._rows.join(moved, on="label", how="left")
        self._rows = rows.with_columns(label=pl.coalesce("group", "label")).drop("group")
        self._call_joined_inns_one()

    def doubt(self, labels: pl.Series, doubt: str) -> None:
        """Note that it is not settled who these are; a first doubt stays."""
        for label in labels.to_list():
            self._doubts.setdefault(label, doubt)

    def _marks(self) -> pl.DataFrame:
        """Return what tells a client from others: label, inn, kpp, person."""
        return self._rows.group_by("label").agg(
            pl.col("inn").drop_nulls().min(), pl.col("kpp").drop_nulls().min(), pl.col("person").all()
        )

    def _torn_by_marks(self, members: pl.DataFrame) -> pl.DataFrame:
        doubtful = pl.col("label").is_in(list(self._doubts))
        found = (
            members.join(self._marks(), on="label")
            .group_by("group")
            .agg(
                inns=pl.col("inn").drop_nulls().n_unique(),
                kpps=pl.col("kpp").drop_nulls().n_unique(),
                doubtful=doubtful.any(),
            )
        )
        return found.filter((pl.col("inns") > 1) | (pl.col("kpps") > 1) | pl.col("doubtful")).select("group")

    def _torn_by_source(self, members: pl.DataFrame) -> pl.DataFrame:
        each = members.join(self._rows.select("label", "source").unique(), on="label")
        return each.group_by("group", "source").len().filter(pl.col("len") > 1).select("group")

    def _torn_by_people(self, members: pl.DataFrame) -> pl.DataFrame:
        own = members.rename({"label": "label_other", "group": "group_other"})
        both = self._apart_by_people().join(members, on="label").join(own, on="label_other")
        return both.filter(pl.col("group") == pl.col("group_other")).select("group")

    def _apart_by_people(self) -> pl.DataFrame:
        """Return the pairs of labels, both ways round, that people call different: label, label_other."""
        of_row = self._rows.select("row", "label")
        of_other = of_row.rename({"row": "other", "label": "label_other"})
        pairs = self._different.join(of_row, on="row").join(of_other, on="other")
        there = pairs.select("label", "label_other")
        back = there.select(pl.col("label_other").alias("label"), pl.col("label").alias("label_other"))
        return pl.concat([there, back]).unique()

    def _call_joined_inns_one(self) -> None:
        """Let INNs that people joined in one client count as one, so that each of them finds it."""
        several = self._rows.filter(pl.col("inn").is_not_null()).select("label", "inn").unique()
        several = several.filter(pl.col("label").is_duplicated()).sort("label", "inn")
        if several.is_empty():
            return
        names = several["inn"].unique().sort().to_list()
        number = {inn: place for place, inn in enumerate(names)}
        firsts = several.with_columns(pl.col("inn").min().over("label").alias("first"))
        edges = ((number[inn], number[first]) for inn, first in firsts.select("inn", "first").iter_rows())
        one = {names[place]: names[root] for place, root in components(edges).items()}
        self._rows = self._rows.with_columns(pl.col("inn").replace(one))
