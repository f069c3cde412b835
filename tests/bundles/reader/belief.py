"""Whom this reader believes: the sections "Pinning" and "Accepting" of the document."""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from . import layout


class Unbelievable(Exception):
    """Well-formed, and refused."""


class Last(NamedTuple):
    sequence: int
    issued: int
    list_hash: bytes
    serial: int
    root_key: bytes


class Verdict(NamedTuple):
    head: layout.Head
    expired: bool
    age: int
    forgotten: bool


class Memory:
    """A root, and the last head of each bundle."""

    def __init__(self, root: layout.Root) -> None:
        self.root = root
        self.last: dict[str, Last] = {}

    def accept(self, keys: bytes, head: bytes, name: str, time: int) -> Verdict:
        roots, certificate = layout.keys(keys)
        root = self._newest(roots)
        check(_certified(root, certificate.serial, certificate.root_key), "revoked or foreign")
        check(certificate.publication == _short(root.publication), "another publication's certificate")
        check(_signed(root.keys[certificate.root_key], certificate.signature, certificate.signed), "certificate")
        check(layout.head_key(head) == hashlib.sha256(certificate.key).digest()[:8], "another key")
        check(_signed(certificate.key, head[-64:], head[:-64]), "head")
        told, length = layout.head(head)
        if length != len(head):
            raise layout.Malformed("goes on behind its end")
        check(told.publication == _short(root.publication), "another publication's head")
        check(told.name == name, "another bundle")
        check(certificate.not_before <= told.issued <= certificate.not_after, "issued out of time")
        last = {each: what for each, what in self.last.items() if _certified(root, what.serial, what.root_key)}
        forgotten = name in self.last and name not in last
        if name in last:
            known = last[name]
            check((told.sequence, told.issued) >= (known.sequence, known.issued), "back in time")
            check(told.sequence > known.sequence or told.list_hash == known.list_hash, "two lists of one number")
        last[name] = Last(told.sequence, told.issued, told.list_hash, certificate.serial, certificate.root_key)
        self.root, self.last = root, last
        here = max(time, told.issued)
        return Verdict(told, here > min(told.expires, certificate.not_after), here - told.issued, forgotten)

    def _newest(self, roots: list[layout.Root]) -> layout.Root:
        if [each.version - roots[0].version for each in roots] != list(range(len(roots))):
            raise layout.Malformed("versions")
        mine = [each for each in roots if each.version == self.root.version]
        check(bool(mine), "old keys, or a gap")
        check(mine[0].signed == self.root.signed, "another root")
        root = self.root
        for each in roots:
            if each.version > root.version:
                check(each.publication == root.publication and each.floor >= root.floor, "an odd successor")
                check(_signed_by(each, each.keys) and _signed_by(each, root.keys), "no successor")
                root = each
        return root


def pinned(keys: bytes) -> Memory:
    """From the publisher's own address, over HTTPS."""
    root = layout.keys(keys)[0][-1]
    check(_signed_by(root, root.keys), "root")
    return Memory(root)


def told(keys: bytes, fingerprint: str) -> Memory:
    """By somebody who read a fingerprint aloud."""
    for root in reversed(layout.keys(keys)[0]):
        for identity, key in root.keys.items():
            written = base64.b32encode(hashlib.sha256(key).digest()[:20]).decode()
            if written == fingerprint.replace("-", "") and _signed_by(root, {identity: key}):
                return Memory(root)
    raise Unbelievable("no such root key")


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Unbelievable(what)


def _certified(root: layout.Root, serial: int, root_key: bytes) -> bool:
    return serial >= root.floor and root_key in root.keys


def _signed_by(root: layout.Root, keys: dict[bytes, bytes]) -> bool:
    return any(identity in keys and _signed(keys[identity], mark, root.signed) for identity, mark in root.signatures)


def _signed(key: bytes, signature: bytes, message: bytes) -> bool:
    der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key).verify(der, message, ec.ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return len(signature) == 64


def _short(publication: str) -> bytes:
    return hashlib.sha256(publication.encode()).digest()[:16]
