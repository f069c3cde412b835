"""An authority of the lab's own, and a certificate by it; how browsers are told, and what a handshake weighs."""

from __future__ import annotations

import base64
import contextlib
import datetime
import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

_LIFE = datetime.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Certificate:
    """`pin` is the key's SHA-256, in the words of Chromium's command line."""

    authority: Path
    chain: Path
    key: Path
    pin: str


def issue(folder: Path, *hosts: str) -> Certificate:
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _name("Lightkeeper lab")
    root = (
        _builder(authority, authority, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, SHA256())
    )
    leaf = (
        _builder(_name(hosts[0]), authority, key)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .sign(authority_key, SHA256())
    )
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    made = Certificate(
        folder / "authority.pem",
        folder / "site.pem",
        folder / "site.key",
        base64.b64encode(hashlib.sha256(public).digest()).decode(),
    )
    made.authority.write_bytes(root.public_bytes(Encoding.PEM))
    made.chain.write_bytes(leaf.public_bytes(Encoding.PEM))
    made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LIFE)
        .not_valid_after(now + _LIFE)
    )


def handshake_bytes(certificate: Certificate, host: str) -> int:
    """What the server says in a TLS handshake with this certificate."""
    served, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    served.load_cert_chain(certificate.chain, certificate.key)
    trusting.load_verify_locations(certificate.authority)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = served.wrap_bio(to_server, to_client, server_side=True)
    client = trusting.wrap_bio(to_client, to_server, server_hostname=host)
    said = 0
    for side in (client, server, client, server):
        before = to_client.pending
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
        if side is server:
            said += to_client.pending - before
    return said
