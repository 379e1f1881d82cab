"""`$metadata` is read as it streams: in its documented shape, cut into any pieces, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import TransientError
from connector.plugins.onec.schema import Origin, Schema, open_schema
from connector.plugins.onec.schema_file import write_schema

from .documents import HEAD, TAIL, filler

SAMPLE = (Path(__file__).parents[2] / "sandbox" / "onec" / "samples" / "metadata_shape.edmx").read_bytes()
"""The shape of live publications, as the fact sheet of the interface shows it."""
ORDER = "Document_ЗаказКлиента"
REVENUE = "AccumulationRegister_ВыручкаИСебестоимостьПродаж"


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Schema]:
    with write_schema(tmp_path / "schema", [SAMPLE], Origin(etag='"1"', sets="s", at=5.0)) as schema:
        yield schema


def test_the_documented_shape_is_read(sample: Schema) -> None:
    order = sample.of_set(ORDER)
    assert order is not None
    assert order.key == ("Ref_Key",)
    assert list(order.properties) == [
        *("Ref_Key", "DataVersion", "DeletionMark", "Number", "Date", "Posted", "Менеджер_Key"),
        *("СуммаДокумента", "Статус", "ДокументОснование", "ДокументОснование_Type", "Товары"),
    ]
    assert (order.properties["Date"], order.properties["СуммаДокумента"]) == ("Edm.DateTime", "Edm.Double")
    assert order.targets == {"Менеджер": "Catalog_Пользователи"}
    assert order.sections == {"Товары": "Document_ЗаказКлиента_Товары_RowType"}
    lines = sample.type(order.sections["Товары"])
    assert lines is not None
    assert lines.properties == {"LineNumber": "Edm.Int64", "Отменено": "Edm.Boolean"}
    turnovers = sample.result("Turnovers", REVENUE)
    assert turnovers is not None
    assert turnovers.properties == {"Менеджер_Key": "Edm.Guid", "СуммаВыручкиTurnover": "Edm.Double"}


def test_what_is_not_published_is_none(sample: Schema) -> None:
    assert sample.sets == {ORDER}
    assert sample.of_set(REVENUE) is None
    assert sample.of_set("Catalog_Партнеры") is None
    assert sample.result("Balance", REVENUE) is None


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_may_be_cut_anywhere(size: int, sample: Schema, tmp_path: Path) -> None:
    pieces = [SAMPLE[start : start + size] for start in range(0, len(SAMPLE), size)]
    with write_schema(tmp_path / "again", pieces, Origin()) as again:
        assert again.origin.sha256 == sample.origin.sha256
        assert again.of_set(ORDER) == sample.of_set(ORDER)


def test_the_file_is_opened_again_without_the_document(sample: Schema, tmp_path: Path) -> None:
    again = open_schema(tmp_path / "schema")
    assert again is not None
    with again:
        assert again.origin == sample.origin
        assert (again.origin.etag, again.origin.size, again.origin.sets) == ('"1"', len(SAMPLE), "s")
        assert again.of_set(ORDER) == sample.of_set(ORDER)


def test_a_file_that_was_cut_short_is_none(tmp_path: Path) -> None:
    path = tmp_path / "schema"
    write_schema(path, [SAMPLE], Origin()).close()
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 8):
        path.write_bytes(whole[:cut])
        assert open_schema(path) is None
    path.write_bytes(whole.replace(b'"format":1', b'"format":0', 1))
    assert open_schema(path) is None
    path.write_bytes(whole)
    opened = open_schema(path)
    assert opened is not None
    opened.close()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (SAMPLE[: len(SAMPLE) // 2], "unclosed token"),
        (b"", "no element found"),
        (b"<html><body>503</body></html>", "tells of no type"),
        (HEAD + TAIL, "tells of no type"),
        (b'{"value": []}', "not well-formed"),
        (b'<!DOCTYPE e [<!ENTITY a "aaaaaaaaaa">]>' + SAMPLE.partition(b"?>")[2], "document type"),
    ],
)
def test_what_is_no_such_document_is_said_and_the_old_file_stays(
    document: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "schema"
    write_schema(path, [SAMPLE], Origin(etag="old")).close()
    with pytest.raises(TransientError, match=said) as caught:
        write_schema(path, [document], Origin(etag="new"))
    assert "browser" in caught.value.hint
    old = open_schema(path)
    assert old is not None
    with old:
        assert old.origin.etag == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["schema"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(SAMPLE) - 1),
    junk=st.binary(max_size=12) | st.sampled_from([b"<", b"&#9;&#10;", b'" ', b"\xff", "Ключ".encode()]),
    cut=st.booleans(),
)
def test_a_spoilt_document_is_read_or_refused_in_one_line(
    at: int, junk: bytes, cut: bool, tmp_path: Path
) -> None:
    spoilt = SAMPLE[:at] + junk + (b"" if cut else SAMPLE[at:])
    try:
        schema = write_schema(tmp_path / "spoilt", [spoilt], Origin())
    except TransientError as error:
        refused = str(error)
    else:
        refused = ""
        with schema:
            for name in (*schema.sets, ORDER):
                schema.of_set(name)
            assert set(schema.objects) <= schema.sets
    assert "\n" not in refused


def test_a_name_with_a_line_break_spoils_no_other_line(tmp_path: Path) -> None:
    odd = HEAD + '<EntityType Name="Catalog_А&#10;set&#9;Catalog_Б&#9;{}"/>'.encode() + filler(1) + TAIL
    with write_schema(tmp_path / "odd", [odd], Origin()) as schema:
        assert schema.type("Catalog_ПрочийСправочник1") is not None
        assert schema.sets == frozenset()


MEASURE = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from plugins.onec.documents import LARGE, streamed
from connector.plugins.onec.metadata import read_metadata
from connector.plugins.onec.schema import Origin
from connector.plugins.onec.schema_file import write_schema
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
before = peak()
schema = write_schema(Path(sys.argv[1]), streamed(LARGE), Origin())
assert schema.of_set("Catalog_X") is None and schema.origin.size > LARGE
streaming = peak()
kept = list(read_metadata(streamed(LARGE // 3)))
print(streaming - before, peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of this process alone")
def test_fifteen_megabytes_are_read_in_little_memory(tmp_path: Path) -> None:
    """Measure a process of its own; the control keeps what was read, which takes many times as much."""
    call = [sys.executable, "-c", MEASURE, str(tmp_path / "schema")]
    ended = subprocess.run(call, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    streaming, holding = map(int, ended.stdout.split())
    assert streaming < 10_000_000
    assert holding > 15_000_000
