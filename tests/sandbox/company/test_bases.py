import pytest

from connector.sandbox.company.bases import bases, curve, directions


def test_three_hundred_clients_fall_to_eight_sellers_very_unevenly() -> None:
    sizes = bases(300).sizes
    assert len(sizes) == 8
    assert 80 <= max(sizes) <= 110
    assert 5 <= min(sizes) <= 12


@pytest.mark.parametrize("clients", [0, 1, 7, 40, 300, 20_000])
def test_every_client_falls_to_somebody_or_nobody(clients: int) -> None:
    split = bases(clients)
    assert sum(split.sizes) + split.orphans + split.ownerless == clients
    assert len(split.sizes) >= 4
    assert min([*split.sizes, split.orphans, split.ownerless]) >= 0


def test_one_seller_has_ten_times_the_base_of_another() -> None:
    assert curve(4) == pytest.approx([10, 4.6416, 2.1544, 1], rel=1e-4)


@pytest.mark.parametrize("sellers", [4, 8, 500])
def test_every_direction_has_a_seller(sellers: int) -> None:
    assert set(directions(curve(sellers))) == {"металлургия", "машиностроение", "прочие отрасли"}
