"""Both languages say the same things with the same blanks to fill in, and each in its own script."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from string import Formatter
from typing import get_args

import pytest

from connector.changes import AnyChange, Mode, PlanContact
from connector.locale import LANGUAGES, texts
from connector.model import EventKind
from connector.plan.model import Why
from connector.report.dossier import ALL_GUARDS
from connector.rules.receivers import REFUSALS
from connector.rules.registry import RULES
from connector.store.states import State

Catalog = dict[str, dict[str, str]]


def catalog(language: str) -> Catalog:
    return tomllib.loads(files("connector.locale").joinpath(f"{language}.toml").read_text(encoding="utf-8"))  # type: ignore[return-value]  # the test of its shape is below


def keys(said: Catalog) -> set[str]:
    return {f"{section}.{name}" for section, names in said.items() for name in names}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def differing(one: Catalog, other: Catalog) -> set[str]:
    """Return the keys that only one of them has, and those whose blanks differ."""
    both = keys(one) & keys(other)
    places = {key: tuple(key.split(".", 1)) for key in both}
    return (keys(one) ^ keys(other)) | {
        key
        for key, (section, name) in places.items()
        if blanks(one[section][name]) != blanks(other[section][name])
    }


def test_both_languages_have_the_same_keys_with_the_same_blanks() -> None:
    assert differing(catalog("ru"), catalog("en")) == set()


def test_control_a_missing_key_and_another_blank_are_found() -> None:
    ours = {"plan": {"line": "{client}: {reason}", "title": "Plan"}}
    assert differing(ours, {"plan": {"line": "{client}: {reasons}"}}) == {"plan.line", "plan.title"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_one_that_can_be_said(language: str) -> None:
    words = texts(language)
    for section, names in catalog(language).items():
        for name, text in names.items():
            assert isinstance(text, str)
            assert text.strip(), f"{section}.{name}"
            said = words.say(f"{section}.{name}", **dict.fromkeys(blanks(text), "0"))
            assert "{" not in said
    assert words.keys() == keys(catalog(language))


def test_each_language_is_written_in_its_own_script() -> None:
    for section, names in catalog("en").items():
        for name, text in names.items():
            assert not re.search("[А-Яа-яЁё]", text), f"en: {section}.{name}"
    for section, names in catalog("ru").items():
        for name, text in names.items():
            bare = re.sub(r"\{\w+\}", "", text)
            assert re.search("[А-Яа-яЁё]", bare) or not re.search("[A-Za-z]{3}", bare) or "$" in bare, (
                f"ru: {section}.{name}"
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_text_for_whatever_a_plan_may_hold(language: str) -> None:
    words = texts(language)
    contacts = get_args(PlanContact.model_fields["contact"].annotation)
    assert contacts
    wanted = {f"plan.{why}" for why in get_args(Why)} | {f"plan.plan_contact_{kind}" for kind in contacts}
    wanted |= {f"said.{rule}" for rule in RULES} | {f"state.{state}" for state in get_args(State)}
    wanted |= {f"mode.{mode}" for mode in get_args(Mode)}
    wanted |= {f"written.{kind.model_fields['kind'].default}" for kind in get_args(get_args(AnyChange)[0])}
    wanted |= {f"kind.{kind}" for kind in get_args(EventKind)}
    wanted |= {f"reason.{guard}" for guard in ALL_GUARDS} | {f"candidate.{why}" for why in REFUSALS}
    assert {key for key in wanted if key not in words} == set()


def test_a_text_that_is_not_there_is_an_error() -> None:
    words = texts("ru")
    assert "plan.title" in words
    assert "plan.titel" not in words
    assert "nothing.title" not in words
    with pytest.raises(KeyError):
        words.say("plan.titel")
    with pytest.raises(KeyError, match="fingerprint"):
        words.say("plan.title", as_of="", zone="")
