"""The faults only a 1C publication has; those of the wire stand in `connector.sandbox.wire`."""

from __future__ import annotations

from connector.sandbox.faults import FaultKind

PUBLICATION: dict[str, FaultKind] = {
    "configuration": FaultKind(
        "text", "which configuration is published: ut11 unf3 crm3 bp3 (only when it starts)", "ut11"
    ),
    "composite": FaultKind(
        "text",
        "these references are composite in this release: SET.FIELD,... (only when it starts)",
        "Catalog_Партнеры.ОсновнойМенеджер",
    ),
    "big_metadata": FaultKind("number", "$metadata describes n more catalogues (8000 = about 15 MB)", "8000"),
    "empty_composition": FaultKind("switch", "no object is ticked in the composition of the interface"),
    "unpublished": FaultKind("text", "these sets or patterns are not in the composition", "Document_Встреча"),
}
SERVER: dict[str, FaultKind] = {
    "pool_down": FaultKind("switch", "IIS answers 503: the application pool is stopped"),
    "basic_off": FaultKind("switch", "IIS answers 401: Basic authentication is switched off"),
    "not_published": FaultKind("switch", "IIS answers 404: nothing is published at the address"),
    "patch_forbidden": FaultKind("switch", "IIS answers PATCH, PUT and DELETE with an HTML 405 itself"),
    "delete_forbidden": FaultKind("switch", "IIS answers DELETE alone with an HTML 405 itself"),
    "long_queries": FaultKind("switch", "IIS lets queries of more than 2,048 bytes through"),
    "base_locked": FaultKind("switch", "503: sessions are forbidden, a backup is being made"),
    "base_updating": FaultKind("switch", "503: the structure of the base is being updated"),
    "no_licence": FaultKind("incident", "500: no free licence for the call", "1"),
    "licences": FaultKind("number", "only n calls at a time find a licence", "2"),
    "slow_first": FaultKind(
        "number", "the first call after 20 idle minutes takes n milliseconds more", "30000"
    ),
    "error_500": FaultKind("incident", "500 with an HTML page of the application server", "1"),
    "disk_full": FaultKind(
        "number", "an answer of more than n bytes fills the server's disk: 500", "1000000"
    ),
    "small_memory": FaultKind(
        "number", "a register of more than n recorders cannot be read without a window", "100"
    ),
    "wrong_charset": FaultKind("switch", "the header says windows-1251, the body is UTF-8 as always"),
}
RIGHTS: dict[str, FaultKind] = {
    "password": FaultKind("text", "the user's password is this one", "changed"),
    "no_odata": FaultKind("switch", "403: the user may not use the interface"),
    "no_right": FaultKind(
        "text", "401 with code 20: the user may not read the set or pattern", "Catalog_Партнеры"
    ),
    "no_write": FaultKind(
        "text", "401 with code 20: the user may not write the set or pattern", "Catalog_Партнеры"
    ),
    "hidden_rows": FaultKind("number", "row-level security closes every n-th client", "10"),
    "own_rows_only": FaultKind("number", "row-level security leaves only what the n-th employee owns", "3"),
}
QUERIES: dict[str, FaultKind] = {
    "strict_composite": FaultKind(
        "switch", "a plain key beside a composite field is a 500, not an empty set"
    ),
    "wrong_field_is_empty": FaultKind(
        "switch", "a filter by an unknown field finds nothing, without an error"
    ),
    "deletion_filter_lies": FaultKind(
        "text", "`DeletionMark eq false` filters nothing in the set", "Catalog_Партнеры"
    ),
    "count_pulls_all": FaultKind(
        "switch", "with $inlinecount the page is not cut: $top and $skip are ignored"
    ),
    "deep_skip": FaultKind(
        "number", "a page takes n milliseconds more per 1,000 rows that $skip passes over", "500"
    ),
    "no_period": FaultKind(
        "number", "turnovers and balances without a period take n milliseconds more", "24600"
    ),
    "no_count": FaultKind("switch", "/$count is not served"),
}
WRITING: dict[str, FaultKind] = {
    "if_match": FaultKind(
        "switch", "If-Match is honoured with 412, as the documentation says; live bases ignore it"
    ),
    "rowversion": FaultKind(
        "switch", "DataVersion counts the writes of the whole base (only when it starts)"
    ),
    "own_keys": FaultKind("switch", "a new object gets a key of the server's, whatever the client chose"),
    "refused_write": FaultKind(
        "incident", "500 code -1: a handler of the configuration refuses the write", ":all"
    ),
    "change_ban": FaultKind("text", "500 code -1 for documents dated before the day", "2026-09-01"),
    "changed_back": FaultKind(
        "text", "a handler sets this field back whenever a record is saved", "ОсновнойМенеджер"
    ),
}
DATA: dict[str, FaultKind] = {
    "many_counterparties": FaultKind(
        "number", "every n-th client has three counterparties (only when it starts)", "10"
    ),
    "fat_order": FaultKind(
        "number", "the first order has n lines, 12000 = about 5 MB (only when it starts)", "12000"
    ),
    "no_phone_digits": FaultKind(
        "switch", "phones have no digits apart, only what was typed (only when it starts)"
    ),
    "garbage_rows": FaultKind("number", "every n-th client has a manager nobody knows and no name", "10"),
    "delete_mid_pull": FaultKind(
        "number", "n clients are deleted right after the first page was taken", "10"
    ),
    "insert_mid_pull": FaultKind(
        "number", "n clients are inserted right after the first page was taken", "10"
    ),
    "change_mid_pull": FaultKind(
        "number", "the first n clients change right after the first page was taken", "10"
    ),
    "clock_ahead": FaultKind("number", "the clock is n seconds ahead (only when it starts)", "7200"),
    "clock_behind": FaultKind("number", "the clock is n seconds behind (only when it starts)", "7200"),
}
FAULTS: dict[str, FaultKind] = PUBLICATION | SERVER | RIGHTS | QUERIES | WRITING | DATA
