"""Clients that others wrote for 1C read the stand-in to the last row; one of them writes to it too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from clients.environments import answer, installed
from connector.sandbox.company.generate import generate
from connector.sandbox.server import Sandbox, running

CLIENTS = ("python-1c-odata==0.6.0", "enterprise-1c-odata==0.1.0")
AS_OF = datetime.fromisoformat("2026-10-01T09:00:00+03:00")
PARTNERS, CALLS, TASKS = "Catalog_Партнеры", "Document_ТелефонныйЗвонок", "Task_ЗадачаИсполнителя"
Begin = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python that has both clients."""
    return installed(tmp_path_factory.mktemp("onec clients") / "venv", CLIENTS)


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Return a function that serves a made-up firm of 130 clients."""
    with ExitStack() as stack:

        def serve(*faults: str) -> Sandbox:
            firm = generate(clients=130, seed=3, as_of=AS_OF, events_per_client=12)
            return stack.enter_context(running("onec", company=firm, as_of=AS_OF, faults=list(faults)))

        yield serve


def truth(sandbox: Sandbox, entity: str, title: str) -> dict[str, str]:
    """Return key -> name as the base has it."""
    return {row["Ref_Key"]: row[title] for row in sandbox.state("vendor")["vendor"][entity]}


def revenue(sandbox: Sandbox) -> float:
    """Return what the firm sold in September."""
    sales = sandbox.state("company")["company"]["sales"]
    return sum(float(row["amount"]) for row in sales if row["date"].startswith("2026-09"))


@pytest.mark.parametrize("form", ["json", "atom"])
def test_python_1c_odata_reads_every_row_once(python: Path, begin: Begin, form: str) -> None:
    sandbox = begin()
    read = answer(python, "read_python_1c_odata.py", sandbox.base, form)
    for name, entity, title in (("Партнеры", PARTNERS, "Description"), ("ТелефонныйЗвонок", CALLS, "Тема")):
        wanted = truth(sandbox, entity, title)
        assert (len(read[name]), dict(read[name])) == (len(wanted), wanted)
        assert read[f"{name} count"] == len(wanted)
    assert sum(map(float, read["turnovers"])) == pytest.approx(revenue(sandbox))
    assert len(truth(sandbox, CALLS, "Тема")) > 500


@pytest.mark.parametrize("form", ["json", "atom"])
def test_python_1c_odata_writes(python: Path, begin: Begin, form: str) -> None:
    sandbox = begin()
    company = sandbox.state("company")["company"]
    client, owner = company["clients"][0]["id"], company["employees"][1]["id"]
    calls = len(truth(sandbox, CALLS, "Тема"))
    got = answer(python, "write_python_1c_odata.py", sandbox.base, form, client, owner)
    assert (got["executed"], got["owner"], got["posted"], got["left"]) == ("true", owner, "true", calls)
    assert got["version"] == "AAAAAAAAAAE="
    after = sandbox.state("company")["company"]
    assert next(row for row in after["clients"] if row["id"] == client)["owner"] == owner
    task = next(row for row in after["events"] if row["id"] == got["task"])
    assert (task["status"], task["client"], task["subject"]) == ("completed", client, "Связаться")


def test_enterprise_1c_odata_reads_and_its_plus_signs_are_refused(python: Path, begin: Begin) -> None:
    sandbox = begin()
    read = answer(python, "read_enterprise_1c_odata.py", sandbox.url + "odata/standard.odata")
    for entity, title in ((PARTNERS, "Description"), (CALLS, "Тема")):
        wanted = truth(sandbox, entity, title)
        assert (len(read[entity]), dict(read[entity])) == (len(wanted), wanted)
    assert "HTTP 500" in read["refusal"]
    assert "Операция не разрешена" in read["refusal"]


def test_control_a_client_that_loses_rows_is_noticed(python: Path, begin: Begin) -> None:
    sandbox = begin("delete_mid_pull=3")
    read = answer(python, "read_python_1c_odata.py", sandbox.base, "json")
    assert set(truth(sandbox, PARTNERS, "Description")) != set(dict(read["Партнеры"]))
