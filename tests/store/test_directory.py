"""People and clients are found by whatever a person types, and our tasks by their marks."""

from __future__ import annotations

import pytest

from connector.changes import CreateTask, change_key
from connector.model import Employee, Ref, Task
from connector.store.database import Store
from connector.store.directory import ClientCard, FoundClient, OpenTask, Unexplained

from .records import SOURCE, Place, client, event, save, utc

INN = "7707083893"
OTHER = "amo"


def pulled(store: Store) -> None:
    """Save three clients, two of which share a part of their name; and a namesake id in another source."""
    save(
        store,
        client("C1", name="ООО «Ромашка»", inn=INN, phones=("+74951234567", "+79161234567")),
        client("C2", name="ООО «Ромашка Юг»", owner="M1"),
        client("C3", name="ИП 100% чая_", owner="M2", status="closed", custom={"abc_class": "A"}),
        stream="clients",
    )
    twin = client("C1", name="АО «Сталь»").model_copy(update={"ref": Ref(OTHER, "C1")})
    store.entities.save_page(OTHER, "clients", [twin], [], Place())


def names(found: list[FoundClient]) -> list[str]:
    return sorted(one.name for one in found)


def test_an_id_finds_every_source_that_has_it_and_with_the_source_one(held: Store) -> None:
    pulled(held)
    assert names(held.directory.find("C1")) == ["АО «Сталь»", "ООО «Ромашка»"]
    (one,) = held.directory.find("bitrix-main:C1")
    assert (one.name, one.ref) == ("ООО «Ромашка»", Ref(SOURCE, "C1"))
    assert held.directory.find("client:bitrix-main:C1") == [one]
    (alone,) = held.directory.find("client:C2")
    assert alone.ref == Ref(SOURCE, "C2")


def test_each_client_keeps_a_number_of_its_own(held: Store) -> None:
    pulled(held)
    numbers = {one.ref: one.number for name in ("C1", "C2", "C3") for one in held.directory.find(name)}
    assert len(numbers) == len(set(numbers.values())) == 4
    save(held, client("C2", name="ООО «Иначе»"), stream="clients")
    (renamed,) = held.directory.find("C2")
    assert (renamed.name, renamed.number) == ("ООО «Иначе»", numbers[Ref(SOURCE, "C2")])


@pytest.mark.parametrize("asked", [INN, "+74951234567", "8 (495) 123-45-67", "8 916 123 45 67"])
def test_an_inn_and_each_phone_in_any_spelling_find_the_client(held: Store, asked: str) -> None:
    pulled(held)
    assert names(held.directory.find(asked)) == ["ООО «Ромашка»"]


def test_a_part_of_a_phone_is_no_phone(held: Store) -> None:
    save(held, client("C9", name="Короткий", phones=("+749512345670",)), stream="clients")
    pulled(held)
    assert names(held.directory.find("+74951234567")) == ["ООО «Ромашка»"]


def test_a_part_of_the_name_finds_all_that_have_it(held: Store) -> None:
    pulled(held)
    assert names(held.directory.find("Ромашка")) == ["ООО «Ромашка Юг»", "ООО «Ромашка»"]
    assert names(held.directory.find("Ромашка Юг")) == ["ООО «Ромашка Юг»"]
    assert held.directory.find("Лютик") == []


@pytest.mark.parametrize(("asked", "expected"), [("100%", 1), ("чая_", 1), ("%", 1), ("_", 1), ("И_", 0)])
def test_signs_that_sql_takes_for_wildcards_are_only_signs(held: Store, asked: str, expected: int) -> None:
    pulled(held)
    assert len(held.directory.find(asked)) == expected


def test_an_id_goes_before_a_name_that_holds_it(held: Store) -> None:
    pulled(held)
    save(held, client("C4", name="Склад C2"), stream="clients")
    assert names(held.directory.find("C2")) == ["ООО «Ромашка Юг»"]


def test_a_change_of_ours_leads_to_its_client(held: Store) -> None:
    pulled(held)
    key = change_key("norm", 1, f"{SOURCE}:C2", "create_task", "2026-10")
    change = CreateTask(
        key=key, source=SOURCE, target="C2", policy="norm", policy_version="v1", rule="contact_norm",
        subject="client:C2", period="2026-10", reason="done < required", assignee="M1", title="Позвонить",
        due=utc("2026-10-20"),
    )  # fmt: skip
    held.changes.add([change], "plan")
    assert names(held.directory.find(key)) == ["ООО «Ромашка Юг»"]
    (stored,) = held.directory.changes_about(Ref(SOURCE, "C2"))
    assert (stored.change, stored.state) == (change, "planned")
    assert held.directory.changes_about(Ref(SOURCE, "C1")) == []
    assert held.directory.changes_about(Ref(OTHER, "C2")) == []
    assert held.directory.change_counts() == {"planned": 1}


def test_cards_are_those_that_are_stored(held: Store) -> None:
    pulled(held)
    cards = list(held.directory.cards(SOURCE, ["C3", "C1", "C8"]))
    assert sorted(cards, key=lambda card: card.ref) == [
        ClientCard(Ref(SOURCE, "C1"), "ООО «Ромашка»", None, "active", {}, "clients"),
        ClientCard(Ref(SOURCE, "C3"), "ИП 100% чая_", "M2", "closed", {"abc_class": "A"}, "clients"),
    ]
    assert list(held.directory.cards(OTHER, ["C3"])) == []


def test_more_cards_than_one_query_may_name_come_all(held: Store) -> None:
    many = [f"N{number}" for number in range(2_500)]
    save(held, *(client(number) for number in many), stream="clients")
    assert {card.ref.external_id for card in held.directory.cards(SOURCE, many)} == set(many)


def test_employees_are_named_by_source_and_id(held: Store) -> None:
    save(held, Employee(ref=Ref(SOURCE, "M1"), name="Иванов Пётр"), stream="employees")
    held.entities.save_page(OTHER, "employees", [Employee(ref=Ref(OTHER, "M1"), name="Petrov")], [], Place())
    assert held.directory.employee_names() == {(SOURCE, "M1"): "Иванов Пётр", (OTHER, "M1"): "Petrov"}


def test_only_open_tasks_with_a_mark_of_ours_are_ours(held: Store) -> None:
    common = {"client": "C1", "assignee": "M1"}
    save(
        held,
        Task(ref=Ref(SOURCE, "T1"), key="cpc-1", **common),
        Task(ref=Ref(SOURCE, "T2"), key="cpc-2", status="done", **common),
        Task(ref=Ref(SOURCE, "T3"), **common),
        Task(ref=Ref(SOURCE, "T4"), key="cpc-4"),
        stream="tasks",
    )
    assert sorted(held.directory.marked_open_tasks(), key=lambda task: task.key) == [
        OpenTask(SOURCE, "C1", "M1", "cpc-1"),
        OpenTask(SOURCE, "", "", "cpc-4"),
    ]


def test_people_whom_no_employee_explains_are_counted(held: Store) -> None:
    pulled(held)
    assert held.directory.unexplained(SOURCE) == [Unexplained("M1", 1, 0), Unexplained("M2", 1, 0)]
    save(held, Employee(ref=Ref(SOURCE, "M1"), name="Anna"), stream="employees")
    save(held, event("E1", employee="M1"), event("E2", employee="M9"), event("E3", employee=None))
    assert held.directory.unexplained(SOURCE) == [Unexplained("M2", 1, 0), Unexplained("M9", 0, 1)]
    assert held.directory.unexplained(SOURCE, events=False) == [Unexplained("M2", 1, 0)]
    assert held.directory.unexplained(OTHER) == []
