"""Documents as `$metadata` has them, as large as one likes."""

from __future__ import annotations

from collections.abc import Iterator

HEAD = (
    b'<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>'
    b'<Schema xmlns="http://schemas.microsoft.com/ado/2009/11/edm" Namespace="StandardODATA">'
)
TAIL = b"</Schema></edmx:DataServices></edmx:Edmx>"
LARGE = 15_000_000


def filler(number: int) -> bytes:
    """Return one catalogue of 24 columns, as a large configuration has thousands of them."""
    columns = "".join(
        f'<Property Name="Реквизит{place}" Type="Edm.String" Nullable="true"/>' for place in range(24)
    )
    name = f"Catalog_ПрочийСправочник{number}"
    return (
        f'<EntityType Name="{name}" OpenType="true"><Key><PropertyRef Name="Ref_Key"/></Key>'
        f'<Property Name="Ref_Key" Type="Edm.Guid" Nullable="false"/>{columns}</EntityType>'
        f'<Association Name="{name}_Родитель"><End Role="Begin" Type="StandardODATA.{name}"/>'
        f'<End Role="End" Type="StandardODATA.{name}"/></Association>'
    ).encode()


def streamed(size: int) -> Iterator[bytes]:
    """Yield a document of that many bytes without ever holding it."""
    yield HEAD
    sent = number = 0
    while sent < size:
        number += 1
        piece = filler(number)
        sent += len(piece)
        yield piece
    yield TAIL
