"""Whatever a client sends is answered: with rows, or with a refusal in 1C's own form."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.sandbox.exchange import Request
from connector.sandbox.faults import Faults
from connector.sandbox.onec.faults import FAULTS
from connector.sandbox.onec.standin import OneC
from connector.sandbox.options import Options
from sandbox.firms import AS_OF, firm
from sandbox.onec.conftest import CALLS, PARTNERS, REVENUE, TASKS, basic

KEY = "00000001-2e74-11ee-8111-00155d000001"
WORDS = (
    "Ref_Key",
    "Description",
    "Клиент",
    "ДатаРегистрации",
    "ОсновнойМенеджер_Key",
    "ОсновнойМенеджер/Description",
    "КонтактнаяИнформация/any(d: d/LineNumber gt 1)",
    "d/Тип",
    "eq",
    "ne",
    "gt",
    "and",
    "or",
    "not",
    "(",
    ")",
    ",",
    "'x'",
    "5",
    "-1.5",
    "1e5",
    "true",
    f"guid'{KEY}'",
    "guid'x'",
    "datetime'2026-01-01T00:00:00'",
    "cast(",
    "isof(",
    "substringof(",
    "like(",
    "year(",
    "substring(",
    "dateadd(",
    "+",
    "add",
    "div",
    "0",
    "Комментарий",
    "Предмет",
    "Recorder",
    "*",
    "**",
    "Предмет____Presentation",
    "Presentation",
    ":",
    "asc",
    "desc",
    "/",
)
PATHS = (
    "",
    "$metadata",
    PARTNERS,
    CALLS,
    TASKS,
    REVENUE,
    f"{REVENUE}_RecordType",
    f"{PARTNERS}_КонтактнаяИнформация",
    f"{REVENUE}/Turnovers()",
    f"{REVENUE}/Turnovers(Condition='Менеджер_Key eq 5')",
    f"{PARTNERS}(guid'{KEY}')",
    f"{PARTNERS}(guid'{KEY}')/ОсновнойМенеджер",
    f"{PARTNERS}(",
    f"{PARTNERS}/$count",
    "SelectChanges",
    "Catalog_Нет",
    "InformationRegister_КурсыВалют/SliceLast(Period=x)",
    f"{CALLS}(x)/Post",
)
BODIES = (
    "",
    "{}",
    "[]",
    "{",
    '{"Description":null}',
    '{"Ref_Key":5}',
    '{"Клиент":[]}',
    '{"КонтактнаяИнформация":[5]}',
    '{"КонтактнаяИнформация":[{"LineNumber":1,"Вид_Key":null}]}',
    '{"ОсновнойМенеджер@odata.bind":"x"}',
    "<entry/>",
)
STATUSES = {200, 201, 204, 400, 401, 404, 405, 406, 500}
OPTION = st.tuples(
    st.sampled_from(["$filter", "$select", "$orderby", "$expand", "$top", "$skip", "$format", "allowedOnly"]),
    st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    verb=st.sampled_from(["GET", "GET", "GET", "POST", "PATCH", "PUT", "DELETE"]),
    path=st.sampled_from(PATHS),
    options=st.lists(OPTION, max_size=4),
    body=st.sampled_from(BODIES),
    kind=st.sampled_from(["application/json", "application/atom+xml"]),
)
def test_every_request_is_answered(
    verb: str, path: str, options: list[tuple[str, str]], body: str, kind: str
) -> None:
    headers = {"authorization": basic(), "accept": "application/json", "content-type": kind}
    query = "&".join(f"{name}={quote(value)}" for name, value in options)
    address = "/base/odata/standard.odata/" + quote(path, safe="/()=,'$")
    request = Request(verb, address, query, headers, body.encode(), "127.0.0.1")
    stand_in = OneC(firm(), Options(as_of=AS_OF, limits="off"), Faults(FAULTS))
    reply = stand_in.admit(request) or stand_in.answer(request)
    assert reply.status in STATUSES
