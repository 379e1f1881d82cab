"""A certificate authority of the tests: certificates for any name, good ones and bad ones."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


def general_name(host: str) -> x509.GeneralName:
    """Return the host as a certificate names it."""
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Authority:
    """Signs certificates; its own is the file `path`."""

    def __init__(self, folder: Path, name: str = "Test root", organisation: str | None = None) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        parts += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)] if organisation else []
        self.name = x509.Name(parts)
        self.path = folder / "authority.pem"
        own = self._builder(self.name, self._key, datetime.now(UTC) + DAY)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        signed = own.sign(self._key, hashes.SHA256())
        self.path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def certificate(self, host: str, ends: datetime | None = None) -> x509.Certificate:
        """Return a certificate for the host and write it, with its key, beside the authority's own."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        builder = self._builder(subject, key, ends or datetime.now(UTC) + DAY)
        builder = builder.add_extension(x509.SubjectAlternativeName([general_name(host)]), critical=False)
        signed = builder.sign(self._key, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._file(host).write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
        return signed

    def server_side(self, host: str, ends: datetime | None = None) -> ssl.SSLContext:
        """Return what a server needs to be that host."""
        self.certificate(host, ends)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._file(host))
        return context

    def _file(self, host: str) -> Path:
        return self._folder / f"{host}.pem"

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, ends: datetime
    ) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        return builder.not_valid_before(ends - 10 * DAY).not_valid_after(ends)
