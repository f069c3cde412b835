"""How keys come to be, are rotated and revoked. Secrets and times are handed in; nothing is kept."""

from __future__ import annotations

from ..errors import KeyFileError
from . import signatures
from .roots import Certificate, Keys, Root, publication_id
from .states import DAY

# How long an online key counts; a clock that runs behind may see it a day before.
LIFETIME = 366 * DAY
_EARLY = DAY


def first(publication: str, roots: tuple[bytes, bytes], online: bytes, now: int, life: int = LIFETIME) -> Keys:
    """Two root keys, for two custodians; both sign, so that either is an anchor."""
    if not 0 < len(publication.encode()) < 256:
        raise KeyFileError("publication: it needs a name, of at most 255 bytes")
    root = Root(publication, 1, 1, now, tuple(signatures.public(secret) for secret in roots)).sign(*roots)
    return Keys((root,), _certificate(root, 1, online, roots[0], now, life))


def rotate(keys: Keys, root_secret: bytes, online: bytes, now: int, life: int = LIFETIME) -> Keys:
    """A new online key. The old one still counts until its time is over."""
    _must_hold(keys.root, root_secret)
    return Keys(keys.roots, _certificate(keys.root, keys.certificate.serial + 1, online, root_secret, now, life))


def revoke(keys: Keys, root_secret: bytes, online: bytes, now: int, life: int = LIFETIME) -> Keys:
    """A new online key; whatever an earlier one signed counts no longer."""
    return _succeed(keys, root_secret, keys.root.keys, online, now, life)


def replace_root(keys: Keys, root_secret: bytes, new: bytes, online: bytes, now: int, life: int = LIFETIME) -> Keys:
    """The key whose sheet is at hand stays, the other root key goes and `new` comes; the online key is revoked, too."""
    stays = _must_hold(keys.root, root_secret)
    return _succeed(keys, root_secret, (stays, signatures.public(new)), online, now, life)


def _succeed(keys: Keys, secret: bytes, members: tuple[bytes, ...], online: bytes, now: int, life: int) -> Keys:
    old, serial = keys.root, keys.certificate.serial + 1
    _must_hold(old, secret)
    root = Root(old.publication, old.version + 1, serial, max(now, old.issued), members).sign(secret)
    return Keys((*keys.roots, root), _certificate(root, serial, online, secret, now, life))


def _certificate(root: Root, serial: int, online: bytes, secret: bytes, now: int, life: int) -> Certificate:
    identity = publication_id(root.publication)
    key = signatures.public(online)
    return Certificate(identity, serial, max(0, now - _EARLY), now + life, key).sign(secret)


def _must_hold(root: Root, secret: bytes) -> bytes:
    key = signatures.public(secret)
    if key not in root.keys:
        raise KeyFileError("This sheet is of no root key that is in use.")
    return key
