"""What a reader believes, and when: the root it pinned, and the newest state of each bundle that it has seen.

*Rule 1.* A root is followed by the next one if a key of the old one and a key of the new one signed it.
*Rule 2.* A certificate counts if a key of the newest root signed it, and its serial is at least that root's floor.
*Rule 3.* A head counts if the certificate's key signed it, for this publication and this name, within its time.
*Rule 4.* A bundle never goes back: neither in sequence, nor at one sequence in time; one sequence has one list.
*Rule 5.* What was remembered on the word of a certificate that counts no longer is forgotten.
*Rule 6.* The time is never before the last `issued`; what has expired is shown with its age, and not hidden.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ..errors import BadBundle, Refused
from . import signatures
from .heads import Head, read_head, signed_part, split_manifest
from .lists import Listing, digest, read_list
from .roots import Certificate, Keys, Root, publication_id, read_keys


@dataclass(frozen=True, slots=True)
class Known:
    """The newest state of one bundle that was accepted, and on whose word."""

    sequence: int
    issued: int
    digest: bytes
    serial: int
    root_key: bytes


@dataclass(frozen=True, slots=True)
class Trust:
    """What a reader remembers."""

    root: Root
    known: Mapping[str, Known] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Accepted:
    """A head that is believed. `expired` where it says so, or its certificate; `age` is in seconds.

    With `recovered`, what was held of this bundle came on the word of a key that was revoked since: what the new list
    does not name must go, saved or not.
    """

    trust: Trust
    head: Head
    expired: bool
    age: int
    recovered: bool


def pin(keys: bytes) -> Trust:
    """The first install: whatever root the publisher's own HTTPS address tells. Raises `BadBundle`, `Refused`."""
    told = read_keys(keys)
    _own_word(told.root)
    return Trust(replace(told.root, signatures=()))


def anchor(keys: bytes, fingerprint: str) -> Trust:
    """The root that the key with this fingerprint signed: for whoever was told a root key, and nothing else."""
    wanted = "".join(fingerprint.split("-")).upper()
    for root in reversed(read_keys(keys).roots):
        for key in root.keys:
            if fingerprint_of(key).replace("-", "") == wanted and root.signed_by((key,)):
                return Trust(replace(root, signatures=()))
    raise Refused(
        "foreign", "These keys come from somebody else: the root key with this fingerprint did not sign them."
    )


def fingerprint_of(key: bytes) -> str:
    """What two people compare by voice: 32 letters and digits in eights, 160 bits of the key's SHA-256."""
    letters = base64.b32encode(hashlib.sha256(key).digest()[:20]).decode()
    return "-".join(letters[at : at + 4] for at in range(0, 32, 4))


def accept(trust: Trust, keys: bytes, head: bytes, name: str, now: int) -> Accepted:
    """Whether a head of the bundle `name` is to be believed, and what is remembered from then on.

    Raises `BadBundle` for bytes that are no keys or no head, `Refused` for all that is not to be believed.
    """
    told = read_keys(keys)
    root = _follow(trust.root, told)
    certificate = _certificate(root, told)
    read = _head(root, certificate, head, name)
    kept = {bundle: known for bundle, known in trust.known.items() if _counts(root, known.serial, known.root_key)}
    _not_back(kept.get(name), read)
    here = max(now, read.issued)
    return Accepted(
        Trust(root, MappingProxyType({**kept, name: _remembered(read, certificate)})),
        read,
        expired=here > min(read.expires, certificate.not_after),
        age=here - read.issued,
        recovered=name in trust.known and name not in kept,
    )


def open_list(head: Head, data: bytes) -> Listing:
    """The list that an accepted head names. Raises `Refused` for any other."""
    if len(data) != head.size or digest(data) != head.digest:
        raise Refused("altered", "This list is not the one that was signed.")
    return read_list(data)


def open_manifest(trust: Trust, keys: bytes, data: bytes, name: str, now: int) -> tuple[Accepted, Listing]:
    """`accept` and `open_list` on a head with its list behind it."""
    head, listed = split_manifest(data)
    accepted = accept(trust, keys, head, name, now)
    return accepted, open_list(accepted.head, listed)


def _own_word(root: Root) -> None:
    if not root.signed_by(root.keys):
        raise Refused("altered", "This root was not signed by a key of its own.")


def _follow(root: Root, told: Keys) -> Root:
    """Rule 1."""
    versions = [each.version for each in told.roots]
    if versions != list(range(versions[0], versions[0] + len(versions))):
        raise BadBundle("The roots of this key file are out of order.")
    if versions[-1] < root.version:
        raise Refused("old-keys", "These keys are older than those that are known here.")
    if versions[0] > root.version:
        raise Refused("gap", "These keys do not tell how they came from those that are known here.")
    same, *later = told.roots[root.version - versions[0] :]
    if same.signed != root.signed:
        raise Refused("foreign", "These keys come from somebody else.")
    for each in later:
        if each.publication != root.publication or each.floor < root.floor:
            raise Refused("foreign", "A root changes its publication, or revives what was revoked.")
        _own_word(each)
        if not each.signed_by(root.keys):
            raise Refused("foreign", "A root was not signed by its predecessor.")
        root = replace(each, signatures=())
    return root


def _certificate(root: Root, told: Keys) -> Certificate:
    """Rule 2."""
    certificate = told.certificate
    if certificate.publication != publication_id(root.publication):
        raise Refused("foreign", "This certificate is another publication's.")
    key = root.key(certificate.root_key)
    if key is None or not _counts(root, certificate.serial, certificate.root_key):
        raise Refused("revoked", "This certificate was revoked.")
    if not signatures.holds(key, certificate.signature, certificate.signed):
        raise Refused("altered", "This certificate was not signed by the root.")
    return certificate


def _counts(root: Root, serial: int, root_key: bytes) -> bool:
    return serial >= root.floor and root.key(root_key) is not None


def _head(root: Root, certificate: Certificate, data: bytes, name: str) -> Head:
    """Rule 3. The signature is checked before anything else is read."""
    identity, message, signature = signed_part(data)
    if identity != signatures.key_id(certificate.key):
        raise Refused("other-key", "This head was signed with a key that the certificate does not name.")
    if not signatures.holds(certificate.key, signature, message):
        raise Refused("altered", "This head is not as it was signed.")
    head = read_head(data)
    if head.publication != publication_id(root.publication):
        raise Refused("foreign", "This head is another publication's.")
    if head.name != name:
        raise Refused("other-bundle", "This head is another bundle's.")
    if not certificate.not_before <= head.issued <= certificate.not_after:
        raise Refused("out-of-time", "This head was issued when its key did not count.")
    return head


def _not_back(known: Known | None, head: Head) -> None:
    """Rule 4."""
    if known is None:
        return
    if (head.sequence, head.issued) < (known.sequence, known.issued):
        raise Refused("rollback", "This state is older than the one that is known here.")
    if head.sequence == known.sequence and head.digest != known.digest:
        raise Refused("fork", "This state differs from the one of the same number that is known here.")


def _remembered(head: Head, certificate: Certificate) -> Known:
    return Known(head.sequence, head.issued, head.digest, certificate.serial, certificate.root_key)
