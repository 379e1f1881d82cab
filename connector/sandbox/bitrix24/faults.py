"""The faults only a Bitrix24 portal has; those of the wire stand in `connector.sandbox.wire`."""

from __future__ import annotations

from connector.sandbox.faults import FaultKind

FAULTS: dict[str, FaultKind] = {
    "expired_token": FaultKind("incident", "401 expired_token for the call", ":all"),
    "overload": FaultKind(
        "incident", "503 OVERLOAD_LIMIT: the portal blocks this integration by hand", ":all"
    ),
    "error_with_200": FaultKind("incident", "an error body with HTTP 200 instead of doing the call", "1"),
    "inner_error": FaultKind(
        "incident", "a command inside a batch fails with OPERATION_TIME_LIMIT, HTTP 200", "1"
    ),
    "rename_302": FaultKind("text", "the portal moved to this host: other hosts get 302", "localhost"),
    "no_right": FaultKind("text", "403 ACCESS_DENIED for the method or pattern", "voximplant.*"),
    "naive_filter_only": FaultKind("switch", "time filters with an offset filter nothing, naive ones do"),
    "operating_on_batch": FaultKind("switch", "working time is charged to `batch`, not to the inner methods"),
    "no_counters": FaultKind(
        "switch", "no operating figures in the time block, as on some self-hosted portals"
    ),
    "garbage_rows": FaultKind(
        "number", "every n-th row has a zero date, no title, a word for a number", "10"
    ),
    "hidden_rows": FaultKind(
        "number", "every n-th company may not be read: absent in lists, denied in get", "10"
    ),
    "delete_mid_pull": FaultKind(
        "number", "n companies are deleted right after the first page was taken", "10"
    ),
    "index_lag": FaultKind("number", "the search of tasks by tag does not see the last n seconds", "3"),
    "slow_update": FaultKind(
        "number", "updates answer n milliseconds after the save: automation rules run", "3000"
    ),
}
