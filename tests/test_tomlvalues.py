"""The place of a sign inside a string of TOML, however the string is written."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.tomlvalues import place_inside


@pytest.mark.parametrize(
    ("text", "index", "place"),
    [
        ('a = "bcd"', 0, (1, 6)),
        ('a = "bcd"', 3, (1, 9)),
        ("a = 'b\\d'", 2, (1, 8)),
        ('a = "\\t\\u0436x"', 1, (1, 8)),
        ('a = "\\t\\u0436x"', 2, (1, 14)),
        ('a = "\\"x"', 1, (1, 8)),
        ('a = """\nb\nc"""', 0, (2, 1)),
        ('a = """\nb\nc"""', 2, (3, 1)),
        ('a = """b\\\n   c"""', 1, (2, 4)),
        ("a = '''\nb'c'''", 2, (2, 3)),
        ('a = ""', 0, (1, 6)),
        ("# ж\n[t]\na = 'жx'", 1, (3, 7)),
    ],
)
def test_the_place_of_a_sign(text: str, index: int, place: tuple[int, int]) -> None:
    keys = ("t", "a") if "[t]" in text else ("a",)
    assert place_inside(text, keys, index) == place


def test_what_is_no_string_has_no_inside() -> None:
    assert place_inside("a = 3", ("a",), 0) is None
    assert place_inside("a = 3", ("b",), 0) is None


plain = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(before=plain, after=plain, quotes=st.sampled_from(['"', "'", '"""', "'''"]))
def test_the_sign_itself_stands_there(before: str, after: str, quotes: str) -> None:
    """The mark ☃ is found where it stands in the file, whatever stands before it."""
    inner = "".join(f"\\U{ord(sign):08x}" if quotes[0] == '"' else sign for sign in before.replace("'", ""))
    text = f"first = 1\nkey = {quotes}{inner}☃{after if quotes[0] == chr(34) else ''}{quotes}\n"
    try:
        value = tomllib.loads(text)["key"]
    except tomllib.TOMLDecodeError:
        return
    line, column = place_inside(text, ("key",), value.index("☃")) or (0, 0)
    assert text.splitlines()[line - 1][column - 1] == "☃"
