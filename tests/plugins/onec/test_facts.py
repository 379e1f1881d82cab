"""A flag that stands in an information register: written, read, found again, and never on the card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from connector.changes import ClearFlag, SetField, SetFlag
from connector.errors import ChangedBackError, MissingRecordError, RefusedError, UnknownFateError
from connector.model import Client
from connector.sandbox.server import Sandbox

from .test_profiles import resolved
from .test_writing import ATTRIBUTES, PARTNERS, card, rows, sent

REGISTER = "InformationRegister_ДополнительныеСведения"
PROPERTIES = "ChartOfCharacteristicTypes_ДополнительныеРеквизитыИСведения"
TITLE = "Ключевой клиент"
FACTS = {"profile": "ut11-facts.toml"}
FLAG = {"flag": "key_account"}
WRITES_FACT = """
[writes.fact]
set = "{set}"
columns = {{ object = "{object}", property = "{property}", value = "{value}" }}
titles = ["Ключевой клиент"]
cleared = "{cleared}"
"""
SHIPPED = {"set": REGISTER, "object": "Объект", "property": "Свойство", "value": "Значение"}


def key(sandbox: Sandbox, title: str = TITLE) -> str:
    """Return the key of an additional attribute."""
    return next(row["Ref_Key"] for row in rows(sandbox, PROPERTIES) if row["Description"] == title)


def fact(sandbox: Sandbox, client: str, value: str = "true") -> dict[str, str]:
    """Return the record that says a flag of a client, as the fact sheet of the interface has it."""
    place = {"Объект": client, "Объект_Type": f"StandardODATA.{PARTNERS}", "Свойство_Key": key(sandbox)}
    return {**place, "Значение": value, "Значение_Type": "Edm.Boolean"}


def type_in(sandbox: Sandbox, record: dict[str, str], verb: str = "POST", at: str = "") -> requests.Response:
    """Put a record into the register as somebody else does."""
    login, url = ("Администратор".encode(), b"sandbox"), f"{sandbox.url}odata/standard.odata/{REGISTER}{at}"
    return requests.request(verb, url, json=record, auth=login, timeout=30)


def at_record(sandbox: Sandbox, verb: str, client: str, record: dict[str, str]) -> requests.Response:
    """Change or delete the record of a client as somebody else does."""
    kind = f"StandardODATA.{PARTNERS}"
    at = f"(Объект='{client}',Объект_Type='{kind}',Свойство_Key=guid'{key(sandbox)}')"
    return type_in(sandbox, record, verb, at)


def clients(sandbox: Sandbox, **cells: str) -> list[str]:
    """Return the keys of clients with these cells."""
    found = sandbox.state("company")["company"]["clients"]
    return [row["id"] for row in found if all(row[name] == cell for name, cell in cells.items())]


def own_profile(folder: Path, extends: str = "ut11", **given: str) -> Path:
    """Write a profile whose facts stand elsewhere, or are cleared in another way."""
    text = WRITES_FACT.format(**{**SHIPPED, "cleared": "delete", **given})
    path = folder / "own.toml"
    path.write_text(f'title = "own"\nextends = "{extends}"\n{text}', encoding="utf-8")
    return path


def key_accounts(connection: Any) -> set[str]:
    """Return the clients that are read with the flag."""
    found = connection.read("clients")
    return {each.ref.external_id for each in found if isinstance(each, Client) and each.key_account}


def test_a_flag_is_a_record_of_its_own_and_no_card_is_touched(stand_in, connect, change):
    """Also where the base refuses to compare a composite reference with anything but a cast."""
    sandbox = stand_in(faults=["strict_composite"])
    client = clients(sandbox, key_account="0")[0]
    before = card(sandbox, client)
    connection = connect(sandbox.url, **FACTS)

    assert sent(connection, change(SetFlag, target=client, old=False, new=True, **FLAG)) == [client]

    assert rows(sandbox, REGISTER) == [fact(sandbox, client)]
    assert card(sandbox, client) == before
    assert connection.source.current(client, ["key_account"]) == {"key_account": True}
    assert key_accounts(connection) == {client}


@pytest.mark.parametrize("name", ["unf3", "crm3"])
def test_other_configurations_keep_facts_as_well(name, stand_in, connect, change, tmp_path):
    sandbox = stand_in(name)
    client, *_ = clients(sandbox)
    connection = connect(sandbox.url, profile=str(own_profile(tmp_path, name)))

    assert sent(connection, change(SetFlag, target=client, old=False, new=True, **FLAG)) == [client]

    assert [(row["Объект"], row["Значение"]) for row in rows(sandbox, REGISTER)] == [(client, "true")]
    assert key_accounts(connection) == {client}


def test_a_flag_on_the_cards_is_another_one(stand_in, connect):
    """The same base by two profiles: whoever reads the wrong place sees the wrong clients."""
    sandbox = stand_in()
    one, other, *_ = clients(sandbox)
    sandbox.act("update", table="clients", id=one, fields={"key_account": True})
    assert type_in(sandbox, fact(sandbox, other)).status_code == 200
    assert type_in(sandbox, fact(sandbox, one, "false")).status_code == 200

    assert key_accounts(connect(sandbox.url)) == {one}
    assert key_accounts(connect(sandbox.url, **FACTS)) == {other}


@pytest.mark.parametrize(("cleared", "left"), [("delete", []), ("no", ["false"])])
def test_a_flag_that_is_cleared_leaves_what_the_profile_says(
    cleared, left, stand_in, connect, change, tmp_path
):
    sandbox = stand_in()
    client = clients(sandbox)[0]
    assert type_in(sandbox, fact(sandbox, client)).status_code == 200
    connection = connect(sandbox.url, profile=str(own_profile(tmp_path, cleared=cleared)))
    assert connection.source.current(client, ["key_account"]) == {"key_account": True}
    clear = change(ClearFlag, target=client, old=True, **FLAG)

    assert sent(connection, clear) == [client]
    assert sent(connection, clear) == [client]

    assert [row["Значение"] for row in rows(sandbox, REGISTER)] == left
    assert connection.source.current(client, ["key_account"]) == {"key_account": False}


def test_a_record_that_is_there_is_changed_even_if_it_came_in_between(stand_in, connect, change, monkeypatch):
    """The base refuses a second record with code 15; it takes a change of the first one."""
    sandbox = stand_in()
    client = clients(sandbox)[0]
    connection = connect(sandbox.url, **FACTS)
    assert connection.source.current(client, ["key_account"]) == {"key_account": False}
    create = connection.source.api.create

    def after_another(*given: Any) -> Any:
        assert type_in(sandbox, fact(sandbox, client, "false")).status_code == 200
        return create(*given)

    monkeypatch.setattr(connection.source.api, "create", after_another)

    assert sent(connection, change(SetFlag, target=client, old=False, new=True, **FLAG)) == [client]

    assert rows(sandbox, REGISTER) == [fact(sandbox, client)]
    assert type_in(sandbox, fact(sandbox, client)).status_code == 400


def test_what_a_lost_answer_left_is_seen_and_not_written_twice(stand_in, connect, change):
    sandbox = stand_in(faults=[f"lost_reply={REGISTER}:1"])
    client = clients(sandbox)[0]
    connection = connect(sandbox.url, **FACTS)
    flag = change(SetFlag, target=client, old=False, new=True, **FLAG)

    (outcome,) = sent(connection, flag)

    assert isinstance(outcome, UnknownFateError)
    found = connection.source.current_records("client", [client], ["key_account"])
    assert found == {client: {"key_account": True}}
    assert sent(connection, flag) == [client]
    assert rows(sandbox, REGISTER) == [fact(sandbox, client)]


def test_a_fact_about_nobody_is_refused_and_nothing_sent(stand_in, connect, change):
    """1C itself keeps a reference to nobody with 200."""
    sandbox = stand_in()
    nobody = "00000000-0000-4000-8000-000000000001"

    (outcome,) = sent(
        connect(sandbox.url, **FACTS), change(SetFlag, target=nobody, old=False, new=True, **FLAG)
    )

    assert isinstance(outcome, MissingRecordError)
    assert rows(sandbox, REGISTER) == []
    assert type_in(sandbox, fact(sandbox, nobody)).status_code == 200


def test_a_value_that_the_base_sets_back_is_told(stand_in, connect, change):
    sandbox = stand_in(faults=["changed_back=Значение"])
    client = clients(sandbox)[0]
    assert type_in(sandbox, fact(sandbox, client, "false")).status_code == 200

    (outcome,) = sent(
        connect(sandbox.url, **FACTS), change(SetFlag, target=client, old=False, new=True, **FLAG)
    )

    assert isinstance(outcome, ChangedBackError)
    assert "did not keep Значение" in outcome.message


def test_a_field_may_stand_in_the_register_as_well(stand_in, connect, change):
    """Its list of values counts there, too; on the card the value stays what it was."""
    sandbox = stand_in()
    own = {"profile": "ut11-facts.toml", "fields": {"class": TITLE}, "flags": {}}
    client = clients(sandbox)[0]
    lines = card(sandbox, client)[ATTRIBUTES]
    connection = connect(sandbox.url, **own)

    assert sent(connection, change(SetField, target=client, field="class", old=None, new="A+")) == [client]
    assert connection.source.current(client, ["class"]) == {"class": "A+"}
    gone = change(SetField, key="b" * 20, target=client, field="class", old="A+", new=None)
    assert sent(connection, gone) == [client]

    assert (rows(sandbox, REGISTER), card(sandbox, client)[ATTRIBUTES]) == ([], lines)


def test_the_next_pull_brings_the_clients_whose_flags_changed_in_the_register_alone(
    stand_in, connect, pull, store, tmp_path
):
    """A record of a register has no version, and the card keeps its own: only what it says tells."""
    sandbox = stand_in()
    first, second, third, *_ = clients(sandbox)
    for each in (first, second):
        assert type_in(sandbox, fact(sandbox, each)).status_code == 200
    settings = {**FACTS, "kept": tmp_path / "kept"}
    pull(connect(sandbox.url, **settings))
    assert pull(connect(sandbox.url, **settings))["clients"].read == 0

    assert at_record(sandbox, "DELETE", first, {}).status_code == 204
    assert at_record(sandbox, "PATCH", second, {"Значение": "false"}).status_code == 200
    assert type_in(sandbox, fact(sandbox, third)).status_code == 200
    outcome = pull(connect(sandbox.url, **settings))["clients"]

    assert (outcome.read, outcome.changed) == (3, 3)
    assert key_accounts(connect(sandbox.url, **FACTS)) == {third}


def test_a_register_that_is_not_published_is_named_and_its_flags_are_unknown(stand_in, connect, change):
    sandbox = stand_in(faults=[f"unpublished={REGISTER}"])
    client = clients(sandbox)[0]
    connection = connect(sandbox.url, write=["flag"], **FACTS)

    assert {each.key_account for each in connection.read("clients")} == {None}
    (outcome,) = sent(connection, change(SetFlag, target=client, old=False, new=True, **FLAG))

    assert isinstance(outcome, RefusedError)
    assert (outcome.message, "Регистры сведений: ДополнительныеСведения" in outcome.hint) == (
        f"{REGISTER} is not in the composition",
        True,
    )
    told = {check.name: check for check in connection.source.check() if check.state != "ok"}
    assert told["profile clients"].detail == f"without {TITLE}: {REGISTER} is not in the composition"
    assert told["write flag"].state == "failed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value": "Знач"}, f"{REGISTER} has no column 'Знач', did you mean 'Значение'?"),
        ({"object": "Свойство", "property": "Объект"}, f"{REGISTER}.Объект is no reference to one set"),
        (
            {
                "set": "InformationRegister_КурсыВалют",
                "object": "Валюта",
                "property": "Валюта",
                "value": "Курс",
            },
            "the key of InformationRegister_КурсыВалют has Period, too: "
            "no register of facts about clients and attributes alone",
        ),
    ],
)
def test_a_register_that_cannot_hold_facts_is_refused_with_the_part_that_is_wrong(given, said, tmp_path):
    own = own_profile(tmp_path, **given)

    profile = resolved(str(own), folder=tmp_path)

    assert "fact" not in profile.targets
    assert [(each.table, each.message) for each in profile.missing] == [
        ("write fact", said),
        ("clients", said),
    ]
    assert all("own.toml:" in each.where for each in profile.missing)


def test_doctor_tries_the_register_and_leaves_no_trace(stand_in, connect):
    sandbox = stand_in()
    checks = {each.name: each for each in connect(sandbox.url, write=["flag"], **FACTS).source.check()}

    assert checks["write flag"].state == "ok"
    assert REGISTER in checks["write flag"].detail
    assert (rows(sandbox, REGISTER), sandbox.state("writes")["writes"]) == ([], [])


def test_doctor_says_that_the_register_may_not_be_written(stand_in, connect):
    sandbox = stand_in(faults=[f"no_right={REGISTER}"])
    checks = {each.name: each for each in connect(sandbox.url, write=["flag"], **FACTS).source.check()}

    assert checks["write flag"].state == "failed"
    assert REGISTER in checks["write flag"].detail


@pytest.mark.parametrize(("cleared", "state"), [("delete", "failed"), ("no", "ok")])
def test_doctor_tries_the_verb_that_clears_a_flag(cleared, state, stand_in, connect, tmp_path):
    """Where the web server keeps DELETE from 1C, a profile that needs none gets through."""
    sandbox = stand_in(faults=["delete_forbidden"])
    own = str(own_profile(tmp_path, cleared=cleared))

    checks = {each.name: each for each in connect(sandbox.url, write=["flag"], profile=own).source.check()}

    assert checks["write flag"].state == state


def test_without_attributes_of_cards_all_of_them_stand_in_the_register(tmp_path):
    """What is not written to cards is not read there either."""
    own = tmp_path / "own.toml"
    own.write_text('title = "own"\nextends = "ut11"\ndrop_writes = ["attribute"]\n', encoding="utf-8")

    assert resolved(str(own), folder=tmp_path).keeping("Отрасль") == "fact"
    assert resolved("ut11").keeping("Отрасль") == "attribute"
