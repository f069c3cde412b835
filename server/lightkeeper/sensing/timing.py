"""What a page said of its own load: five numbers of Navigation and Paint Timing, and the pace that they show.

Pure values. A page that was answered from a cache says nothing; what does not parse was not said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# At most 44 bytes, in a beacon that may have 200.
LONGEST = 200
_NUMBERS = re.compile(r"(\d{1,7}),(\d{1,7}),(\d{1,7}),(\d{1,7}),(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Timing:
    """`connect` is how long connecting took, 0 on a kept connection; the others count from the beginning of the
    navigation, all in seconds. `paint` is that of the first content; 0 where there was none. `size`: bytes of HTML with
    headers, as they were transferred."""

    connect: float
    first: float
    last: float
    paint: float
    size: int

    @property
    def painted(self) -> bool:
        return self.paint > 0

    @property
    def took(self) -> float:
        """Seconds on the link until something could be read, else until the HTML was there: less the origin's own."""
        return 2 * self.connect + (self.paint if self.painted else self.last) - self.first


def read_timing(body: bytes) -> Timing | None:
    """From a beacon's body: connect, first byte, last byte, first paint in milliseconds; bytes."""
    found = _NUMBERS.fullmatch(body.decode("latin-1"))
    if not found:
        return None
    connect, first, last, paint, size = map(int, found.groups())
    if not (connect <= first <= last and (paint == 0 or first <= paint) and size > 0):
        return None
    return Timing(connect / 1000, first / 1000, last / 1000, paint / 1000, size)
