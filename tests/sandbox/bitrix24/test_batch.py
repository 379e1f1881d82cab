"""The batch: order, references, halting, its 50 commands, and PHP's lists."""

from __future__ import annotations

from sandbox.bitrix24.conftest import Api, Start
from sandbox.firms import many_clients


def test_commands_are_answered_under_their_keys(api: Api) -> None:
    answer = api.batch(a="crm.company.list?start=-1&select[]=TITLE&filter[ID]=3", b="user.current")
    assert answer["result"]["a"] == [{"ID": "3", "TITLE": "АО «Вега»"}]
    assert answer["result"]["b"]["ID"] == "1"
    assert answer["result_error"] == []
    assert answer["result_next"] == []
    assert answer["result_total"] == {"a": 0}
    assert set(answer["result_time"]) == {"a", "b"}


def test_keys_that_count_from_nought_come_back_as_lists(api: Api) -> None:
    answer = api("batch", cmd=["server.time", "scope"])
    assert [type(entry) for entry in answer["result"]] == [str, list]
    assert isinstance(answer["result_time"], list)
    assert isinstance(api("batch", cmd={"0": "server.time", "1": "scope"})["result"], list)


def test_later_commands_use_earlier_results(start: Start) -> None:
    api = start(many_clients(120))
    answer = api.batch(
        p1="crm.company.list?start=-1&select[]=ID&order[ID]=ASC",
        p2="crm.company.list?start=-1&select[]=ID&order[ID]=ASC&filter[%3EID]=$result[p1][49][ID]",
        i1="crm.item.list?entityTypeId=4&start=-1&select[]=id",
        i2="crm.item.list?entityTypeId=4&start=-1&select[]=id&filter[%3Eid]=$result[i1][items][49][id]",
    )
    assert [row["ID"] for row in answer["result"]["p2"]][:2] == ["51", "52"]
    assert [row["id"] for row in answer["result"]["i2"]["items"]][:2] == [51, 52]


def test_a_reference_that_leads_nowhere_delivers_the_first_page_again(start: Start) -> None:
    answer = start(many_clients(20)).batch(
        p1="crm.company.list?start=-1&select[]=ID&filter[%3EID]=0",
        p2="crm.company.list?start=-1&select[]=ID&filter[%3EID]=$result[p1][49][ID]",
    )
    assert answer["result"]["p2"] == answer["result"]["p1"]


def test_errors_are_told_inside_with_http_200(api: Api) -> None:
    answer = api.batch(a="crm.company.get?id=99", b="crm.nonsense", c="server.time")
    assert answer["result_error"]["a"] == {"error": "", "error_description": "Not found"}
    assert answer["result_error"]["b"]["error"] == "ERROR_METHOD_NOT_FOUND"
    assert list(answer["result"]) == ["c"]


def test_halt_stops_after_the_first_error(api: Api) -> None:
    answer = api.batch(halt=1, a="server.time", b="crm.nonsense", c="server.time")
    assert list(answer["result"]) == ["a"]
    assert list(answer["result_error"]) == ["b"]


def test_a_batch_in_a_batch_is_not_allowed(api: Api) -> None:
    answer = api.batch(a="batch?cmd[x]=server.time")
    assert answer["result_error"]["a"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"


def test_commands_beyond_fifty_are_refused_each(api: Api) -> None:
    answer = api("batch", cmd={f"c{number}": "server.time" for number in range(52)})
    assert len(answer["result"]) == 50
    assert set(answer["result_error"]) == {"c50", "c51"}
    assert answer["result_error"]["c51"]["error"] == "ERROR_BATCH_LENGTH_EXCEEDED"


def test_a_batch_is_one_request(start: Start) -> None:
    api = start(None, limits="standard")
    for _ in range(40):
        api.batch(**{f"c{number}": "server.time" for number in range(50)})
    assert api.sandbox.state("requests", "refused") == {"requests": 40, "refused": 0}


def test_writes_inside_a_batch_are_done_one_by_one(api: Api) -> None:
    answer = api.batch(
        a="crm.company.update?id=1&fields[TITLE]=%D0%9D%D0%BE%D0%B2%D0%BE%D0%B5",
        b="crm.company.get?id=1",
        c="tasks.task.add?fields[TITLE]=T&fields[RESPONSIBLE_ID]=3&fields[UF_CRM_TASK][]=CO_1&fields[TAGS][]=k",
    )
    assert answer["result"]["a"] is True
    assert answer["result"]["b"]["TITLE"] == "Новое"
    assert [(write["method"], write["marker"]) for write in api.sandbox.state("writes")["writes"]] == [
        ("crm.company.update", None),
        ("tasks.task.add", "k"),
    ]
