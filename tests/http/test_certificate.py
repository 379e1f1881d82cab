"""The issuer is read from a certificate as a library writes it, and from rubbish without an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from authority import Authority
from cryptography.hazmat.primitives.serialization import Encoding

from connector.http.certificate import UNKNOWN, issuer


@pytest.mark.parametrize(
    ("name", "organisation", "said"),
    [
        ("Office proxy CA", None, "Office proxy CA"),
        ("Office proxy CA", "ООО «Ромашка»", "Office proxy CA (ООО «Ромашка»)"),
        ("A" * 64, "B" * 64, f"{'A' * 64} ({'B' * 64})"),
        ("Twice", "Twice", "Twice"),
    ],
)
def test_the_issuer_is_its_name_and_organisation(
    tmp_path: Path, name: str, organisation: str | None, said: str
) -> None:
    signed = Authority(tmp_path, name, organisation).certificate("portal.example")
    assert issuer(signed.public_bytes(Encoding.DER)) == said


def test_what_is_no_certificate_has_no_issuer(tmp_path: Path) -> None:
    whole = Authority(tmp_path).certificate("portal.example").public_bytes(Encoding.DER)
    assert issuer(b"") == UNKNOWN
    assert issuer(b"<html>") == UNKNOWN
    for end in range(0, len(whole) - 1, 7):
        assert issuer(whole[:end]) == UNKNOWN
    for place in range(0, len(whole), 5):
        assert isinstance(issuer(whole[:place] + b"\xff" + whole[place + 1 :]), str)
