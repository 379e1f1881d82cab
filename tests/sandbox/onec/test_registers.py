"""Virtual tables and record sets of registers."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.firms import firm
from sandbox.onec.conftest import REVENUE, Api, Start

SALES = [
    {"id": "1", "client": "1", "date": "2026-08-31", "amount": "100.10", "margin": "10.10"},
    {"id": "2", "client": "1", "date": "2026-09-05", "amount": "200.20", "margin": "20.20"},
    {"id": "3", "client": "3", "date": "2026-09-30", "amount": "300.30", "margin": "30.30"},
    {"id": "4", "client": "1", "date": "2026-10-01", "amount": "-50.05", "margin": "-5.05"},
]
SEPTEMBER = "StartPeriod=datetime'2026-09-01T00:00:00',EndPeriod=datetime'2026-09-30T23:59:59'"


@pytest.fixture
def api(start: Start) -> Api:
    """Return the small firm's publication with four sales, one of them a return."""
    return start(firm(sales=SALES))


def revenue(rows: list[dict[str, Any]]) -> list[float]:
    """Return the sums of revenue, smallest first."""
    return sorted(row["СуммаВыручкиTurnover"] for row in rows)


def test_turnovers_of_a_month(api: Api) -> None:
    assert revenue(api.rows(f"{REVENUE}/Turnovers({SEPTEMBER})")) == [200.20, 300.30]
    row = api.rows(f"{REVENUE}/Turnovers({SEPTEMBER},Dimensions='Подразделение')")[0]
    assert set(row) == {
        "Подразделение_Key", "КоличествоTurnover", "СуммаВыручкиTurnover", "СуммаВыручкиБезНДСTurnover",
        "СтоимостьTurnover",
    }  # fmt: skip
    assert (row["СуммаВыручкиTurnover"], row["СтоимостьTurnover"]) == (500.50, 450.00)


def test_a_return_lowers_the_revenue_of_all_time(api: Api) -> None:
    assert revenue(api.rows(f"{REVENUE}/Turnovers()")) == [250.25, 300.30]
    kinds = {row["Recorder_Type"] for row in api.rows(REVENUE)}
    assert kinds == {
        f"StandardODATA.Document_{name}" for name in ("РеализацияТоваровУслуг", "ВозвратТоваровОтКлиента")
    }


@pytest.mark.parametrize("quote", ["'", "''"], ids=["single", "doubled"])
def test_a_condition_stands_with_either_quotes(api: Api, quote: str) -> None:
    seller = api.key("employees", 3)
    condition = f"Менеджер_Key eq guid{quote}{seller}{quote}"
    assert revenue(api.rows(f"{REVENUE}/Turnovers({SEPTEMBER},Condition='{condition}')")) == [200.20]


def test_arguments_may_stand_in_the_query(api: Api) -> None:
    url = f"{api.root}{REVENUE}/Turnovers()?StartPeriod=datetime'2026-10-01T00:00:00'"
    headers = dict(api.send("GET", "").request.headers)
    rows = api.session.get(url, headers=headers, timeout=10).json()["value"]
    assert revenue(rows) == [-50.05]


def test_balance_belongs_to_registers_that_keep_one(api: Api) -> None:
    assert api.refused("GET", f"{REVENUE}/Balance()") == (400, "6", "Метод не найден")
    debt = "AccumulationRegister_РасчетыСКлиентамиПоДокументам"
    assert [row["ДолгBalance"] for row in api.rows(f"{debt}/Balance()")] == [-50.05]
    both = api.rows(f"{debt}/BalanceAndTurnovers(StartPeriod=datetime'2026-10-02T00:00:00')")
    assert [(row["ДолгOpeningBalance"], row["ДолгTurnover"], row["ДолгClosingBalance"]) for row in both] == [
        (-50.05, 0, -50.05)
    ]


def test_a_slice_is_the_newest_record_of_each_key(api: Api) -> None:
    rates = "InformationRegister_КурсыВалют"
    usd = next(row["Валюта_Key"] for row in api.rows(rates) if row["Курс"] == 80.5)
    api.write("POST", rates, {"Period": "2026-09-01T00:00:00", "Валюта_Key": usd, "Курс": 90})
    by_currency = f"Condition='Валюта_Key eq guid'{usd}''"
    assert [row["Курс"] for row in api.rows(f"{rates}/SliceLast({by_currency})")] == [90]
    early = f"Period=datetime'2026-08-01T00:00:00',{by_currency}"
    assert [row["Курс"] for row in api.rows(f"{rates}/SliceLast({early})")] == [80.5]
    assert len(api.rows(f"{rates}/SliceLast()")) == 3


def test_record_sets_are_read_through_a_window(start: Start) -> None:
    api = start(firm(sales=SALES), "small_memory=3")
    september = "r/Period ge datetime'2026-09-01T00:00:00' and r/Period lt datetime'2026-10-01T00:00:00'"
    window = f"RecordSet/any(r: {september})"
    assert len(api.rows(REVENUE, filter=window)) == 2
    status, code, text = api.refused("GET", REVENUE, top="1")
    assert (status, code, text.partition(" ")[0]) == (500, "-1", "Недостаточно")
