"""What tells one CRM from another for the tests of writing: a further CRM is one more `Vendor`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from conftest import Project

from connector.sandbox.exchange import Request
from connector.sandbox.server import Sandbox


@dataclass(frozen=True)
class Vendor:
    """One CRM: its plugin and stand-in are called `name`, its class is `connector` of that plugin's package.

    `given` is what `init` is told of the account, `secrets` the lines of `.env` without the source's name,
    both with {url}. `makes_tasks` and `lists_clients` are patterns of requests: VERB PATH?QUERY BODY.
    `held` shows what the first client's card holds as its class, and `clear` empties it as a person does.
    """

    name: str
    connector: str
    given: tuple[str, ...]
    secrets: tuple[str, ...]
    fields: str
    makes_tasks: str
    lists_clients: str
    held: Callable[[Sandbox], Any]
    clear: Callable[[Sandbox], requests.Response]

    def connect(self, project: Project, portal: Sandbox, source: str = "portal") -> Project:
        """Make the project one of this portal, by `connector init` and a `.env` file."""
        given = [part.format(url=portal.url) for part in self.given]
        result = project("init", "--source", self.name, *given, "--name", source)
        assert result.code == 0, result.err
        prefix = source.upper().replace("-", "_")
        lines = [f"{prefix}_{line.format(url=portal.url)}\n" for line in self.secrets]
        (project.folder / ".env").write_text("".join(lines), encoding="utf-8")
        project.edit("plugins.toml", r"^# fields = .*$", f"fields = {self.fields}")
        project.edit("plugins.toml", r"^# rate = .*$", 'rate = "off"')
        return project


def told(request: Request) -> str:
    """Return a request as patterns know it."""
    return f"{request.verb} {request.path}?{request.query} {request.body.decode('utf-8', 'replace')}"


# -- Bitrix24 -----------------------------------------------------------------------------------------------


def _bitrix24_held(portal: Sandbox) -> Any:
    (row,) = [row for row in portal.state("vendor")["vendor"]["company"] if row["ID"] == "1"]
    return row["UF_CRM_ABC_CLASS"]


def _bitrix24_clear(portal: Sandbox) -> requests.Response:
    cleared = {"id": 1, "fields": {"UF_CRM_ABC_CLASS": ""}}
    return requests.post(f"{portal.url}crm.company.update", json=cleared, timeout=10)


BITRIX24 = Vendor(
    name="bitrix24",
    connector="Bitrix24",
    given=(),
    secrets=("WEBHOOK_URL={url}",),
    fields='{ abc_class = "UF_CRM_ABC_CLASS" }',
    makes_tasks=r"tasks\.task\.add",
    lists_clients=r"crm\.company\.list",
    held=_bitrix24_held,
    clear=_bitrix24_clear,
)


# -- amoCRM -------------------------------------------------------------------------------------------------


def _amocrm_held(portal: Sandbox) -> Any:
    (row,) = [row for row in portal.state("vendor")["vendor"]["companies"] if row["id"] == 1]
    values = {each["field_code"]: each["values"] for each in row["custom_fields_values"] or ()}
    return values["ABC_CLASS"][0]["value"] if "ABC_CLASS" in values else None


def _amocrm_clear(portal: Sandbox) -> requests.Response:
    cleared = {"custom_fields_values": [{"field_code": "ABC_CLASS", "values": None}]}
    bearer = {"Authorization": "Bearer sandbox"}
    return requests.patch(f"{portal.url}api/v4/companies/1", json=cleared, headers=bearer, timeout=10)


AMOCRM = Vendor(
    name="amocrm",
    connector="AmoCrm",
    given=("{url}",),
    secrets=("TOKEN=sandbox",),
    fields='{ abc_class = "ABC_CLASS" }',
    makes_tasks=r"^POST \S*/api/v4/tasks[?\s]",
    lists_clients=r"^GET \S*/api/v4/companies\?(?!\S*filter)",
    held=_amocrm_held,
    clear=_amocrm_clear,
)

VENDORS = (BITRIX24, AMOCRM)
