"""The folder `keys`: what everybody may know of the keys, and the online key that signs. Never a root key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..bundles import signatures
from ..bundles.roots import Certificate, Keys, read_keys
from ..errors import BadBundle, KeyFileError
from . import files

DAY = 86_400
WARNING = 30 * DAY


@dataclass(frozen=True, slots=True)
class Signer:
    """What signs heads: the online key's secret and its certificate. `public` is the file that readers get."""

    secret: bytes
    certificate: Certificate
    public: bytes

    @property
    def key_id(self) -> bytes:
        return signatures.key_id(self.certificate.key)

    def __repr__(self) -> str:
        return f"Signer(serial={self.certificate.serial})"


class Keyring:
    """`folder` is the data folder's `keys`, or a copy of it on a custodian's computer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._public = folder / "public.keys"

    def exists(self) -> bool:
        return self._public.is_file()

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the keys do."""
        try:
            found = self._public.stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)

    def keys(self) -> Keys:
        try:
            return read_keys(self._public.read_bytes())
        except FileNotFoundError:
            raise KeyFileError(f"{self.folder}: there are no keys; make them with: lightkeeper keys init") from None
        except (OSError, BadBundle) as error:
            raise KeyFileError(f"{self._public}: cannot be read: {error}") from error

    def signer(self, now: int) -> Signer:
        """Raises `KeyFileError` where the online key is missing, has expired, or is not the certificate's."""
        keys = self.keys()
        path = self._online(keys)
        try:
            secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
            matches = signatures.public(secret) == keys.certificate.key
        except (OSError, ValueError, BadBundle) as error:
            raise KeyFileError(f"{path}: the online key cannot be read: {error}") from error
        if not matches:
            raise KeyFileError(f"{path}: this is not the key that the certificate names")
        if now > keys.certificate.not_after:
            raise KeyFileError(warning(keys.certificate, now))
        return Signer(secret, keys.certificate, keys.write())

    def write(self, keys: Keys, online: bytes) -> None:
        """The key first, then what names it: at any instruction in between, the old pair works on."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write(self._online(keys), f"{online.hex()}\n".encode(), mode=0o600)
        files.sync(self.folder)
        files.write(self._public, keys.write())
        files.sync(self.folder)
        for path in self.folder.glob("online-*.key"):
            if path != self._online(keys):
                path.unlink()

    def _online(self, keys: Keys) -> Path:
        return self.folder / f"online-{keys.certificate.serial}.key"


def warning(certificate: Certificate, now: int) -> str:
    """What to tell the operator about the certificate's end, "" where it is far."""
    left = certificate.not_after - now
    if left <= 0:
        return "the online key has expired: nothing is published until lightkeeper keys rotate"
    if left < WARNING:
        return f"the online key expires in {left // DAY} days: lightkeeper keys rotate, with a root key's sheet"
    return ""
