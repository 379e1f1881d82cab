import itertools
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

from connector.sandbox.company.tables import Company, Row

STAGES = ["Новая", "КП отправлено", "Переговоры", "Договор"]
moment = datetime.fromisoformat


def histories(company: Company) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in company.tables["stage_history"]:
        found.setdefault(row["deal"], []).append(row)
    return found


def test_one_to_four_deals_per_client_within_two_years(firm: Company) -> None:
    count = Counter(row["client"] for row in firm.tables["deals"])
    assert len(count) == 300
    assert set(count.values()) == {1, 2, 3, 4}
    assert all(firm.as_of - moment(row["created_at"]) <= timedelta(days=730) for row in firm.tables["deals"])


def test_stage_and_kind_agree(any_firm: Company) -> None:
    for row in any_firm.tables["deals"]:
        kinds = dict.fromkeys(STAGES, "open") | {"Успешно реализовано": "won", "Отказ": "lost"}
        assert row["stage_kind"] == kinds[row["stage"]]
        assert bool(row["closed_at"]) == (row["stage_kind"] != "open")
        assert not row["loss_reason"] or row["stage_kind"] == "lost"
        assert row["currency"] == "RUB"


def test_history_runs_forward_from_creation_to_the_stage_of_today(any_firm: Company) -> None:
    known = histories(any_firm)
    for deal in any_firm.tables["deals"]:
        rows = known.pop(deal["id"])
        entered = [moment(row["entered_at"]) for row in rows]
        assert all(before < after for before, after in itertools.pairwise(entered))
        assert rows[0]["stage"] == "Новая"
        assert rows[0]["entered_at"] == deal["created_at"]
        assert rows[-1]["stage"] == deal["stage"]
        assert deal["closed_at"] in {"", rows[-1]["entered_at"]}
        walked = [STAGES.index(row["stage"]) for row in rows if row["stage"] in STAGES]
        assert walked == sorted(set(walked))
    assert known == {}


def test_deals_live_within_their_client_s_life(any_firm: Company) -> None:
    clients = {row["id"]: row for row in any_firm.tables["clients"]}
    for deal in any_firm.tables["deals"]:
        client = clients[deal["client"]]
        assert moment(deal["created_at"]) >= moment(client["created_at"])
        assert client["status"] == "active" or deal["stage_kind"] != "open"
        if client["closed_at"]:
            assert moment(deal["closed_at"]) <= moment(client["closed_at"])


def test_outcomes_and_reasons_vary(firm: Company) -> None:
    kinds = Counter(row["stage_kind"] for row in firm.tables["deals"])
    assert min(kinds["won"], kinds["lost"], kinds["open"]) > 50
    reasons = Counter(row["loss_reason"] for row in firm.tables["deals"] if row["stage_kind"] == "lost")
    assert len(reasons) >= 5
    assert 0 < reasons[""] < kinds["lost"] / 3
    assert set(Counter(row["pipeline"] for row in firm.tables["deals"])) == {
        "Новые продажи",
        "Повторные продажи",
    }


def test_some_open_deals_are_overdue_stuck_or_without_an_amount(firm: Company) -> None:
    still = [row for row in firm.tables["deals"] if row["stage_kind"] == "open"]
    assert any("" < row["expected_close"] < "2026-10-12" for row in still)
    assert any(row["expected_close"] > "2026-10-12" for row in still)
    assert any(not row["amount"] for row in still)
    last = {row["deal"]: moment(row["entered_at"]) for row in firm.tables["stage_history"]}
    assert any(firm.as_of - last[row["id"]] > timedelta(days=14) for row in still)


def test_amounts_are_roubles_with_kopecks_and_a_few_carry_most(firm: Company) -> None:
    amounts = sorted((Decimal(row["amount"]) for row in firm.tables["deals"] if row["amount"]), reverse=True)
    assert all(amount > 0 and amount.as_tuple().exponent == -2 for amount in amounts)
    assert sum(amounts[: len(amounts) // 5]) > sum(amounts) / 2
