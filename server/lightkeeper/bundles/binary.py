"""Reading and writing numbers and texts in bytes, big-endian, with every length checked before it is used."""

from __future__ import annotations

from ..errors import BadBundle


class Cursor:
    """Reads `data` from its start. Raises `BadBundle` where it ends too early."""

    def __init__(self, data: bytes, what: str) -> None:
        self._data, self._what, self.at = data, what, 0

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self._data):
            raise BadBundle(f"This {self._what} is cut short.")
        piece, self.at = self._data[self.at : end], end
        return piece

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def magic(self, expected: bytes) -> None:
        if self.take(len(expected)) != expected:
            raise BadBundle(f"This is no {self._what} that can be read here.")

    def text(self, width: int = 1) -> str:
        try:
            return self.take(self.number(width)).decode()
        except UnicodeDecodeError as error:
            raise BadBundle(f"A text in this {self._what} is not UTF-8.") from error

    def end(self) -> None:
        if self.at != len(self._data):
            raise BadBundle(f"There is something behind the end of this {self._what}.")


def number(value: int, width: int) -> bytes:
    """Raises `BadBundle` for what does not fit."""
    try:
        return value.to_bytes(width, "big")
    except OverflowError as error:
        raise BadBundle(f"{value} does not fit into {width} bytes.") from error


def text(value: str, width: int = 1) -> bytes:
    data = value.encode()
    return number(len(data), width) + data
