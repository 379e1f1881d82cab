"""Texts are kept short by signs, and come out as they were meant, whatever anybody wrote in between."""

from __future__ import annotations

import json

import polars as pl
import pytest

from connector.rules.brief import brief, brief_sentence, written
from connector.rules.jsontext import json_objects

ODD = ["Ромашка", 'a "b" \\', "\x01^", "\x01", "two\nlines", ""]


def out(texts: pl.Series) -> list[str]:
    return texts.alias("t").to_frame().select(written("t")).to_series().to_list()


def test_a_phrase_is_shorter_until_it_is_written() -> None:
    sign = brief("a phrase that everybody says")
    assert sign == brief("a phrase that everybody says") != brief("another one")
    assert len(sign.encode()) <= 3
    assert out(pl.Series([f"[{sign}]"])) == ["[a phrase that everybody says]"]


@pytest.mark.parametrize("text", ODD)
def test_short_objects_come_out_as_plain_ones(text: str) -> None:
    columns = {"name": pl.Series([text]), "n": pl.Series([1])}
    short = json_objects(columns, short=True)
    assert short.to_list() != json_objects(columns).to_list() == out(short)
    assert json.loads(out(short)[0]) == {"name": text, "n": 1}


def test_control_text_that_is_not_escaped_would_be_mistaken_for_a_sign() -> None:
    sign = brief("another one")
    assert out(pl.Series([f'"{sign}"'])) != [f'"{sign}"']
    assert out(pl.Series([json.dumps(sign)])) == [json.dumps(sign)]


def test_a_sentence_is_filled_and_is_json() -> None:
    frame = pl.DataFrame({"a": ["1", None], "b": ["x", "y"]})
    told = frame.select(t=brief_sentence('{} of "{}".', pl.col("a"), pl.col("b"))).to_series()
    assert out(told) == ['"1 of \\"x\\"."', "null"]
