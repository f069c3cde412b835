"""Request to decision: what is known of a link, and which edition it gets. Pure functions of values."""

from .decide import Decision, decide
from .receipt import Verdict
from .signals import Edition, Signals, read

__all__ = ["Decision", "Edition", "Signals", "Verdict", "decide", "read"]
