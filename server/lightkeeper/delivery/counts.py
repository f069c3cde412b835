"""What this process decided, counted by edition and reason, in Prometheus' text format. Holds nothing about readers."""

from __future__ import annotations

from collections import Counter

from ..sensing import Decision

_HEAD = """\
# HELP lightkeeper_navigations_total Navigations by the edition that was decided, the reason, and the mode.
# TYPE lightkeeper_navigations_total counter
"""


class Counts:
    """One per process. In `mode="observe"` a decision was counted and not carried out."""

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self._decided: Counter[tuple[str, str]] = Counter()

    def decided(self, decision: Decision) -> None:
        self._decided[decision.edition, decision.reason] += 1

    def failed(self) -> None:
        """The origin failed, and no edition of the page was at hand."""
        self._decided["none", "origin-failed"] += 1

    def text(self) -> str:
        """Reasons are tokens of ours, so that no label needs quoting."""
        return _HEAD + "".join(
            f'lightkeeper_navigations_total{{edition="{edition}",reason="{reason}",mode="{self._mode}"}} {count}\n'
            for (edition, reason), count in sorted(self._decided.items())
        )
