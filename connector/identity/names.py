"""Brings names of firms and their internet domains to a form in which they can be compared."""

from __future__ import annotations

import polars as pl

_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        (
            *("a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s"),
            *("t", "u", "f", "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"),
        ),
        strict=True,
    )
)
"""One Latin spelling for each Cyrillic letter, so that «Ромашка» and Romashka meet."""

_LONG_FORMS = (
    *("общество с ограниченной ответственностью", "публичное акционерное общество"),
    *("закрытое акционерное общество", "открытое акционерное общество", "акционерное общество"),
    *("индивидуальный предприниматель",),
)
_SHORT_FORMS = (
    *("ooo", "ao", "zao", "oao", "pao", "ip", "nko", "fgup", "mup", "gup", "nao", "too", "ano"),
    *("llc", "ltd", "inc", "gmbh", "co", "corp", "jsc", "oy", "sa"),
)
"""Legal forms, which one CRM has before the name, the other behind it, the third not at all."""

PUBLIC = (
    *("mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru", "yandex.ru", "ya.ru", "yandex.com"),
    *("rambler.ru", "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "live.com", "yahoo.com"),
    *("icloud.com", "me.com", "protonmail.com", "proton.me", "narod.ru", "ukr.net", "vk.com", "t.me"),
    *("ok.ru", "instagram.com", "facebook.com", "youtube.com", "wa.me", "taplink.cc", "tilda.ws"),
)
"""Domains of mail services and social networks: whoever shares one shares nothing (algorithms 9, tier 4)."""


def normal_name(name: pl.Expr) -> pl.Expr:
    """Return the words of a firm's name in alphabetical order, without its legal form; null if none is left.

    `ООО «Ромашка-Плюс»` and `Плюс Ромашка, ООО` are both `plyus romashka`.
    """
    lower = name.str.to_lowercase().str.replace_many(list(_LONG_FORMS), [""] * len(_LONG_FORMS))
    latin = lower.str.replace_many(list(_LATIN), list(_LATIN.values()))
    words = latin.str.replace_all(r"[^\p{L}\p{N}]+", " ")
    own = words.str.replace_all(rf"\b(?:{'|'.join(_SHORT_FORMS)})\b", "")
    in_order = own.str.split(" ").list.sort().list.join(" ").str.strip_chars()
    return pl.when(in_order != "").then(in_order)


def mail_domain(email: pl.Expr) -> pl.Expr:
    """Return the firm's own domain of an e-mail address; null for a public one."""
    return _own(email.str.to_lowercase().str.extract(r"@([\w.-]+)$"))


def site_domain(site: pl.Expr) -> pl.Expr:
    """Return the host of a site without `www.`; null for one of a social network."""
    return _own(site.str.to_lowercase().str.extract(r"^\s*(?:\w+://)?(?:www\.)?([^/:?#\s]+\.[^/:?#\s]+)"))


def _own(domain: pl.Expr) -> pl.Expr:
    return pl.when(~domain.is_in(list(PUBLIC))).then(domain)
