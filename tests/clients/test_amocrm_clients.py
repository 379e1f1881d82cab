"""Clients that others wrote for amoCRM read the stand-in to the last row, write, and renew tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clients.environments import answer, installed
from connector import clock
from connector.sandbox.company.wide import generate_wide
from connector.sandbox.server import Sandbox, running

CLIENTS = ("aioamocrm==0.1.1", "amocrm-api==2.6.1")
COUNTS = {"companies": 620, "contacts": 301, "leads": 260, "users": 20}
"""More than two pages of 250, and lists that end on a page of their own."""
NO_LIMITER_MS = 160
"""amocrm-api has no limiter: so much latency keeps it under seven requests a second."""
TWO_DAYS = 172_800
READERS = {"aioamocrm": ("read_aioamocrm.py", 0), "amocrm-api": ("read_amocrm_api.py", NO_LIMITER_MS)}
Begin = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python that has both clients."""
    return installed(tmp_path_factory.mktemp("amocrm clients") / "venv", CLIENTS)


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Return a function that serves a wide firm with the documented limits, from now on."""
    with ExitStack() as stack:

        def serve(*faults: str, latency_ms: int = 0) -> Sandbox:
            firm = generate_wide(companies=620, contacts=301, deals=260, events=900, as_of=clock.now())
            return stack.enter_context(
                running("amocrm", company=firm, latency_ms=latency_ms, faults=list(faults))
            )

        yield serve


def truth(sandbox: Sandbox) -> dict[str, dict[int, str]]:
    """Return collection -> {id: name} as the account has it."""
    vendor = sandbox.state("vendor")["vendor"]
    names = {**dict.fromkeys(COUNTS, "name"), "tasks": "text", "notes": "note_type"}
    return {name: {row["id"]: row[key] for row in vendor[name]} for name, key in names.items()}


def code_of(sandbox: Sandbox) -> str:
    """Return what the administrator's consent gives."""
    return str(sandbox.act("consent")["code"])


@pytest.mark.parametrize("client", READERS)
def test_a_client_reads_every_row_once(python: Path, begin: Begin, client: str) -> None:
    script, latency = READERS[client]
    sandbox = begin(latency_ms=latency)
    read = answer(python, script, sandbox.url, "read", code_of(sandbox))
    expected = truth(sandbox)
    assert {name: len(read[name]) for name in COUNTS} == COUNTS
    assert {name: dict(read[name]) for name in read} == {name: expected[name] for name in read}
    assert sandbox.state("refused")["refused"] == 0


def test_aioamocrm_reads_the_notes_of_all_cards(python: Path, begin: Begin) -> None:
    sandbox = begin()
    notes = answer(python, "read_aioamocrm.py", sandbox.url, "read")["notes"]
    assert len(notes) == len(dict(notes)) == len(truth(sandbox)["notes"]) > 250


def test_control_a_client_that_loses_rows_is_noticed(python: Path, begin: Begin) -> None:
    sandbox = begin("delete_mid_pull=10")
    read = dict(answer(python, "read_aioamocrm.py", sandbox.url, "read")["companies"])
    assert len(set(truth(sandbox)["companies"]) - set(read)) == 10


def check_work(sandbox: Sandbox, done: dict[str, Any]) -> None:
    """See the task, the new owner and the renewed token in the account."""
    state = sandbox.state("vendor", "oauth", "requests", requests=True)
    tasks = {row["id"]: row for row in state["vendor"]["tasks"]}
    company = next(row for row in state["vendor"]["companies"] if row["id"] == 1)
    task = tasks[done["task"]]
    assert (task["text"], task["complete_till"], task["responsible_user_id"]) == ("Позвонить", 1900000000, 3)
    assert (task["entity_type"], task["entity_id"]) == ("companies", 1)
    assert done["owner"] == company["responsible_user_id"] == 3
    assert done["refreshed"] is True
    grants = [one for one in state["received"] if one["path"] == "/oauth2/access_token"]
    assert all(one["status"] == 200 for one in grants)
    assert sum("refresh_token" in one["body"] for one in grants) >= 1


def test_aioamocrm_adds_a_task_changes_an_owner_and_renews_its_token_on_401(
    python: Path, begin: Begin
) -> None:
    sandbox = begin("expired_token=companies.update:1")
    check_work(sandbox, answer(python, "read_aioamocrm.py", sandbox.url, "work", code_of(sandbox)))


def test_amocrm_api_adds_a_task_changes_an_owner_and_renews_its_token_at_its_end(
    python: Path, begin: Begin
) -> None:
    """Only what the token says counts for this client: here it ended yesterday, so each call renews it."""
    sandbox = begin(f"clock_behind={TWO_DAYS}", latency_ms=NO_LIMITER_MS)
    check_work(sandbox, answer(python, "read_amocrm_api.py", sandbox.url, "work", code_of(sandbox)))


def test_control_a_spent_refresh_token_ends_amocrm_api(python: Path, begin: Begin) -> None:
    """The client renews its token at every call; once somebody else has spent its token, nothing helps."""
    sandbox = begin(f"clock_behind={TWO_DAYS}", "revoked", latency_ms=NO_LIMITER_MS)
    with pytest.raises(AssertionError, match="Token has been revoked"):
        answer(python, "read_amocrm_api.py", sandbox.url, "work", code_of(sandbox))
