"""Which vendors have a stand-in; another one is added by one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connector.errors import ConfigError
from connector.sandbox.amocrm.faults import FAULTS as AMOCRM_FAULTS
from connector.sandbox.amocrm.standin import AmoCrm
from connector.sandbox.bitrix24.faults import FAULTS as BITRIX24_FAULTS
from connector.sandbox.bitrix24.standin import Bitrix24
from connector.sandbox.company.tables import Company
from connector.sandbox.exchange import StandIn
from connector.sandbox.faults import FaultKind, Faults
from connector.sandbox.onec.faults import FAULTS as ONEC_FAULTS
from connector.sandbox.onec.standin import OneC
from connector.sandbox.options import Options
from connector.sandbox.wire import WIRE_FAULTS


@dataclass(frozen=True)
class Vendor:
    """How to build one vendor's stand-in, and the faults only it has."""

    build: Callable[[Company, Options, Faults], StandIn]
    faults: Mapping[str, FaultKind]


VENDORS: dict[str, Vendor] = {
    "amocrm": Vendor(AmoCrm, AMOCRM_FAULTS),
    "bitrix24": Vendor(Bitrix24, BITRIX24_FAULTS),
    "onec": Vendor(OneC, ONEC_FAULTS),
}


def vendor_named(name: str) -> Vendor:
    """Return the vendor; ConfigError if it has no stand-in."""
    if name not in VENDORS:
        raise ConfigError(f"no stand-in for {name!r}", hint=f"one of: {', '.join(sorted(VENDORS))}")
    return VENDORS[name]


def list_faults(name: str) -> dict[str, str]:
    """Return fault -> one line: what it does and the form of its value."""
    kinds = WIRE_FAULTS | dict(vendor_named(name).faults)
    return {fault: f"{kind.description} [{form(kind)}]" for fault, kind in sorted(kinds.items())}


def form(kind: FaultKind) -> str:
    """Write the form of a fault's value and what a missing one means."""
    forms = {
        "switch": "no value",
        "number": "N",
        "text": "TEXT",
        "timed": "[PATTERN:]N",
        "incident": "[PATTERN][:COUNT][@NTH]",
    }
    default = f", default {kind.default.removeprefix(':')}" if kind.default else ""
    return forms[kind.sort] + default


def build(name: str, company: Company, options: Options) -> StandIn:
    """Make a vendor's stand-in; ConfigError for an unknown vendor or fault."""
    vendor = vendor_named(name)
    return vendor.build(company, options, Faults(WIRE_FAULTS | dict(vendor.faults), options.faults))
