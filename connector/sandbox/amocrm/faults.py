"""The faults only an amoCRM account has (fact sheet, section 11); the wire's are in `connector.sandbox.wire`.

Incidents name calls as `leads.list`, `companies.get`, `tasks.add`, `leads.update`, `companies.notes.list`,
`events.list`, `account.get`, `oauth.token`; patterns such as `*.notes.list` work.
"""

from __future__ import annotations

from connector.sandbox.faults import FaultKind

ACCESS: dict[str, FaultKind] = {
    "expired_token": FaultKind("incident", "401 for the call, whatever the token", ":all"),
    "token_life": FaultKind("number", "access tokens live n seconds", "60"),
    "grace": FaultKind("switch", "a spent refresh token works until the pair it gave is first used"),
    "revoked": FaultKind("switch", "every token is revoked: 401 for calls and for refreshes"),
    "unpaid": FaultKind("switch", "402 for every call: the account is not paid for"),
    "renamed": FaultKind(
        "text", "the account moved to this host: others get 401, also on refresh", "localhost"
    ),
    "rename_302": FaultKind("text", "the account moved to this host: others get 302", "localhost"),
    "token_user": FaultKind("number", "the token is that of user n, who may be no administrator", "3"),
    "view_rights": FaultKind(
        "text", "what the token's user sees, by entity: A all, G group, M own, D none", "companies:M"
    ),
    "no_users": FaultKind("switch", "403 for users and roles, as for whoever is no administrator"),
}
LIMITS: dict[str, FaultKind] = {
    "too_many": FaultKind("incident", "429 for the call", "1"),
    "html_429": FaultKind("switch", "429 is an HTML page without a word on when to come back"),
    "retry_after": FaultKind("number", "after a 429 the door stays shut n seconds, told in the body", "300"),
    "block_after": FaultKind(
        "number", "after n times 429 everything is 403 HTML until the act `unblock`", "10"
    ),
    "blocked": FaultKind("switch", "403 HTML for every call, the token endpoint too"),
    "busy_account": FaultKind(
        "number", "other integrations take n of the account's 50 requests a second", "48"
    ),
}
PAGES: dict[str, FaultKind] = {
    "filter_off": FaultKind(
        "switch", "filters of companies, contacts and leads do nothing, as the flag says"
    ),
    "filter_lies": FaultKind("switch", "the same, while the account's flag says that they work"),
    "always_next": FaultKind("switch", "lists of cards have always a next page, if only an empty one"),
    "missing_next": FaultKind("incident", "a page has no next although more follow", ":all"),
    "false_next": FaultKind("incident", "the next page's address lacks filter and order", ":all"),
    "empty_200": FaultKind("switch", "an empty page is 200 with an empty list, not 204"),
    "early_204": FaultKind("incident", "a page after the first is 204 although there are rows", "1"),
    "short_pages": FaultKind("number", "pages hold at most n rows, whatever limit they echo", "100"),
    "delete_mid_pull": FaultKind("number", "n cards are deleted right after the first page was taken", "10"),
    "insert_mid_pull": FaultKind("number", "n cards are added right after the first page was taken", "10"),
    "change_mid_pull": FaultKind("number", "n cards are changed right after the first page was taken", "10"),
}
WRITES: dict[str, FaultKind] = {
    "applied_504": FaultKind("incident", "a write is applied, and answered with HTML 504", "1"),
    "batch_504": FaultKind(
        "number", "of larger batches only the first n items are applied, then HTML 504", "50"
    ),
    "partial_400": FaultKind("switch", "of a batch with mistakes the good items are applied all the same"),
    "reversed_answers": FaultKind("switch", "answers list the items of a batch from last to first"),
    "changed_back": FaultKind(
        "text", "a rule sets this field of a card back: responsible_user_id or a field's name", "ABC_CLASS"
    ),
}
DATA: dict[str, FaultKind] = {
    "clock_ahead": FaultKind("number", "the clock is n seconds ahead (only when it starts)", "7200"),
    "clock_behind": FaultKind("number", "the clock is n seconds behind (only when it starts)", "7200"),
    "legacy_enum": FaultKind("switch", "values have the old key `enum`, not `enum_code`"),
    "whole_prices": FaultKind("switch", "prices have no kopecks, nor the key for them (only when it starts)"),
    "inn_as_text": FaultKind("switch", "the INN stands in a text field (only when it starts)"),
    "no_reasons": FaultKind("number", "every n-th lost lead has no reason (only when it starts)", "2"),
    "zero_reasons": FaultKind("switch", "leads without a reason have the reason 0, not null"),
    "deleted_reason": FaultKind("number", "reason n is deleted: off the list, but still on leads", "1"),
    "archived_pipeline": FaultKind("number", "pipeline n is archived: off the list, its leads are not", "2"),
    "deleted_user": FaultKind("number", "user n is deleted: off the list, but still on cards", "4"),
    "php_arrays": FaultKind("switch", "empty objects come as empty arrays, as PHP writes them"),
    "garbage_rows": FaultKind("number", "every n-th row has a null name, time 0, a word for a number", "10"),
}
FAULTS: dict[str, FaultKind] = ACCESS | LIMITS | PAGES | WRITES | DATA
