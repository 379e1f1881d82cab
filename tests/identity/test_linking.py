"""Which records are one client: the ways, the vetoes, doubt, people's word; in any order of rows."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.identity.clusters import Clusters
from connector.identity.linking import Grouping, grouped
from connector.identity.verdicts import Said, Verdict
from connector.model import Ref

from .cards import INN, OTHER_INN, OTHER_PHONE, PERSON_INN, PHONE, card, cards, valid_inn

TRUST = ("o", "b", "a")


def ref(text: str) -> Ref:
    source, _, external_id = text.partition(":")
    return Ref(source, external_id)


def word(one: str, said: Said, other: str) -> Verdict:
    return Verdict(ref(one), ref(other), said, "links.csv:2")


def clients(found: Grouping) -> set[frozenset[str]]:
    """Return the groups of records."""
    groups: dict[int, set[str]] = {}
    for source, external_id, client in found.records.select("source", "external_id", "client").iter_rows():
        groups.setdefault(client, set()).add(f"{source}:{external_id}")
    return {frozenset(group) for group in groups.values()}


def doubts(found: Grouping) -> dict[str, str]:
    rows = found.records.filter(pl.col("doubt").is_not_null())
    return {
        f"{source}:{id_}": doubt
        for source, id_, doubt in rows.select("source", "external_id", "doubt").rows()
    }


def links(found: Grouping) -> set[tuple[str, str, str, str]]:
    return {(f"{a}:{b}", f"{c}:{d}", way, value) for a, b, c, d, way, value in found.links.iter_rows()}


def groups(*rows: dict[str, Any], said: tuple[Verdict, ...] = ()) -> set[frozenset[str]]:
    return clients(grouped(cards(*rows), TRUST, said))


def one(*records: str) -> frozenset[str]:
    return frozenset(records)


@pytest.mark.parametrize(
    ("left", "right", "way", "value"),
    [
        ({"inn": INN}, {"inn": INN}, "inn", INN),
        ({"inn": INN, "kpp": "770701001"}, {"inn": INN, "kpp": "770701001"}, "inn_kpp", f"{INN}/770701001"),
        ({"inn": INN, "kpp": "770701001"}, {"inn": INN}, "inn", INN),
        ({"phones": [PHONE]}, {"phones": [OTHER_PHONE, PHONE]}, "phone", PHONE),
        ({"phones": [f"{PHONE};ext=12"]}, {"phones": [PHONE]}, "phone", PHONE),
        ({"emails": ["info@romashka.ru"]}, {"emails": ["INFO@romashka.ru"]}, "email", "info@romashka.ru"),
        ({"emails": ["zina@mail.ru"]}, {"emails": ["zina@mail.ru"]}, "email", "zina@mail.ru"),
        (
            {"name": "ООО «Ромашка»", "emails": ["a@romashka.ru"]},
            {"name": "Romashka, LLC", "site": "https://www.romashka.ru/about"},
            "name_domain",
            "romashka @ romashka.ru",
        ),
        ({"custom": '{"b": "1"}'}, {}, "source_id", "b:1"),
    ],
    ids=["inn", "inn and kpp", "one kpp", "phone", "extension", "email", "public mail", "name", "id"],
)
def test_each_way_links_and_says_why(
    left: dict[str, Any], right: dict[str, Any], way: str, value: str
) -> None:
    found = grouped(cards(card("o:1", **left), card("b:1", **right)), TRUST)
    assert clients(found) == {one("o:1", "b:1")}
    assert links(found) == {("o:1", "b:1", way, value)}
    assert doubts(found) == {}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"inn": INN, "phones": [PHONE]}, {"inn": OTHER_INN, "phones": [PHONE]}),
        ({"inn": INN, "kpp": "770701001"}, {"inn": INN, "kpp": "770701002"}),
        ({"inn": "7707083894"}, {"inn": "7707083894"}),
        ({"inn": "0000000000"}, {"inn": "0000000000"}),
        ({"phones": ["123"], "flags": ["invalid:phones"]}, {"phones": ["123"], "flags": ["invalid:phones"]}),
        ({"emails": ["a@romashka.ru"]}, {"emails": ["b@romashka.ru"]}),
        ({"name": "Ромашка", "emails": ["a@mail.ru"]}, {"name": "Ромашка", "emails": ["b@mail.ru"]}),
        ({"name": "Ромашка"}, {"name": "Ромашка"}),
        ({"phones": [PHONE], "kind": "person"}, {"phones": [PHONE]}),
        ({"custom": '{"b": "2"}'}, {}),
    ],
    ids=[
        "two INNs", "two KPPs", "wrong INN", "zeros", "no phone", "domain", "public domain", "name", "person",
        "another id",
    ],
)  # fmt: skip
def test_what_is_no_evidence_or_speaks_against_it(left: dict[str, Any], right: dict[str, Any]) -> None:
    found = grouped(cards(card("o:1", **left), card("b:1", **right)), TRUST)
    assert clients(found) == {one("o:1"), one("b:1")}
    assert doubts(found) == {}


def test_the_same_name_in_the_same_region_is_probable_and_no_more() -> None:
    same = {"name": "АО Ромашка", "region": "Тверь"}
    found = grouped(cards(card("o:1", **same), card("b:1", name="ромашка", region="тверь")), TRUST)
    assert clients(found) == {one("o:1"), one("b:1")}
    assert doubts(found) == dict.fromkeys(("o:1", "b:1"), "possible_duplicate")


def test_one_source_never_links_its_own_records() -> None:
    found = grouped(cards(card("b:1", inn=INN, phones=[PHONE]), card("b:2", inn=INN, phones=[PHONE])), TRUST)
    assert clients(found) == {one("b:1"), one("b:2")}
    assert doubts(found) == {}


def test_a_record_that_fits_two_of_one_source_goes_to_neither() -> None:
    found = grouped(cards(card("o:1", inn=INN), card("b:1", inn=INN), card("b:2", inn=INN)), TRUST)
    assert clients(found) == {one("o:1"), one("b:1"), one("b:2")}
    assert doubts(found) == dict.fromkeys(("o:1", "b:1", "b:2"), "possible_duplicate")


def test_doubt_ends_where_a_person_says_who_is_who() -> None:
    rows = (card("o:1", inn=INN), card("b:1", inn=INN), card("b:2", inn=INN))
    found = grouped(cards(*rows), TRUST, [word("b:1", "same", "b:2")])
    assert (clients(found), doubts(found)) == ({one("o:1", "b:1", "b:2")}, {})
    apart = grouped(cards(*rows), TRUST, [word("o:1", "different", "b:2")])
    assert (clients(apart), doubts(apart)["o:1"]) == (
        {one("o:1"), one("b:1"), one("b:2")},
        "possible_duplicate",
    )
    every = [word("o:1", "different", "b:2"), word("b:1", "different", "b:2")]
    settled = grouped(cards(*rows), TRUST, every)
    assert (clients(settled), doubts(settled)) == ({one("o:1", "b:1"), one("b:2")}, {})


def test_a_chain_that_ends_at_another_inn_holds_nowhere() -> None:
    chain = (
        card("o:1", inn=INN, phones=[PHONE]),
        card("b:1", phones=[PHONE, OTHER_PHONE]),
        card("a:1", inn=OTHER_INN, phones=[OTHER_PHONE]),
    )
    found = grouped(cards(*chain), TRUST)
    assert clients(found) == {one("o:1"), one("b:1"), one("a:1")}
    assert set(doubts(found)) == {"o:1", "b:1", "a:1"}


def test_a_doubt_keeps_weaker_ways_from_settling_it() -> None:
    rows = (
        card("o:1", phones=[PHONE], emails=["a@x.ru"]),
        card("b:1", phones=[PHONE]),
        card("b:2", phones=[PHONE], emails=["a@x.ru"]),
    )
    assert clients(grouped(cards(*rows), TRUST)) == {one("o:1"), one("b:1"), one("b:2")}


def test_a_phone_of_a_crowd_tells_nothing() -> None:
    crowd = [card(f"b:{n}", phones=[PHONE]) for n in range(1, 5)]
    found = grouped(cards(card("o:1", phones=[PHONE]), *crowd), TRUST)
    assert (len(clients(found)), doubts(found)) == (5, {})
    three = grouped(cards(card("o:1", phones=[PHONE]), *crowd[:3]), TRUST)
    assert (len(clients(three)), len(doubts(three))) == (4, 4)


def test_an_inn_of_a_crowd_is_a_doubt() -> None:
    crowd = [card(f"b:{n}", inn=INN) for n in range(1, 6)]
    found = grouped(cards(card("o:1", inn=INN), *crowd), TRUST)
    assert (len(clients(found)), len(doubts(found))) == (6, 6)


def test_people_join_two_inns_and_either_finds_the_client() -> None:
    rows = (
        card("o:1", inn=INN),
        card("b:1", inn=OTHER_INN),
        card("a:1", inn=OTHER_INN),
        card("a:2", inn=PERSON_INN),
    )
    said = (word("o:1", "same", "b:1"),)
    assert groups(*rows, said=said) == {one("o:1", "b:1", "a:1"), one("a:2")}


def test_different_goes_before_same_and_before_all_evidence() -> None:
    rows = (card("o:1", inn=INN), card("b:1", inn=INN), card("a:1"))
    assert groups(*rows, said=(word("b:1", "different", "o:1"),)) == {one("o:1"), one("b:1"), one("a:1")}
    both = (word("o:1", "same", "a:1"), word("a:1", "different", "o:1"))
    assert one("a:1") in groups(*rows, said=both)
    said = [word("o:1", "same", "a:1"), word("a:1", "same", "b:1"), word("o:1", "different", "b:1")]
    found = grouped(cards(*rows), TRUST, said)
    assert clients(found) == {one("o:1"), one("b:1"), one("a:1")}
    assert doubts(found) == dict.fromkeys(("o:1", "b:1", "a:1"), "identity_conflict")


def test_the_most_trusted_record_stands_for_the_client() -> None:
    rows = cards(card("a:1", inn=INN), card("o:7", inn=INN), card("b:3", inn=INN))
    number = {f"{source}:1": record for source, record in rows.select("source", "record").iter_rows()}
    for trust, leading in ((("o", "b", "a"), "o:1"), (("a", "b", "o"), "a:1"), (("b",), "b:1")):
        assert set(grouped(rows, trust).records["client"]) == {number[leading]}


def test_nothing_at_all() -> None:
    found = grouped(cards(), TRUST)
    assert (found.records.height, found.links.height) == (0, 0)


# -- what holds for all cards: each example is several worlds that share no evidence, grouped at once

WORLDS, SAME_WORLD = 8, (1, 2, 3)
WRONG = "7707083894"
a_card = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Ромашка", "Василёк"]),
        "inn": st.sampled_from([None, None, 1, 2, 3, WRONG]),
        "kpp": st.sampled_from([None, "770701001", "770701002"]),
        "phones": st.lists(st.sampled_from([1, 2]), max_size=2, unique=True),
        "emails": st.lists(st.sampled_from(["a@x", "b@y"]), max_size=1),
        "named": st.sampled_from([False, False, True]),
    }
)
a_word = st.tuples(
    st.tuples(st.sampled_from(TRUST), st.sampled_from(SAME_WORLD)),
    st.sampled_from(["same", "different"]),
    st.tuples(st.sampled_from(TRUST), st.sampled_from(SAME_WORLD)),
).filter(lambda each: each[0] != each[2])
places = [(source, n) for source in TRUST for n in SAME_WORLD]
a_world = st.tuples(
    st.lists(a_card, min_size=len(places), max_size=len(places)), st.lists(a_word, max_size=4)
)
worlds = st.lists(a_world, min_size=WORLDS, max_size=WORLDS)
World = tuple[list[dict[str, Any]], list[tuple[tuple[str, int], Said, tuple[str, int]]]]
FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def lived(world: int, cards_of: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cards with numbers, phones and mails that no other world has."""
    return [
        card(
            f"{source}:{world}{n}",
            name=f"{each['name']} {world}",
            inn=each["inn"]
            if each["inn"] in (None, WRONG)
            else valid_inn(770000000 + world * 10 + each["inn"]),
            kpp=each["kpp"],
            phones=[f"+7495{world}23456{phone}" for phone in each["phones"]],
            emails=[f"{email}{world}.ru" for email in each["emails"]],
            custom=f'{{"o": "{world}1"}}' if each["named"] else "{}",
        )
        for (source, n), each in zip(places, cards_of, strict=True)
    ]


def named(drawn: list[World]) -> tuple[list[dict[str, Any]], list[Verdict]]:
    rows = [row for world, (said, _) in enumerate(drawn, start=1) for row in lived(world, said)]
    words = [
        word(f"{one}:{world}{n}", said, f"{other}:{world}{m}")
        for world, (_, spoken) in enumerate(drawn, start=1)
        for (one, n), said, (other, m) in spoken
    ]
    return rows, words


@FEW
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_words_means_nothing(drawn: list[World], chance: random.Random) -> None:
    rows, words = named(drawn)
    straight = grouped(cards(*rows), TRUST, words)
    mixed, turned = list(rows), [Verdict(each.other, each.one, each.said, each.place) for each in words]
    chance.shuffle(mixed)
    chance.shuffle(turned)
    again = grouped(cards(*mixed), TRUST, turned)
    assert straight.records.equals(again.records)
    assert straight.links.equals(again.links)


@FEW
@given(worlds)
def test_vetoes_always_win(drawn: list[World]) -> None:
    rows, _ = named(drawn)
    known = {f"{row['source']}:{row['external_id']}": row for row in rows}
    for group in groups(*rows):
        inns = {known[ref]["inn"] for ref in group} - {None, WRONG}
        kpps = {known[ref]["kpp"] for ref in group if known[ref]["inn"] in inns} - {None}
        sources = [ref.partition(":")[0] for ref in group]
        assert len(inns) <= 1
        assert len(kpps) <= 1
        assert len(sources) == len(set(sources))


@FEW
@given(worlds)
def test_people_s_word_holds_and_the_links_alone_lead_from_any_record_of_a_client_to_any_other(
    drawn: list[World],
) -> None:
    rows, words = named(drawn)
    found = grouped(cards(*rows), TRUST, words)
    joined = clients(found)
    for each in words:
        if each.said == "different":
            assert not any({str(each.one), str(each.other)} <= group for group in joined)
    reached = {ref: {ref} for group in joined for ref in group}
    for left, right, _, _ in links(found):
        both = reached[left] | reached[right]
        reached.update(dict.fromkeys(both, both))
    assert {frozenset(group) for group in reached.values()} == joined


def test_without_the_look_at_inns_the_chain_would_join_two_firms(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(_: Clusters, members: pl.DataFrame) -> pl.DataFrame:
        return members.select("group").clear()

    chain = (
        card("o:1", inn=INN, phones=[PHONE]),
        card("b:1", phones=[PHONE, OTHER_PHONE]),
        card("a:1", inn=OTHER_INN, phones=[OTHER_PHONE]),
    )
    monkeypatch.setattr(Clusters, "_torn_by_marks", blind)
    assert groups(*chain) == {one("o:1", "b:1", "a:1")}
