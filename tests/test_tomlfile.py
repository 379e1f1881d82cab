"""Each key of a TOML file is where `read_toml` says, and every complaint names that place."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from connector.errors import ConfigError, ExitCode
from connector.tomlfile import TomlFile, complain, did_you_mean, known_keys, read_toml
from connector.tomlplaces import KeyPath, Position, find_places


def written(folder: Path, text: str) -> Path:
    path = folder / "some.toml"
    path.write_bytes(text.encode())
    return path


EXAMPLE = '''\
# [not.a.table]
top = 1  # below = 2
a.b . "c.d" = 2
"Класс ABC" = "A"

[company]  # ["fake"]
zone = """
fake = 1 \\"""
[fake]
"""
  language = 'ru'
days = [
  "x = 1", # ]
  { name = "}", deep.er = [ 1, { last = 2 } ] },
]

[ "Отрасль" . 'и регион' ]
key = 1979-05-27 07:32:00

[[source]]
name = "first"
[source.flags]
"Ключевой" = true
[[source.part]]
n = 1
[[source.part]]
n = 2

[[source]]
name = "second"
flags = { a = 1, "б" = 2 }
'''

PLACES: dict[KeyPath, Position] = {
    ("top",): (2, 1),
    ("a",): (3, 1),
    ("a", "b"): (3, 3),
    ("a", "b", "c.d"): (3, 7),
    ("Класс ABC",): (4, 1),
    ("company",): (6, 2),
    ("company", "zone"): (7, 1),
    ("company", "language"): (11, 3),
    ("company", "days"): (12, 1),
    ("company", "days", 0): (13, 3),
    ("company", "days", 1): (14, 3),
    ("company", "days", 1, "name"): (14, 5),
    ("company", "days", 1, "deep"): (14, 17),
    ("company", "days", 1, "deep", "er"): (14, 22),
    ("company", "days", 1, "deep", "er", 0): (14, 29),
    ("company", "days", 1, "deep", "er", 1): (14, 32),
    ("company", "days", 1, "deep", "er", 1, "last"): (14, 34),
    ("Отрасль",): (17, 3),
    ("Отрасль", "и регион"): (17, 15),
    ("Отрасль", "и регион", "key"): (18, 1),
    ("source",): (20, 3),
    ("source", 0): (20, 3),
    ("source", 0, "name"): (21, 1),
    ("source", 0, "flags"): (22, 9),
    ("source", 0, "flags", "Ключевой"): (23, 1),
    ("source", 0, "part"): (24, 10),
    ("source", 0, "part", 0): (24, 10),
    ("source", 0, "part", 0, "n"): (25, 1),
    ("source", 0, "part", 1): (26, 10),
    ("source", 0, "part", 1, "n"): (27, 1),
    ("source", 1): (29, 3),
    ("source", 1, "name"): (30, 1),
    ("source", 1, "flags"): (31, 1),
    ("source", 1, "flags", "a"): (31, 11),
    ("source", 1, "flags", "б"): (31, 18),
}


def test_every_kind_of_key_is_where_it_stands(tmp_path: Path) -> None:
    assert read_toml(written(tmp_path, EXAMPLE)).positions == PLACES


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_windows_line_ends_and_a_byte_order_mark_move_nothing(
    tmp_path: Path, newline: str, mark: str
) -> None:
    file = read_toml(written(tmp_path, mark + EXAMPLE.replace("\n", newline)))
    assert file.positions == PLACES
    assert file.data["company"]["language"] == "ru"


def test_line_separators_of_unicode_begin_no_line(tmp_path: Path) -> None:
    """An editor counts lines by line feeds, and TOML allows U+2028 in a string."""
    file = read_toml(written(tmp_path, 'a = "\u2028\x85"\nb = 1\n'))
    assert file.position(("b",)) == (2, 1)


def test_a_table_opened_after_its_own_part_stands_at_its_header(tmp_path: Path) -> None:
    assert read_toml(written(tmp_path, "[a.b]\nx = 1\n[a]\ny = 1\n")).position(("a",)) == (3, 2)


@pytest.mark.parametrize(
    ("value", "comment"),
    [
        ('"""x""""', "a string that ends in a quote"),
        ('"""x"""""', "and in two"),
        ("'''x''''", "the same in a literal"),
        (r'"\\"', "an escaped backslash before the end"),
        (r'"""\""""', "an escaped quote before the end"),
        ('""', "nothing in it"),
        ("''''''", "nothing in a multi-line literal"),
        ('["]", "#", [[], [ [1,],],]]', "brackets in strings and empty arrays"),
        ("{}", "an empty table"),
    ],
)
def test_the_end_of_a_value_is_found(tmp_path: Path, value: str, comment: str) -> None:
    file = read_toml(written(tmp_path, f"a = {value} # b = 1\nb = 2\n"))
    assert file.position(("b",)) == (2, 1), comment


def test_a_key_that_is_not_there_stands_where_its_parent_does(tmp_path: Path) -> None:
    file = read_toml(written(tmp_path, EXAMPLE))
    assert file.position(("source", 0, "nothing", "of", "this")) == (20, 3)
    assert file.position(("nothing",)) == (1, 1)
    assert file.place(("company", "language")) == f"{tmp_path / 'some.toml'}:11:3"
    assert file.place() == f"{tmp_path / 'some.toml'}:1:1"


def test_a_value_from_elsewhere_is_named_by_its_origin(tmp_path: Path) -> None:
    file = TomlFile(tmp_path, {}, {("a", "b"): (2, 1)}, {("a", "b"): "variable A"})
    assert file.place(("a", "b", 0)) == "variable A"
    assert file.place(("a",)) == f"{tmp_path}:1:1"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a = 1\nb == 2\n", "2:4", "Invalid value"),
        ("a = 1\na = 2\n", "2:6", "Cannot overwrite a value"),
        ("a = 1\nb = \n# the end\n\n", "2:5", "Invalid value"),
        ("a = [1\n\n", "1:7", "Unclosed array"),
    ],
)
def test_what_is_not_toml_is_named_with_its_place(tmp_path: Path, text: str, place: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=f"not TOML: {said}") as caught:
        read_toml(path)
    assert caught.value.where == f"{path}:{place}"
    assert caught.value.exit_code == ExitCode.CONFIGURATION == 4
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "1" * 5000])
def test_what_python_cannot_read_is_an_error_with_the_file(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match="not TOML") as caught:
        read_toml(path)
    assert caught.value.where == str(path)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file — check the path") as caught:
        read_toml(tmp_path / "none.toml")
    assert caught.value.where == str(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="run `connector init`"):
        read_toml(tmp_path / "none.toml", if_missing="run `connector init` to write one")


def test_a_file_that_is_not_utf8_and_a_folder_are_named(tmp_path: Path) -> None:
    path = tmp_path / "some.toml"
    path.write_bytes('zone = "Москва"'.encode("cp1251"))
    with pytest.raises(ConfigError, match="not UTF-8 text — save the file as UTF-8"):
        read_toml(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_toml(tmp_path)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int
    unit: str = "шт"


class Box(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: str
    parts: tuple[Part, ...] = ()
    by_name: dict[str, Part] = {}
    spare: Part | None = None

    @field_validator("label")
    @classmethod
    def _short(cls, label: str) -> str:
        if len(label) > 3:
            raise ValueError("is longer than 3 letters")
        return label


def complaints(path: Path, text: str, *at: str | int) -> list[str]:
    file = read_toml(written(path, text))
    data: Any = file.data
    for key in at:
        data = data[key]
    with pytest.raises(ValidationError) as caught:
        Box.model_validate(data)
    return [
        line.removeprefix(f"{path / 'some.toml'}:") for line in complain(file, caught.value, Box, tuple(at))
    ]


def test_every_mistake_has_its_place_and_the_nearest_word(tmp_path: Path) -> None:
    text = 'lable = "x"\n[[parts]]\nsize = "big"\n[[parts]]\nsize = 1\n  unti = "m"\n'
    text += "[spare]\n[by_name.x]\nsise = 1\n"
    assert complaints(tmp_path, text) == [
        "1:1: label: is missing",
        "1:1: lable: unknown key, did you mean 'label'?",
        "3:1: parts.0.size: Input should be a valid integer, unable to parse string as an integer",
        "6:3: parts.1.unti: unknown key, did you mean 'unit'?",
        "7:2: spare.size: is missing",
        "8:10: by_name.x.size: is missing",
        "9:1: by_name.x.sise: unknown key, did you mean 'size'?",
    ]


def test_a_table_inside_the_file_is_placed_by_where_it_stands(tmp_path: Path) -> None:
    text = '[[box]]\nlabel = "ok"\n[[box]]\nlabel = "too long"\n'
    assert complaints(tmp_path, text, "box", 1) == ["4:1: label: is longer than 3 letters"]


def test_what_a_model_knows_at_a_path() -> None:
    assert known_keys(Box, ()) == ["label", "parts", "by_name", "spare"]
    assert known_keys(Box, ("parts", 3)) == ["size", "unit"]
    assert known_keys(Box, ("spare",)) == ["size", "unit"]


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("zonee", ["zone", "folder"], ", did you mean 'zone'?"),
        ("BITRIX", ["Bitrix24"], ", did you mean 'Bitrix24'?"),
        ("отрасл", ["Отрасль", "Регион"], ", did you mean 'Отрасль'?"),
        ("xyz", ["zone", "folder"], "; known: folder, zone"),
        ("xyz", [], ""),
    ],
)
def test_did_you_mean(word: str, known: list[str], said: str) -> None:
    assert did_you_mean(word, known) == said


# -- a property: text written by hand, with a note of where each key was written ---------------------------


@dataclass
class Writer:
    """Writes TOML and notes, by counting what it wrote, where each key begins."""

    text: str = ""
    places: dict[KeyPath, Position] = field(default_factory=dict)

    def write(self, text: str) -> None:
        self.text += text

    def note(self, path: KeyPath) -> None:
        self.places[path] = (self.text.count("\n") + 1, len(self.text) - self.text.rfind("\n"))

    def pair(self, path: KeyPath, key: str, value: Any) -> None:
        self.note((*path, key))
        self.write(f"{spelled(key)} = ")
        self.value((*path, key), value)

    def value(self, path: KeyPath, value: Any) -> None:
        if isinstance(value, list):
            self.write("[\n  # ] in a comment\n  ")
            for index, element in enumerate(value):
                self.note((*path, index))
                self.value((*path, index), element)
                self.write(" ,  # [\n")
            self.write("]")
        elif isinstance(value, dict):
            self.write("{ ")
            for number, (key, inner) in enumerate(value.items()):
                self.write(", " if number else "")
                self.pair(path, key, inner)
            self.write(" }")
        else:
            self.write(value)


def spelled(key: str) -> str:
    """Return the key as TOML: bare where that is allowed, else quoted."""
    if key.isascii() and key.isalnum():
        return key
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


KEYS = st.sampled_from(["a", "b2", "Имя", "x.y", 'q"uote', "back\\", "#", "[t]", "= 1", ""])
SCALARS = st.sampled_from(
    ["1", "true", "-1.5e3", "1979-05-27 07:32:00", '"a # ] } = \\" b"', "'lit \\'", '"""\n[t]\nk = "1"\n"""',
     "'''\n}\n# '' '''", '""', "''", '"\u2028"']
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
PAIRS = st.dictionaries(KEYS, VALUES, max_size=3)
TABLES = st.dictionaries(st.sampled_from(["one", "Два", "t.3"]), PAIRS, max_size=3)
ARRAYS = st.dictionaries(st.sampled_from(["many", "Много"]), st.lists(st.tuples(PAIRS, PAIRS), max_size=3))


@given(top=PAIRS, tables=TABLES, arrays=ARRAYS)
def test_each_key_of_any_file_is_where_it_was_written(
    top: dict[str, Any], tables: dict[str, Any], arrays: dict[str, list[tuple[Any, Any]]]
) -> None:
    writer = Writer()

    def table(path: KeyPath, opening: str, name: str, closing: str, pairs: dict[str, Any]) -> None:
        writer.write(opening)
        writer.note(path)
        writer.write(f"{spelled(name)}{closing} # [x]\n")
        for key, value in pairs.items():
            writer.write("  ")
            writer.pair(path, key, value)
            writer.write("  # = \n")

    for key, value in top.items():
        writer.pair((), key, value)
        writer.write("\n")
    for name, pairs in tables.items():
        table((name,), "[ ", name, " ]", pairs)
    for name, elements in arrays.items():
        for index, (pairs, inner) in enumerate(elements):
            table((name, index), "[[", name, "]]", pairs)
            writer.places.setdefault((name,), writer.places[name, index])
            writer.write("\n")
            table((name, index, "sub table"), f"[{spelled(name)} . ", "sub table", "]", inner)

    assert find_places(writer.text) == writer.places
    for path in writer.places:
        found: Any = tomllib.loads(writer.text)
        for key in path:
            found = found[key]
