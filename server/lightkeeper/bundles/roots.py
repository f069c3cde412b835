"""Who may sign: the root, its successors, and the certificate of the online key. How each is written and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import BadBundle
from . import signatures
from .binary import Cursor, number, text
from .signatures import ID, KEY, P256, SIGNATURE

MOST_ROOTS, MOST_KEYS = 200, 8


def publication_id(publication: str) -> bytes:
    return hashlib.sha256(publication.encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class Root:
    """One version of the root: any of `keys` may sign certificates whose serial is at least `floor`, and the next root.

    `signatures` are (key id, signature) over `signed`.
    """

    publication: str
    version: int
    floor: int
    issued: int
    keys: tuple[bytes, ...]
    signatures: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def signed(self) -> bytes:
        head = b"LKr1" + number(self.version, 4) + number(self.floor, 4) + number(self.issued, 5)
        keys = b"".join(bytes([P256]) + key for key in self.keys)
        return head + text(self.publication) + number(len(self.keys), 1) + keys

    def key(self, identity: bytes) -> bytes | None:
        return next((key for key in self.keys if signatures.key_id(key) == identity), None)

    def signed_by(self, keys: Iterable[bytes]) -> bool:
        """Whether one of `keys` signed this root."""
        known = {signatures.key_id(key): key for key in keys}
        message = self.signed
        return any(
            signatures.holds(known[identity], signature, message)
            for identity, signature in self.signatures
            if identity in known
        )

    def sign(self, *secrets: bytes) -> Root:
        message, made = self.signed, []
        for secret in secrets:
            made.append((signatures.key_id(signatures.public(secret)), signatures.sign(secret, message)))
        return Root(self.publication, self.version, self.floor, self.issued, self.keys, tuple(made))

    def write(self) -> bytes:
        marks = b"".join(identity + signature for identity, signature in self.signatures)
        return self.signed + number(len(self.signatures), 1) + marks


@dataclass(frozen=True, slots=True)
class Certificate:
    """A root's word that `key` may sign heads that are issued from `not_before` to `not_after`."""

    publication: bytes
    serial: int
    not_before: int
    not_after: int
    key: bytes
    root_key: bytes = bytes(ID)
    signature: bytes = bytes(SIGNATURE)

    @property
    def signed(self) -> bytes:
        head = b"LKc1" + bytes([P256]) + self.publication + number(self.serial, 4)
        return head + number(self.not_before, 5) + number(self.not_after, 5) + bytes([P256]) + self.key + self.root_key

    def sign(self, secret: bytes) -> Certificate:
        identity = signatures.key_id(signatures.public(secret))
        given = (self.publication, self.serial, self.not_before, self.not_after, self.key, identity)
        return Certificate(*given, signatures.sign(secret, Certificate(*given).signed))

    def write(self) -> bytes:
        return self.signed + self.signature


@dataclass(frozen=True, slots=True)
class Keys:
    """The file `keys`: every root from the first one on, as far as it is told, and the certificate in use."""

    roots: tuple[Root, ...]
    certificate: Certificate

    @property
    def root(self) -> Root:
        return self.roots[-1]

    def write(self) -> bytes:
        roots = b"".join(number(len(data), 2) + data for data in (root.write() for root in self.roots))
        certificate = self.certificate.write()
        return b"LKk1" + number(len(self.roots), 1) + roots + number(len(certificate), 2) + certificate


def read_keys(data: bytes) -> Keys:
    """Raises `BadBundle` for what is no such file. Nothing is believed yet: see `trust`."""
    cursor = Cursor(data, "key file")
    cursor.magic(b"LKk1")
    count = cursor.number(1)
    if not 0 < count <= MOST_ROOTS:
        raise BadBundle("This key file holds no root, or too many.")
    roots = tuple(_root(cursor.take(cursor.number(2))) for _ in range(count))
    certificate = _certificate(cursor.take(cursor.number(2)))
    cursor.end()
    return Keys(roots, certificate)


def _root(data: bytes) -> Root:
    cursor = Cursor(data, "root")
    cursor.magic(b"LKr1")
    version, floor, issued = cursor.number(4), cursor.number(4), cursor.number(5)
    publication, count = cursor.text(), cursor.number(1)
    if not 0 < count <= MOST_KEYS:
        raise BadBundle("This root has no key, or too many.")
    keys = tuple(_key(cursor) for _ in range(count))
    marks = tuple((cursor.take(ID), cursor.take(SIGNATURE)) for _ in range(cursor.number(1)))
    cursor.end()
    return Root(publication, version, floor, issued, keys, marks)


def _certificate(data: bytes) -> Certificate:
    cursor = Cursor(data, "certificate")
    cursor.magic(b"LKc1")
    _known_algorithm(cursor)
    publication, serial = cursor.take(16), cursor.number(4)
    not_before, not_after, key = cursor.number(5), cursor.number(5), _key(cursor)
    root_key, signature = cursor.take(ID), cursor.take(SIGNATURE)
    cursor.end()
    return Certificate(publication, serial, not_before, not_after, key, root_key, signature)


def _key(cursor: Cursor) -> bytes:
    _known_algorithm(cursor)
    return cursor.take(KEY)


def _known_algorithm(cursor: Cursor) -> None:
    if cursor.number(1) != P256:
        raise BadBundle("This is signed in a way that cannot be checked here.")
