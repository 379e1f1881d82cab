"""The faults only a Bitrix24 portal has; those of the wire stand in `connector.sandbox.wire`."""

from __future__ import annotations

from connector.sandbox.faults import FaultKind

REFUSALS: dict[str, FaultKind] = {
    "expired_token": FaultKind("incident", "401 expired_token for the call", ":all"),
    "token_life": FaultKind("number", "an application's access tokens live n seconds", "60"),
    "overload": FaultKind(
        "incident", "503 OVERLOAD_LIMIT: the portal blocks this integration by hand", ":all"
    ),
    "rename_302": FaultKind("text", "the portal moved to this host: other hosts get 302", "localhost"),
    "error_with_200": FaultKind("incident", "an error body with HTTP 200 instead of doing the call", "1"),
    "error_500": FaultKind("incident", "500 INTERNAL_SERVER_ERROR instead of doing the call", "1"),
    "empty_code": FaultKind("incident", "400 with an empty error code instead of doing the call", "1"),
    "inner_error": FaultKind(
        "incident", "a command inside a batch fails with OPERATION_TIME_LIMIT, HTTP 200", "1"
    ),
    "inner_failure": FaultKind(
        "incident", "a command inside a batch fails with INTERNAL_SERVER_ERROR, HTTP 200", "1"
    ),
}
RIGHTS: dict[str, FaultKind] = {
    "no_rest": FaultKind("switch", "403 for every call: the plan includes no REST interface"),
    "refused_as": FaultKind("text", "every call is refused with this code of the table", "NO_AUTH_FOUND"),
    "scopes": FaultKind("text", "the webhook has only these scopes, separated by commas", "crm,user"),
    "no_method": FaultKind("text", "404: this edition lacks the method or pattern", "voximplant.*"),
    "plain_owner": FaultKind("switch", "the webhook's owner is no administrator"),
    "hidden_user": FaultKind("number", "user n is a bot: user.get never returns it", "3"),
    "no_right": FaultKind("text", "403 ACCESS_DENIED for the method or pattern", "voximplant.*"),
    "no_scope": FaultKind("text", "403 insufficient_scope for the method or pattern", "voximplant.*"),
    "no_stream": FaultKind(
        "text",
        "no method reads this entity: company contact deal lead activity requisite task call",
        "contact",
    ),
    "hidden_rows": FaultKind(
        "number", "every n-th company may not be read: absent in lists, denied in get", "10"
    ),
    "own_rows_only": FaultKind("number", "only companies, deals and leads of user n may be read", "3"),
}
LIMITS: dict[str, FaultKind] = {
    "operating_on_batch": FaultKind("switch", "working time is charged to `batch`, not to the inner methods"),
    "operating_reset_iso": FaultKind("switch", "operating_reset_at is a time in text, not a number"),
    "no_counters": FaultKind(
        "switch", "no operating figures in the time block, as on some self-hosted portals"
    ),
    "slow_command": FaultKind("timed", "a command takes n milliseconds more, also inside a batch", "*:500"),
    "slow_update": FaultKind(
        "number", "updates answer n milliseconds after the save: automation rules run", "3000"
    ),
}
DATA: dict[str, FaultKind] = {
    "clock_ahead": FaultKind("number", "the clock is n seconds ahead (only when it starts)", "7200"),
    "clock_behind": FaultKind("number", "the clock is n seconds behind (only when it starts)", "7200"),
    "leads": FaultKind("number", "the portal has n leads, in all statuses (only when it starts)", "25"),
    "naive_filter_only": FaultKind("switch", "time filters with an offset filter nothing, naive ones do"),
    "no_totals": FaultKind("switch", "lists have no total, as some methods have none"),
    "history_as_text": FaultKind("switch", "the stage history gives its numbers as text"),
    "garbage_rows": FaultKind(
        "number", "every n-th row has a zero date, no title, a word for a number", "10"
    ),
    "garbage_page": FaultKind(
        "incident", "every row of one page of a list is such a row", "crm.company.list:1"
    ),
    "delete_mid_pull": FaultKind(
        "number", "n companies are deleted right after the first page was taken", "10"
    ),
    "insert_mid_pull": FaultKind(
        "number", "n companies are inserted right after the first page was taken", "10"
    ),
    "change_mid_pull": FaultKind(
        "number", "the first n companies are changed right after the first page was taken", "10"
    ),
    "changed_back": FaultKind(
        "text",
        "an automation rule sets this field of a company back whenever it is saved",
        "UF_CRM_ABC_CLASS",
    ),
    "index_lag": FaultKind("number", "the search of tasks by tag does not see the last n seconds", "3"),
}
FAULTS: dict[str, FaultKind] = REFUSALS | RIGHTS | LIMITS | DATA
