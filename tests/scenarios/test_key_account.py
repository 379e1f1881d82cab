"""SC24: key accounts by what people answer, a folder of tables in, JSON lines out."""

from __future__ import annotations

from typing import Any

from conftest import Project

from .firm import decided, firm, numbers

ASKED = [
    *("missed_terms_risk", "price_expectations", "unique_machinery", "risk_budget"),
    *("supplier_reputation", "rhythm_sensitivity", "large_assets", "complex_order"),
]
"""The text's own eight; the second is the must-have."""

STAFF = "id;name;role\nM1;Иванов Пётр;seller\nS1;Старшая Анна;skam\n"

GIVEN = {
    "KA1": "YYYYYYYN",
    "KA2": "YYYYNNNN",
    "KA3": "YYYYYPPN",
    "KA4": "YYYYYY--",
    "KA5": "YYYYY---",
    "KA6": "YNYYYYYY",
    "KA7": "YYYYYNNN",
    "KA8": "YYYYYNNN",
    "KA9": "YYYNNNNN",
}
LETTERS = {"Y": "да", "P": "частично", "N": "нет"}


def tables(
    given: dict[str, str], names: list[str], key: str = "", sold: str = "", abc: str = ""
) -> dict[str, str]:
    answers = "".join(
        f"{client};{name};{LETTERS[letter]};2026-09-01\n"
        for client, letters in given.items()
        for name, letter in zip(names, letters, strict=True)
        if letter in LETTERS
    )
    cards = "".join(f"{one};Клиент;M1;2026-01-15;{int(one in key.split())};{abc}\n" for one in given)
    return {
        "employees": STAFF,
        "clients": f"id;name;owner;created_at;key_account;abc\n{cards}",
        "answers": f"client;criterion;answer;at\n{answers}",
        "sales": f"id;client;date;amount\n{sold}",
    }


SC24 = tables(GIVEN, ASKED, key="KA7 KA9", sold="1;KA3;2026-06-10;9000000\n2;KA4;2026-06-10;5000000\n")
NAMED = "".join(
    f'{{ name = "{name}", must_have = {"true" if name == "price_expectations" else "false"} }}, '
    for name in ASKED
)


def test_sc24_fit_and_bands(project: Project) -> None:
    found = decided(firm(project, SC24, {"key_account": "cap = 100\n"}), "2026-10-01T00:00")
    assert {client: numbers(line, "fit_low", "fit_high") for client, line in found.items()} == {
        "KA1": ("key", 87.5, 87.5),
        "KA2": ("inadmissible", 50.0, 50.0),
        "KA3": ("key", 75.0, 75.0),
        "KA4": ("key", 75.0, 100.0),
        "KA5": ("needs_data", 62.5, 100.0),
        "KA6": ("rejected", 87.5, 87.5),
        "KA7": ("key", 62.5, 62.5),
        "KA8": ("conditional", 62.5, 62.5),
        "KA9": ("inadmissible", 37.5, 37.5),
    }


def test_sc24_no_more_than_three(project: Project) -> None:
    found = decided(firm(project, SC24, {"key_account": "cap = 3\n"}), "2026-10-01T00:00")
    assert sorted(client for client, line in found.items() if line["decision"] == "key") == [
        "KA1",
        "KA3",
        "KA4",
    ]
    assert found["KA7"]["decision"] == "over_cap"


def test_sc24_the_flag_is_set_and_cleared_and_people_are_asked(project: Project) -> None:
    """Once the firm names its criteria (clarification 48); KA7 keeps the flag until the strategist says."""
    firm(project, SC24, {"key_account": f"cap = 3\ncriteria = [{NAMED}]\n"})
    found = decided(project, "2026-10-01T00:00")
    done: dict[str, list[Any]] = {
        client: [(one["kind"], one.get("assignee")) for one in line["actions"]]
        for client, line in found.items()
    }
    assert done == {
        "KA1": [("set_flag", None)],
        "KA2": [],
        "KA3": [("set_flag", None)],
        "KA4": [("set_flag", None)],
        "KA5": [("create_task", "M1")],
        "KA6": [],
        "KA7": [("create_task", "S1")],
        "KA8": [],
        "KA9": [("clear_flag", None), ("create_task", "S1")],
    }
    asked = found["KA5"]["actions"][0]["text"]
    assert "чувствительность к ритму, крупные активы, сложный заказ" in asked


def test_sc24_weights(project: Project) -> None:
    names = [f"c{place}" for place in range(1, 9)]
    weights = ", ".join(
        f'{{ name = "{name}", weight = {weight} }}'
        for name, weight in zip(names, (3, 3, 2, 2, 1, 1, 2, 1), strict=True)
    )
    given = tables({"K": "YYPYNYNY"}, names)
    line = decided(firm(project, given, {"key_account": f"criteria = [{weights}]\n"}), "2026-10-01T00:00")[
        "K"
    ]
    assert line["decision"] == "key"
    assert round(line["numbers"]["fit_low"], 1) == 73.3


def test_sc24_portfolio_of_class_a(project: Project) -> None:
    """Fit 37.5, 75 and 50 of 6, 2 and 2 million make 47.5: the criteria miss the market."""
    given = {"P1": "YYYNNNNN", "P2": "YYYYYYNN", "P3": "YYYYNNNN"}
    sold = "1;P1;2026-06-10;6000000\n2;P2;2026-06-10;2000000\n3;P3;2026-06-10;2000000\n"
    firm(project, tables(given, ASKED, sold=sold, abc="A"), {"key_account": ""})
    found = decided(project, "2026-10-01T00:00")
    assert {client: line["flags"] for client, line in found.items()} == {
        client: ["criteria_mismatch"] for client in given
    }
