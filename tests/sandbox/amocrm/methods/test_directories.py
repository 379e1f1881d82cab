"""The account itself, users, roles, pipelines, reasons and tags."""

from __future__ import annotations

from connector.sandbox.company.tables import Company
from sandbox.amocrm.conftest import NOW, Api, Start
from sandbox.firms import AS_OF, firm


def test_the_account_tells_little_unless_asked(api: Api) -> None:
    bare = api("account")
    assert {"is_api_filter_enabled", "version", "amojo_id", "_embedded"} & set(bare) == set()
    assert (bare["currency"], bare["country"], bare["current_user_id"]) == ("RUB", "RU", 1)
    assert api("account?with=is_api_filter_enabled")["is_api_filter_enabled"] is True
    times = api("account?with=datetime_settings,task_types")["_embedded"]
    assert times["datetime_settings"]["timezone"] == "Europe/Moscow"
    assert times["datetime_settings"]["timezone_offset"] == "+03:00"
    types = {row["id"]: (row["name"], row["code"]) for row in times["task_types"]}
    assert (types[1], types[2]) == (("Связаться", "FOLLOW_UP"), ("Встреча", "MEETING"))
    assert min(number for number in types if number > 2) > 1_000_000


def test_another_zone(start: Start) -> None:
    east = Company(AS_OF, zone="Asia/Yekaterinburg", tables=firm().tables)
    settings = start(east)("account?with=datetime_settings")["_embedded"]["datetime_settings"]
    assert (settings["timezone"], settings["timezone_offset"]) == ("Asia/Yekaterinburg", "+05:00")


def test_groups_are_departments_and_the_first_is_always_there(api: Api) -> None:
    groups = api("account?with=users_groups")["_embedded"]["users_groups"]
    assert [(row["id"], row["name"]) for row in groups] == [(0, "Отдел продаж"), (1, "Дирекция")]
    users = {row["id"]: row for row in api.rows("users?with=role,group,phone_number,uuid")}
    assert users[1]["_embedded"]["groups"] == [{"id": 1, "name": "Дирекция"}]
    assert users[1]["_embedded"]["roles"][0]["name"] == "Директор по продажам"
    assert (users[1]["phone_number"], users[2]["phone_number"]) == ("+74950000001", None)
    assert (users[1]["rights"]["group_id"], users[2]["rights"]["group_id"]) == (1, None)
    assert "_embedded" not in api("users/1")


def test_lists_of_people_are_counted(api: Api) -> None:
    body = api("users?limit=3")
    assert (body["_total_items"], body["_page_count"], body["_page"]) == (4, 2, 1)
    roles = api("roles")
    assert (roles["_total_items"], roles["_embedded"]["roles"][0]["name"]) == (8, "Директор по продажам")


def test_won_and_lost_have_the_same_numbers_in_every_pipeline(api: Api) -> None:
    body = api("leads/pipelines")
    assert "_page" not in body
    assert body["_total_items"] == 2
    for pipeline in body["_embedded"]["pipelines"]:
        statuses = pipeline["_embedded"]["statuses"]
        assert [row["id"] for row in statuses[-2:]] == [142, 143]
        assert [row["type"] for row in statuses] == [1, *[0] * (len(statuses) - 1)]
        assert statuses[0]["name"] == "Неразобранное"
        sorts = [row["sort"] for row in statuses]
        assert sorts == sorted(sorts)
    names = {
        p["id"]: [row["name"] for row in p["_embedded"]["statuses"]] for p in api.rows("leads/pipelines")
    }
    assert names[1][1:] == ["Новая", "Переговоры", "Успешно реализовано", "Закрыто и не реализовано"]
    assert names[2][1:] == ["Новая", "Успешно реализовано", "Отказ"]
    others = [row["id"] for p in api.rows("leads/pipelines") for row in p["_embedded"]["statuses"][:-2]]
    assert len(set(others)) == len(others)


def test_a_firm_without_deals_has_a_pipeline(start: Start) -> None:
    api = start(firm(deals=[], stage_history=[]))
    assert api.rows("leads/pipelines")[0]["is_main"] is True
    number = api.write("POST", "leads", [{"name": "Первая"}])[0]["id"]
    assert api(f"leads/{number}")["status_id"] == api.rows("leads/pipelines/1/statuses")[0]["id"]


def test_what_is_not_there(api: Api) -> None:
    assert api.refused("GET", "leads/pipelines/99")[0] == 404
    assert api.refused("GET", "leads/pipelines/1/statuses/99")[0] == 404
    assert api.send("GET", "leads/loss_reasons/99").status_code == 204


def test_tags_have_numbers_of_their_own(api: Api) -> None:
    assert [(row["id"], row["name"]) for row in api.rows("companies/tags")] == [(1, "опт"), (2, "экспорт")]
    assert api.numbers("companies/tags?filter[id][]=2") == [2]
    assert api.send("GET", "leads/tags").status_code == 204
    made = api.write("POST", "leads/tags", [{"name": "опт"}, {"name": "опт"}])
    assert [row["id"] for row in made] == [3, 3]
    assert api.mistakes("POST", "leads/tags", [{"name": 5}]) == {"0": [("InvalidType", "name")]}


def test_the_account_was_made_when_the_clock_began(api: Api) -> None:
    assert 0 <= api("account")["created_at"] - NOW < 60
