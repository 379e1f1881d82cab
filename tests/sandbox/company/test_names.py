from random import Random

import pytest

from connector.sandbox.company.names import MEN, WOMEN, feminine, latin, mailbox, person


@pytest.mark.parametrize(
    ("man", "woman"),
    [
        ("Иванов", "Иванова"),
        ("Фомин", "Фомина"),
        ("Покровский", "Покровская"),
        ("Толстой", "Толстая"),
        ("Шевченко", "Шевченко"),
    ],
)
def test_feminine_surnames(man: str, woman: str) -> None:
    assert feminine(man) == woman


def test_names_agree_in_gender() -> None:
    rng = Random(1)
    seen = set()
    for _ in range(500):
        surname, first, patronymic = person(rng).split()
        is_woman = patronymic.endswith("на")
        seen.add(is_woman)
        assert first in (WOMEN if is_woman else MEN)
        assert is_woman or patronymic.endswith("ич")
        if not surname.endswith("ко"):
            assert surname.endswith(("ова", "ева", "ёва", "ина", "ая")) == is_woman
    assert seen == {True, False}


def test_latin_spelling() -> None:
    assert latin("Щукин Ёж объём-21") == "shchukin-ezh-obem-21"
    assert mailbox("Юрьева Ольга Петровна") == "o.yureva"
