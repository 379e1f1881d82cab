"""Our own connectors keep the contract that authors' connectors keep: one line a plugin, offline."""

from __future__ import annotations

from connector.plugins.amocrm import AmoCrm
from connector.plugins.bitrix24 import Bitrix24
from connector.sandbox.amocrm.oauth import LONG_LIVED
from connector.testing import contract_suite

from .vendor import AmoCrmCrm, BitrixCrm

WEBHOOK = {"webhook_url": "https://portal.example/rest/1/sandbox0code/", "rate": "off"}
OWN_FIELDS = {
    "flags": {"key_account": "UF_CRM_KEY_CLIENT"},
    "fields": {"abc_class": "UF_CRM_ABC_CLASS"},
}
TOKEN = {"url": "https://account.example", "token": LONG_LIVED, "rate": "off"}
OWN_FIELDS_OF_AMO = {
    "flags": {"key_account": "Ключевой клиент"},
    "fields": {"abc_class": "ABC_CLASS"},
}
SAMPLES = {
    "set_field": {"field": "abc_class", "new": "A"},
    "set_flag": {"flag": "key_account", "new": True},
    "clear_flag": {"flag": "key_account"},
}
NEVER_EMPTY = "an account has its administrator at least; tests/plugins read lists that are empty"
BATCHED = "it asks all lists in one batch, into which no fault by address reaches; its own tests take rights"
SHARED = "each list of amoCRM's is read for others too; tests/plugins/amocrm take away rights one by one"

TestBitrix24 = contract_suite(
    Bitrix24, config={**WEBHOOK, **OWN_FIELDS}, crm=BitrixCrm, samples=SAMPLES,
    skip={"an_empty_account_is_no_failure": NEVER_EMPTY, "doctor_names_the_missing_right": BATCHED},
)  # fmt: skip
TestAmoCrm = contract_suite(
    AmoCrm, config={**TOKEN, **OWN_FIELDS_OF_AMO}, crm=AmoCrmCrm, samples=SAMPLES,
    skip={
        "an_empty_account_is_no_failure": NEVER_EMPTY,
        "one_forbidden_list_stops_no_other": SHARED,
        "doctor_names_the_missing_right": SHARED,
        "the_raw_row_is_kept": "a period of ownership is no row of its own: the company keeps it",
    },
)  # fmt: skip
