"""What tells one CRM from another for the tests of writing: a further CRM is one more `Vendor`."""

from __future__ import annotations

from base64 import b64encode
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
    `batches`: one request makes several records. `task` is what its tasks are called in acts, `own` a line
    of its settings and what to write
    there; `faults` are those of the stand-in.
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
    own: tuple[str, str] = (r"^# rate = .*$", 'rate = "off"')
    faults: tuple[str, ...] = ()
    batches: bool = True
    task: str = "task"

    def connect(self, project: Project, portal: Sandbox, source: str = "portal") -> Project:
        """Make the project one of this portal, by `connector init` and a `.env` file."""
        given = [part.format(url=portal.url) for part in self.given]
        result = project("init", "--source", self.name, *given, "--name", source)
        assert result.code == 0, result.err
        prefix = source.upper().replace("-", "_")
        lines = [f"{prefix}_{line.format(url=portal.url)}\n" for line in self.secrets]
        (project.folder / ".env").write_text("".join(lines), encoding="utf-8")
        project.edit("plugins.toml", r"^# fields = .*$", f"fields = {self.fields}")
        project.edit("plugins.toml", *self.own)
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

# -- 1C ------------------------------------------------------------------------------------------------------

_PARTNERS = "Catalog_Партнеры"
_CLASS = "Класс ABC"


def _first_card(portal: Sandbox) -> dict[str, Any]:
    return min(portal.state("vendor")["vendor"][_PARTNERS], key=lambda row: str(row["Ref_Key"]))


def _of_class(portal: Sandbox) -> str:
    """Return the key of the attribute that holds the class."""
    rows = portal.state("vendor")["vendor"]["ChartOfCharacteristicTypes_ДополнительныеРеквизитыИСведения"]
    return next(str(row["Ref_Key"]) for row in rows if row["Description"] == _CLASS)


def _onec_held(portal: Sandbox) -> Any:
    lines = _first_card(portal)["ДополнительныеРеквизиты"]
    return next((one["Значение"] for one in lines if one["Свойство_Key"] == _of_class(portal)), None)


def _onec_clear(portal: Sandbox) -> requests.Response:
    card = _first_card(portal)
    kept = [one for one in card["ДополнительныеРеквизиты"] if one["Свойство_Key"] != _of_class(portal)]
    lines = [{**one, "LineNumber": place} for place, one in enumerate(kept, 1)]
    path = f"odata/standard.odata/{_PARTNERS}(guid'{card['Ref_Key']}')"
    login = "Администратор:sandbox".encode()
    basic = {"Authorization": f"Basic {b64encode(login).decode()}"}
    cleared = {"ДополнительныеРеквизиты": lines}
    return requests.patch(f"{portal.url}{path}", json=cleared, headers=basic, timeout=10)


ONEC = Vendor(
    name="onec",
    connector="OneC",
    given=("{url}",),
    secrets=("PASSWORD=sandbox",),
    fields='{ abc_class = "Класс ABC" }',
    makes_tasks=r"^POST \S*/Task_",
    lists_clients=r"^GET \S*/Catalog_%D0%9F%D0%B0%D1%80%D1%82%D0%BD%D0%B5%D1%80%D1%8B\?(?!\S*Ref_Key%20eq)",
    held=_onec_held,
    clear=_onec_clear,
    own=(r'^login = ""', 'login = "Администратор"'),
    # A base that takes the keys we choose never has two records of one change: the controls would not go
    # red there. What holds where 1C gives keys of its own holds there all the more.
    faults=("own_keys",),
    batches=False,
    task="Task_ЗадачаИсполнителя",
)

VENDORS = (BITRIX24, AMOCRM, ONEC)
