import copy

from connector.sandbox.company.renumber import renumber
from connector.sandbox.company.tables import COLUMNS, REFERENCES, Company, Row


def row(table: str, **cells: str) -> Row:
    return dict.fromkeys(COLUMNS[table], "") | cells


def small() -> Company:
    company = Company(as_of=None)  # type: ignore[arg-type]  # the moment plays no part
    company.tables["employees"] = [
        row("employees", id="M7", name="А"),
        row("employees", id="1", name="Б", head="M7"),
    ]
    company.tables["clients"] = [
        row("clients", id="C9", name="В", owner="1", co_owners="M7|1|M404"),
        row("clients", id="C2", name="Г", owner="2"),
    ]
    company.tables["deals"] = [row("deals", id="x", client="C2")]
    company.tables["events"] = [row("events", id="e", client="C2", employee="M7", deal="x")]
    company.tables["stage_history"] = [row("stage_history", deal="x", stage="Новая")]
    company.tables["field_changes"] = [
        row("field_changes", client="C9", field="inn", by="1", old="C9", new="M7")
    ]
    return company


def test_ids_count_from_one_and_references_follow() -> None:
    company, numbers = renumber(small())
    assert [one["id"] for one in company.tables["employees"]] == ["1", "2"]
    assert company.tables["employees"][1]["head"] == "1"
    assert company.tables["clients"][0]["owner"] == "2"
    assert company.tables["events"][0] == row("events", id="1", client="2", employee="1", deal="1")
    assert company.tables["stage_history"][0]["deal"] == "1"
    assert numbers["employees"] == {"M7": "1", "1": "2"}
    assert numbers["clients"] == {"C9": "1", "C2": "2"}


def test_a_dangling_reference_can_meet_no_new_id() -> None:
    company, _ = renumber(small())
    assert company.tables["clients"][1]["owner"] == "unknown-2"
    assert company.tables["clients"][0]["co_owners"] == "1|2|unknown-M404"


def test_cells_that_are_no_references_stay() -> None:
    company, _ = renumber(small())
    assert company.tables["field_changes"][0] == row(
        "field_changes", client="1", field="inn", by="2", old="C9", new="M7"
    )


def test_the_given_firm_stays_as_it_was() -> None:
    company = small()
    before = copy.deepcopy(company)
    renumber(company)
    assert company == before


def test_a_whole_firm_is_the_same_firm_in_numbers(firm: Company) -> None:
    company, numbers = renumber(firm)
    assert (company.as_of, company.zone) == (firm.as_of, firm.zone)
    back = {table: {new: old for old, new in ids.items()} for table, ids in numbers.items()}
    for table, rows in firm.tables.items():
        assert len(company.tables[table]) == len(rows)
        for number, (old, new) in enumerate(zip(rows, company.tables[table], strict=True), 1):
            assert new.get("id", str(number)) == str(number)
            for column, target in REFERENCES[table].items():
                assert (
                    "|".join(back[target][one] if one else "" for one in new[column].split("|"))
                    == old[column]
                )
            same = set(old) - {"id"} - set(REFERENCES[table])
            assert all(old[column] == new[column] for column in same)


def test_numbering_twice_changes_nothing(firm: Company) -> None:
    once, _ = renumber(firm)
    assert renumber(once)[0] == once
