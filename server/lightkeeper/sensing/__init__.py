"""Request to decision: what is known of a link, and which edition it gets. Pure functions of values."""

from .decide import Decision, Explanation, asked, decide, explain, slow, wish
from .flow import Flow, rate
from .link import LinkEstimate, Measure, Prediction, tells
from .loading import Loaded, Loading
from .receipt import Verdict
from .relayed import Line, Relayed
from .signals import Edition, Hints, Signals, hints, read
from .weight import Weights

__all__ = [
    "Decision",
    "Edition",
    "Explanation",
    "Flow",
    "Hints",
    "Line",
    "LinkEstimate",
    "Loaded",
    "Loading",
    "Measure",
    "Prediction",
    "Relayed",
    "Signals",
    "Verdict",
    "Weights",
    "asked",
    "decide",
    "explain",
    "hints",
    "rate",
    "read",
    "slow",
    "tells",
    "wish",
]
