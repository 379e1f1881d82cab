"""Whatever a base publishes: nothing is asked for that is not there, nothing is left out without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connector.plugins.onec.api import XML
from connector.plugins.onec.connect import METADATA
from connector.plugins.onec.draft import draft
from connector.plugins.onec.profile import Profile, Table
from connector.plugins.onec.profile_reading import ProfileSource, read_profile
from connector.plugins.onec.resolve import resolve
from connector.plugins.onec.schema import Origin, Schema
from connector.plugins.onec.schema_file import write_schema

from .bases import published

NAMES = {"ut11": "ut11", "crm3": "crm3", "unf3": "unf3"}
LOOSE = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""The folder is written over by each example; a seed is as small as it gets."""


class Documents(dict[str, bytes]):
    """`$metadata` of each configuration; not shown when a test fails, as each has half a megabyte."""

    def __repr__(self) -> str:
        return "documents"


@pytest.fixture(scope="module")
def documents() -> Documents:
    """Return what each configuration publishes, as it comes over HTTP."""
    found = Documents()
    for name in NAMES:
        with published(f"configuration={name}") as (_, http, _names):
            found[name] = http.stream(METADATA, lambda _, pieces: b"".join(pieces), headers={"Accept": XML})
    return found


def spoilt(document: bytes, seed: int, share: float) -> bytes:
    """Take some columns and some sets out of a document, each by chance, the same for the same seed."""
    drawn = _drawn(seed)

    def kept(found: re.Match[bytes]) -> bytes:
        return b"" if next(drawn) < share else found[0]

    fewer = re.sub(rb'<EntitySet Name="[^"]+"[^>]*/>', kept, document)
    return re.sub(rb'<Property Name="(?!Ref_Key)[^"]+"[^>]*/>', kept, fewer)


def _drawn(seed: int) -> Iterator[float]:
    state = seed
    while True:
        state = (state * 1_103_515_245 + 12_345) % 2**31
        yield state / 2**31


@LOOSE
@given(
    name=st.sampled_from(sorted(NAMES)), seed=st.integers(1, 10**6), share=st.sampled_from([0.01, 0.1, 0.4])
)
def test_a_profile_asks_for_what_is_there_and_says_what_is_not(
    name: str, seed: int, share: float, documents: Documents, tmp_path: Path
) -> None:
    source = read_profile(name)
    with write_schema(tmp_path / "schema", [spoilt(documents[name], seed, share)], Origin()) as schema:
        profile = resolve(source, schema)
        for table in profile.tables:
            assert unknown(table, schema) == []
        for target in profile.targets.values():
            there = schema.of_set(target.set)
            assert there is not None
            columns = {each for column in target.columns.values() for each in column.select}
            assert columns | set(target.constants) | set(target.closed) <= set(there.properties)
    assert unsaid(source, profile) == []


def unknown(table: Table, schema: Schema) -> list[str]:
    """Return the names that a table would ask for and that are not published."""
    row = schema.of_set(table.set)
    assert row is not None
    bad = [name for name in table.select if name not in row.properties]
    for join in table.joins:
        other = schema.of_set(join.set)
        assert other is not None
        bad += [name for name in join.select if name not in other.properties]
    for path in table.followed():
        ends = [end for each in path[0].targets if (end := schema.of_set(each)) is not None]
        bad += [] if any(path[1].published in end.properties for end in ends) else [path[1].name]
    return bad


def unsaid(source: ProfileSource, profile: Profile) -> list[str]:
    """Return the tables, fields and targets of a profile that are neither there nor named as missing."""
    said = {(lack.table, field) for lack in (*profile.missing, *profile.passed_over)
            for field in lack.field.split(", ")}  # fmt: skip
    lost = [f"write {name}" for name in source.data.writes if name not in profile.targets]
    lost = [name for name in lost if (name, "") not in said]
    for name, listed in source.data.tables.items():
        table = profile.table(name)
        if table is None:
            lost += [] if (name, "") in said else [name]
            continue
        wanted = {field: len(cells) for field, cells in listed.fields.items()}
        for field, count in wanted.items():
            if len(table.fields.get(field, ())) < count and (name, field) not in said:
                lost.append(f"{name}.{field}")
    return lost


def test_control_a_field_that_is_lost_without_a_word_is_seen(documents: Documents, tmp_path: Path) -> None:
    source = read_profile("ut11")
    fewer = documents["ut11"].replace('<Property Name="ДатаРегистрации"'.encode(), b'<Property Name="X"')
    with write_schema(tmp_path / "schema", [fewer], Origin()) as schema:
        profile = resolve(source, schema)
    assert unsaid(source, profile) == []
    silent = Profile(profile.name, profile.title, profile.tables, profile.targets)
    assert unsaid(source, silent) == ["clients.created_at"]


@settings(LOOSE, max_examples=8)
@given(
    name=st.sampled_from(sorted(NAMES)), seed=st.integers(1, 10**6), share=st.sampled_from([0.05, 0.2, 0.5])
)
def test_a_draft_can_be_read_and_lacks_nothing(
    name: str, seed: int, share: float, documents: Documents, tmp_path: Path
) -> None:
    with write_schema(tmp_path / "schema", [spoilt(documents[name], seed, share)], Origin()) as schema:
        (tmp_path / "own.toml").write_text(draft(schema, "own.toml"), encoding="utf-8")
        profile = resolve(read_profile("own.toml", tmp_path), schema)
    assert [str(lack) for lack in profile.missing] == []
