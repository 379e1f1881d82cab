from random import Random

import pytest

from connector.sandbox.company.draws import Once, Weighted, maybe, pareto, portion, roubles


def test_nothing_is_given_twice() -> None:
    once, drawn = Once(), iter(["a", "a", "b", "b", "a", "c"])
    assert [once.fresh(lambda: next(drawn)) for _ in range(3)] == ["a", "b", "c"]


def test_what_was_given_before_gets_a_number() -> None:
    once = Once()
    given = [once.numbered("i.ivanov", "@firma.example") for _ in range(3)]
    assert given == ["i.ivanov@firma.example", "i.ivanov2@firma.example", "i.ivanov3@firma.example"]


@pytest.mark.parametrize(
    ("share", "at_least", "size"), [(0.2, 0, 2), (0.0, 3, 3), (0.0, 30, 10), (0.0, 0, 0)]
)
def test_a_portion_is_a_share_but_never_more_than_there_is(share: float, at_least: int, size: int) -> None:
    drawn = portion(Random(1), range(10), share, at_least)
    assert len(drawn) == len(set(drawn)) == size


def test_weights_count() -> None:
    rng, values = Random(1), Weighted({"often": 9, "seldom": 1, "never": 0})
    drawn = [values.draw(rng) for _ in range(1000)]
    assert drawn.count("never") == 0
    assert 50 < drawn.count("seldom") < 150


def test_sizes_and_cells() -> None:
    rng = Random(1)
    sizes = [pareto(rng, 1.0, 50) for _ in range(1000)]
    assert 1 <= min(sizes) < 1.1
    assert max(sizes) == 50
    assert {maybe(rng, 0.5, "x") for _ in range(50)} == {"x", ""}
    assert roubles(-1234.054) == "-1234.05"
