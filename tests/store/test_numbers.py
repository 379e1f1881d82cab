"""A client's number is made of its reference alone."""

from __future__ import annotations

import hashlib

from connector.model import Client
from connector.store.database import Store
from connector.store.numbers import client_number

from .records import SOURCE, client, save


def test_the_number_is_the_hash_that_the_contract_names() -> None:
    digest = hashlib.sha256(b"onec-main\x1f42").hexdigest()
    assert client_number("onec-main", "42") == int(digest[:16], 16) // 2
    assert 0 < client_number("onec-main", "42") < 2**63


def test_the_border_between_source_and_id_counts() -> None:
    assert client_number("a", "bc") != client_number("ab", "c")


def test_a_number_stays_when_the_client_goes_and_comes_back(held: Store) -> None:
    save(held, client("C1"), stream="clients")
    number = held.entities.client_number(SOURCE, "C1")
    held.removals.delete(SOURCE, Client, ["C1"])
    save(held, client("C1"), stream="clients")
    assert held.entities.client_number(SOURCE, "C1") == number == client_number(SOURCE, "C1")
