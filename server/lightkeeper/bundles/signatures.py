"""ECDSA over P-256 with SHA-256, as WebCrypto has it: raw keys of 65 bytes, signatures r‖s of 64 bytes."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..errors import BadBundle

P256 = 1  # the algorithm byte; others may come
KEY, SIGNATURE, SECRET, ID = 65, 64, 32, 8
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def public(secret: bytes) -> bytes:
    """The public key of a secret of 32 bytes. Raises `BadBundle` for a number that is none."""
    return _private(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:ID]


def sign(secret: bytes, message: bytes) -> bytes:
    """The same message gives the same signature (RFC 6979): what is unchanged keeps its bytes."""
    r, s = decode_dss_signature(_private(secret).sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is `key`'s under `message`. A key that is no point of the curve holds nothing."""
    if len(signature) != SIGNATURE or len(key) != KEY:
        return False
    pair = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        point.verify(pair, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def is_secret(secret: bytes) -> bool:
    return len(secret) == SECRET and 0 < int.from_bytes(secret, "big") < _ORDER


def _private(secret: bytes) -> ec.EllipticCurvePrivateKey:
    if not is_secret(secret):
        raise BadBundle("This is no secret key.")
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())
