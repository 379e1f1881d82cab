"""GET /account: the settings of the account, with the parts `with` asks for."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID
from connector.sandbox.amocrm.entities.tasks import NAMES

UUID = "824f3a59-6154-4edf-ba90-0b5593715d07"
DRIVE = "https://drive-b.amocrm.ru"
FORMS = ("dative", "default", "genitive", "accusative", "instrumental", "prepositional")


def get(call: Call) -> dict[str, Any]:
    """Return the account."""
    account = call.account
    shown = {
        "id": ACCOUNT_ID,
        "name": "Песочница",
        "subdomain": call.request.headers.get("host", "").partition(".")[0].partition(":")[0],
        "created_at": account.started,
        "created_by": 1,
        "updated_at": account.started,
        "updated_by": 1,
        "current_user_id": account.sight.user,
        "country": "RU",
        "currency": "RUB",
        "currency_symbol": "₽",
        "customers_mode": "disabled",
        "is_unsorted_on": True,
        "is_loss_reason_enabled": True,
        "is_helpbot_enabled": False,
        "is_technical_account": False,
        "contact_name_display_order": 1,
    }
    shown |= {name: value for name, value in optional(call).items() if name in call.wanted}
    shown["_links"] = {"self": {"href": f"{call.base}/account"}}
    parts = {name: value for name, value in embedded(call).items() if name in call.wanted}
    return shown | ({"_embedded": parts} if parts else {})


def optional(call: Call) -> dict[str, Any]:
    """Return the plain values that have to be asked for."""
    return {
        "amojo_id": UUID,
        "uuid": UUID,
        "version": 16,
        "drive_url": DRIVE,
        "is_api_filter_enabled": not call.account.faults.on("filter_off"),
    }


def embedded(call: Call) -> dict[str, Any]:
    """Return the parts that have to be asked for."""
    account = call.account
    groups = [{"id": number, "name": name, "uuid": None} for name, number in account.users.groups.items()]
    types = [
        {"id": number, "name": name, "color": None, "icon_id": None, "code": code}
        for number, (name, code) in NAMES.items()
    ]
    return {
        "amojo_rights": {"can_direct": True, "can_create_groups": True},
        "users_groups": groups,
        "task_types": types,
        "entity_names": {"leads": lead_names()},
        "datetime_settings": times(call),
    }


def lead_names() -> dict[str, Any]:
    """Return how this account calls its leads, in three languages."""
    words = dict.fromkeys(FORMS, "сделка")
    others = {"en": ("lead", "leads"), "es": ("acuerdo", "acuerdos")}
    return {
        "ru": {"gender": "f", "plural_form": words, "singular_form": words},
        **{
            language: {"gender": "m", "plural_form": {"default": many}, "singular_form": {"default": one}}
            for language, (one, many) in others.items()
        },
    }


def times(call: Call) -> dict[str, Any]:
    """Return the account's zone and how it writes times."""
    account = call.account
    offset = account.clock.now().astimezone(account.zone).strftime("%z")
    return {
        "date_pattern": "d.m.Y H:i",
        "short_date_pattern": "d.m.Y",
        "short_time_pattern": "H:i",
        "date_formant": "d.m.Y",
        "time_format": "H:i:s",
        "timezone": account.zone_name,
        "timezone_offset": f"{offset[:3]}:{offset[3:]}",
    }
