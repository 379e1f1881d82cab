"""`--source amocrm` from init to the second pull, by the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Project, firm

from connector.sandbox.server import Sandbox, running

AS_OF = "2026-10-01T09:00"


@pytest.fixture
def account() -> Iterator[Sandbox]:
    with running("amocrm", company=firm(clients=12, events=8.0), limits="off") as sandbox:
        yield sandbox


def begun(project: Project, account: Sandbox) -> Project:
    result = project("init", "--source", "amocrm", account.url)
    assert result.code == 0, result.err
    (project.folder / ".env").write_text("AMOCRM_MAIN_TOKEN=sandbox\n", encoding="utf-8")
    project.edit("plugins.toml", r"^# rate = .*$", 'rate = "off"')
    project.edit("plugins.toml", r"^# fields = .*$", 'fields = { abc_class = "ABC_CLASS" }')
    project.allow("field")
    return project


def test_init_doctor_pull_plan_apply_and_nothing_twice(project: Project, account: Sandbox) -> None:
    begun(project, account)
    doctor = project("doctor")
    assert doctor.code == 0, doctor.out
    assert "[ok] source amocrm-main: token" in doctor.out
    assert project("pull").code == 0

    planned = project("plan", "--as-of", AS_OF, "--format", "json")
    changes = planned.json["changes"]
    assert {change["kind"] for change in changes} == {"set_field"}
    applied = project("apply", planned.json["fingerprint"][:8], "--yes")
    assert applied.code == 0, applied.err

    written = account.state("writes")["writes"]
    assert len(written) == len(changes)
    assert project("pull").code == 0
    again = project("plan", "--as-of", AS_OF, "--format", "json")
    assert again.json["changes"] == []


def test_an_address_that_is_none_is_one_line_and_nothing_is_written(project: Project) -> None:
    result = project("init", "--source", "amocrm", "https://www.amocrm.ru")
    assert (result.code, result.err) == (
        4,
        "connector: https://www.amocrm.ru: WHERE is the vendor's site: write your account's address,"
        " https://firm.amocrm.ru\n",
    )
    assert not project.folder.exists()


def test_without_an_address_the_file_shows_what_it_looks_like(project: Project) -> None:
    assert project("init", "--source", "amocrm").code == 0
    text = (project.folder / "plugins.toml").read_text(encoding="utf-8")
    assert 'url = "https://firm.amocrm.ru/"' in text
    assert 'token = { env = "AMOCRM_MAIN_TOKEN" }' in text
    assert "# client_secret =" in text


@pytest.mark.parametrize(
    ("fault", "field", "code", "said"),
    [
        ("revoked", "region", 1, "Unauthorized: Invalid user name or password — make a new long-lived token"),
        ("unpaid", "region", 1, "Payment Required: Payment required — pay for the account, then run again"),
        (
            "rename_302=localhost",
            "region",
            1,
            "the account sends us away, to localhost — check `url` of this",
        ),
        ("no_users", "region", 3, "Forbidden: You do not have permission to perform this action — make the"),
        (
            "",
            "Регеон",
            4,
            "the account's companies have no field 'Регеон', did you mean 'Регион'? — name it as",
        ),
    ],
    ids=["a revoked token", "an unpaid account", "a wrong subdomain", "no rights for users", "no such field"],
)
def test_what_is_wrong_is_one_line_with_the_next_step(
    project: Project, account: Sandbox, fault: str, field: str, code: int, said: str
) -> None:
    begun(project, account)
    if fault:
        account.stand_in.faults.add(fault)
    else:
        fields = f'custom_fields = {{ "{field}" = "region" }}'
        project.edit("plugins.toml", r"^# custom_fields = .*$", fields)
    result = project("pull")
    (line,) = result.err.splitlines()
    assert (result.code, said in line) == (code, True), result.out + result.err
