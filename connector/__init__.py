"""Sales policy on top of the CRMs a company already has. What plugin authors use is listed in `__all__`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector.changes import (
        AddNote,
        ChangeOwner,
        ClearFlag,
        CompleteTask,
        CreateTask,
        PlanContact,
        ReassignActivity,
        SetField,
        SetFlag,
        WithdrawContact,
    )
    from connector.errors import (
        AccessError,
        BlockedError,
        ChangedBackError,
        ConfigError,
        ForbiddenError,
        MissingRecordError,
        RecordError,
        RefusedError,
        TransientError,
        UnknownFateError,
    )
    from connector.hookspecs import hookimpl
    from connector.http.auth import Basic, Bearer, QueryKey
    from connector.http.limits import Limit
    from connector.http.retry import LimitError
    from connector.model import (
        Absence,
        Client,
        Contact,
        Deal,
        Employee,
        Event,
        Ownership,
        Ref,
        Sale,
        StageChange,
        Task,
    )
    from connector.plugins.base import Check, Cursor, Page, Row, Source, SourceConfig, Stream, writes
    from connector.plugins.paging import paged
    from connector.rules.decision import decision_frame, flag_list
    from connector.rules.decision_table import Result
    from connector.rules.facts import Facts
    from connector.rules.moment import Moment
    from connector.rules.period import Month
    from connector.rules.rule import Rule
    from connector.rules.terms import Parameters, parameter
    from connector.rules.wording import Bilingual

__all__ = [  # noqa: RUF022 - grouped as an author meets them
    "hookimpl", "Source", "SourceConfig", "Stream", "Page", "Cursor", "Row", "paged", "Check", "writes",
    "Bearer", "Basic", "QueryKey", "Limit",
    "Ref", "Employee", "Client", "Contact", "Event", "Deal", "StageChange", "Sale", "Ownership", "Absence",
    "Task",
    "CreateTask", "CompleteTask", "PlanContact", "WithdrawContact", "SetField", "SetFlag", "ClearFlag",
    "ChangeOwner", "ReassignActivity", "AddNote",
    "Rule", "Parameters", "parameter", "Bilingual", "Result", "Facts", "Moment", "Month", "decision_frame",
    "flag_list",
    "AccessError", "ForbiddenError", "BlockedError", "ConfigError", "MissingRecordError", "ChangedBackError",
    "RecordError", "RefusedError", "LimitError", "TransientError", "UnknownFateError",
]  # fmt: skip

_HOMES = (
    "connector.errors",
    "connector.hookspecs",
    "connector.model",
    "connector.changes",
    "connector.http.auth",
    "connector.http.limits",
    "connector.http.retry",
    "connector.plugins.base",
    "connector.plugins.paging",
    "connector.rules.rule",
    "connector.rules.decision",
    "connector.rules.terms",
)


def __getattr__(name: str) -> Any:
    """Fetch a public name from its module on first use, so that `connector --help` loads none of them."""
    if name in __all__:
        for home in _HOMES:
            module = importlib.import_module(home)
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module 'connector' has no attribute {name!r}")
