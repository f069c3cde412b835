"""One finding: how it stands with something, what was seen, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["OK", "WARN", "FAIL"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` is a sentence, "" where nothing is to be done."""

    level: Level
    subject: str
    seen: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.level:<4}  {self.subject:<8}  {self.seen}"
        return f"{line}\n{'':16}-> {self.advice}" if self.advice else line


def ok(subject: str, seen: str) -> Finding:
    return Finding("OK", subject, seen)


def warn(subject: str, seen: str, advice: str) -> Finding:
    return Finding("WARN", subject, seen, advice)


def fail(subject: str, seen: str, advice: str) -> Finding:
    return Finding("FAIL", subject, seen, advice)
