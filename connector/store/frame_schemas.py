"""The frames that rules get: their names, columns and types."""

from __future__ import annotations

from collections.abc import Sequence

from connector.store.guarded_polars import pl

MOMENT = pl.Datetime("us", "UTC")
TEXTS = pl.List(pl.String())
WHOLE, REAL, TRUTH, DAY = pl.Int64(), pl.Float64(), pl.Boolean(), pl.Date()


def _word(of: str) -> pl.Categorical:
    """Return the type of a column that says one of a few words, a byte a row, the same in all frames."""
    return pl.Categorical(pl.Categories(of, "connector", physical=pl.UInt8))


SOURCE, KIND, STATUS, DIRECTION, STAGE_KIND, CURRENCY = map(
    _word, ("source", "kind", "status", "direction", "stage_kind", "currency")
)
EMPLOYEE = pl.Categorical(pl.Categories("employee", "connector"))
"""Of the two frames with millions of rows; elsewhere such columns are plain text."""

Columns = dict[str, pl.DataType]


def _columns(kind: pl.DataType, *names: str) -> Columns:
    return dict.fromkeys(names, kind)


def _texts(*names: str) -> Columns:
    return _columns(pl.String(), *names)


FRAMES: dict[str, pl.Schema] = {
    "clients": pl.Schema(
        _columns(WHOLE, "client")
        | _texts("source", "external_id", "name", "kind", "inn", "industry", "region", "status", "owner")
        | {"key_account": TRUTH, "tags": TEXTS}
        | _columns(MOMENT, "created_at", "closed_at", "seen_at")
        | {"abc": pl.String(), "flags": TEXTS, "custom": pl.String(), "record": WHOLE, "doubt": pl.String()}
    ),
    "identities": pl.Schema(
        {"record": WHOLE}
        | _texts("source", "external_id", "name", "kind", "inn", "kpp")
        | _columns(TEXTS, "phones", "emails")
        | _texts("site", "region", "custom")
        | {"flags": TEXTS}
    ),
    "identity_state": pl.Schema({"stale": WHOLE, "fingerprint": pl.String()}),
    "link_verdicts": pl.Schema(_texts("source", "external_id", "other_source", "other_id", "said", "by")),
    "employees": pl.Schema(
        _texts("source", "external_id", "name", "role")
        | {"active": TRUTH, "active_from": DAY, "active_to": DAY}
        | _texts("head", "department")
        | _columns(TEXTS, "industries", "regions")
        | {"capacity": WHOLE, "accepts_more": TRUTH, "email": pl.String(), "phones": TEXTS}
    ),
    "events": pl.Schema(
        {"source": SOURCE}
        | _texts("external_id", "client")
        | {"employee": EMPLOYEE, "kind": KIND, "status": STATUS, "direction": DIRECTION}
        | _columns(MOMENT, "planned_at", "completed_at", "logged_at", "seen_at")
        | {"duration_s": WHOLE, "successful": TRUTH, "by_us": TRUTH}
        | _texts("deal", "key")
    ),
    "deals": pl.Schema(
        {"source": SOURCE}
        | _texts("external_id", "client", "owner", "title", "pipeline", "stage")
        | {"stage_kind": STAGE_KIND, "amount": WHOLE, "currency": CURRENCY, "probability": REAL}
        | {"created_at": MOMENT, "closed_at": MOMENT, "expected_close": DAY, "loss_reason": pl.String()}
    ),
    "stage_history": pl.Schema(_texts("source", "deal", "stage") | _columns(MOMENT, "entered_at")),
    "sales": pl.Schema(
        _texts("source", "external_id", "client")
        | {"date": DAY, "amount": WHOLE, "margin": WHOLE, "currency": pl.String()}
    ),
    "ownership": pl.Schema(
        _texts("source", "client", "employee") | _columns(DAY, "valid_from", "valid_to") | _texts("known")
    ),
    "absences": pl.Schema(
        _texts("source", "employee")
        | _columns(DAY, "from_date", "to_date")
        | _texts("deputy", "kind")
        | _columns(MOMENT, "seen_at")
    ),
    "tasks": pl.Schema(
        _texts("source", "external_id", "client", "deal", "assignee", "title", "status", "key")
        | _columns(MOMENT, "due", "created_at", "closed_at")
    ),
    "field_changes": pl.Schema(
        _texts("source", "client", "field") | _columns(MOMENT, "at") | _texts("by", "old", "new")
    ),
    "class_changes": pl.Schema(_texts("source", "client") | _columns(MOMENT, "at") | _texts("old", "new")),
    "co_owners": pl.Schema(_texts("source", "client") | {"co_owners": TEXTS}),
    "answers": pl.Schema(
        _texts("source", "client", "criterion", "answer") | _columns(MOMENT, "at") | _texts("by")
    ),
}
"""Live records only, in no promised order. In `clients`, `client` is the store's own number of the
client and `record` that of the record (the client's is that of its most trusted record); `doubt` says that it
is not settled who it is. Elsewhere `client` is the client's id in that source; `owner`, `employee`,
`assignee`, `head`, `deputy` are employees' ids there. Times are UTC, days the company's, money minor units,
`custom` JSON text. A null is "not known".

`class_changes` are the changes of the field `abc` alone, `co_owners` the clients that have any.

`by_us` in `events`: our own account completed it (clarification 39).

`known` in `ownership`: `vendor` (the CRM's own history), `snapshot` (a pull saw the owner on those days) or
`assumed` (days before the first pull)."""


def schema_of(name: str, columns: Sequence[str]) -> pl.Schema:
    """Return the types of these columns of the frame, in their order; KeyError for what is not there."""
    return pl.Schema({column: FRAMES[name][column] for column in columns})
