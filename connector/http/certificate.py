"""Reads who issued a certificate from its bytes, which Python does not tell of one that is not trusted."""

from __future__ import annotations

from collections.abc import Iterator

_VERSION = 0xA0
_WIDE_TEXT = 0x1E
_NAMES = (b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x0b")
"""OIDs of a common name, an organisation and a unit in it (RFC 5280, appendix A)."""
UNKNOWN = "an authority without a name"


def issuer(certificate: bytes) -> str:
    """Return the issuer's common name, with its organisation, of an X.509 certificate in DER (RFC 5280, 4.1).

    Of a certificate that cannot be read the issuer has no name.
    """
    try:
        ((_, whole),) = _parts(certificate)
        (_, signed), *_ = _parts(whole)
        fields = [content for tag, content in _parts(signed) if tag != _VERSION]
        named = dict(_attributes(fields[2]))
    except (IndexError, ValueError):
        return UNKNOWN
    known = list(dict.fromkeys(named[oid] for oid in _NAMES if oid in named))
    return f"{known[0]} ({known[1]})" if len(known) > 1 else "".join(known) or UNKNOWN


def _attributes(name: bytes) -> Iterator[tuple[bytes, str]]:
    """Yield kind and text of each part of a name: a sequence of sets of pairs."""
    for _, one in _parts(name):
        for _, pair in _parts(one):
            (_, kind), (tag, value) = _parts(pair)
            yield kind, value.decode("utf-16-be" if tag == _WIDE_TEXT else "utf-8", "replace")


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element; ValueError where one is cut short (X.690, 8.1)."""
    at = 0
    while at < len(content):
        tag, length, at = content[at], content[at + 1], at + 2
        if length & 0x80:
            width = length & 0x7F
            length, at = int.from_bytes(content[at : at + width], "big"), at + width
        if at + length > len(content):
            raise ValueError("an element is longer than what holds it")
        yield tag, content[at : at + length]
        at += length
