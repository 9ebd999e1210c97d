"""A mistake, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from anyws.inspection.sources import Source


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that can't be meant so, and what to write instead."""

    problem: str
    remedy: str
    source: Source | None

    def __str__(self) -> str:
        place = "" if self.source is None else f"{self.source}: "
        return f"{place}{self.problem}: {self.remedy}"
