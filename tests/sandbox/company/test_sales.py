from collections import defaultdict
from decimal import Decimal

from connector.sandbox.company.tables import Company


def test_sales_lie_in_two_years_and_their_client_s_life(any_firm: Company) -> None:
    clients = {row["id"]: row for row in any_firm.tables["clients"]}
    two_years_ago = any_firm.as_of.replace(year=any_firm.as_of.year - 2).date().isoformat()
    for row in any_firm.tables["sales"]:
        client = clients[row["client"]]
        assert max(client["created_at"][:10], two_years_ago) <= row["date"]
        assert row["date"] <= (client["closed_at"][:10] or "9999")


def test_margin_is_a_part_of_the_amount(firm: Company) -> None:
    for row in firm.tables["sales"]:
        assert Decimal("0.1") < Decimal(row["margin"]) / Decimal(row["amount"]) < Decimal("0.4")
        assert row["currency"] == "RUB"


def test_turnover_makes_real_classes(firm: Company) -> None:
    turnover: dict[str, Decimal] = defaultdict(Decimal)
    for row in firm.tables["sales"]:
        if "2025-10-01" <= row["date"] < "2026-10-01":
            turnover[row["client"]] += Decimal(row["amount"])
    total = sum(value for value in turnover.values() if value > 0)
    before, counts = Decimal(0), {"A": 0, "B": 0, "C": 0}
    for row in sorted(firm.tables["clients"], key=lambda row: -turnover[row["id"]]):
        share = before / total
        counts["A" if share < Decimal("0.8") else "B" if share < Decimal("0.95") else "C"] += 1
        before += max(Decimal(0), turnover[row["id"]])
    assert 10 <= counts["A"] <= 90
    assert 25 <= counts["B"] <= 120
    assert counts["C"] >= 120
