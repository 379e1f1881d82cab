"""Names and domains in the form in which they are compared."""

from __future__ import annotations

import polars as pl
import pytest

from connector.identity.names import mail_domain, normal_name, site_domain


def said(expression: pl.Expr) -> object:
    return pl.select(expression).item()


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("ООО «Ромашка»", "romashka"),
        ('Общество с ограниченной ответственностью "РОМАШКА"', "romashka"),
        ("Romashka, LLC", "romashka"),
        ("Плюс Ромашка, ООО", "plyus romashka"),
        ("АО Берёзка-2000", "2000 berezka"),
        ("ИП Щукин Ю. Я.", "schukin ya yu"),
        ("Аорта", "aorta"),
        ("ООО", None),
        ("  ", None),
        ("", None),
    ],
)
def test_a_firm_by_its_words(name: str, normal: str | None) -> None:
    assert said(normal_name(pl.lit(name))) == normal


@pytest.mark.parametrize(
    ("email", "domain"),
    [("Info@Romashka.RU", "romashka.ru"), ("zina@mail.ru", None), ("nobody", None), (None, None)],
)
def test_the_domain_of_an_address(email: str | None, domain: str | None) -> None:
    assert said(mail_domain(pl.lit(email, dtype=pl.String))) == domain


@pytest.mark.parametrize(
    ("site", "domain"),
    [
        ("https://www.Romashka.ru/about?x=1", "romashka.ru"),
        ("romashka.ru", "romashka.ru"),
        ("http://ромашка.рф:8080", "ромашка.рф"),
        ("https://vk.com/romashka", None),
        ("нет", None),
        (None, None),
    ],
)
def test_the_host_of_a_site(site: str | None, domain: str | None) -> None:
    assert said(site_domain(pl.lit(site, dtype=pl.String))) == domain
