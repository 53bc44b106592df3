"""The authority that signs the servers' certificates, as Amazon's does for Aurora."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class Authority:
    """A certificate authority; its files lie in one folder and are made by the first who asks.

    Args:
        folder: Holds `ca.pem`, which clients trust, and `ca.key`.
    """

    folder: Path

    @property
    def certificate(self) -> Path:
        """What clients trust, in PEM."""
        return self.folder / "ca.pem"

    def create(self) -> None:
        """Make the authority, unless it is there."""
        if self.certificate.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Understudy sandbox CA")
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            _builder(name, name, key.public_key(), datetime.now(timezone.utc) + _LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
        )
        _write_key(self._key, key)
        self.certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, folder: Path, names: list[str], *, until: datetime | None = None) -> None:
        """Sign a server's certificate and write it with its key.

        Args:
            folder: Gets `server.pem` and `server.key`.
            names: Host names and addresses that the certificate is for; the first is its common name.
            until: When it expires; a year from now when left out.
        """
        self.create()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = serialization.load_pem_private_key(self._key.read_bytes(), None)
        issuer = x509.load_pem_x509_certificate(self.certificate.read_bytes()).subject
        key = ec.generate_private_key(ec.SECP256R1())
        until = until or datetime.now(timezone.utc) + _LIFETIME
        builder = (
            _builder(_name(names[0]), issuer, key.public_key(), until)
            .add_extension(x509.SubjectAlternativeName([_alternative(each) for each in names]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        assert isinstance(own, ec.EllipticCurvePrivateKey)  # noqa: S101 - `create` made no other
        _write_key(folder / "server.key", key)
        (folder / "server.pem").write_bytes(builder.sign(own, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    @property
    def _key(self) -> Path:
        return self.folder / "ca.key"


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(until, datetime.now(timezone.utc)) - timedelta(days=1))
        .not_valid_after(until)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
