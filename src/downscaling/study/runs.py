"""What one evaluation is called."""

from __future__ import annotations

from dataclasses import dataclass

from ..config.generation import Mode

GOLD = "gold"
END_TO_END = "end-to-end"
FAMILIES = "families"
"""The benchmark that all families make up, end to end."""


@dataclass(frozen=True, order=True)
class Run:
    """One evaluation. `reasoning` is a size and `mode` plain or think; or, where one model does
    both, "end-to-end" and image or blind."""

    perception: str
    reasoning: str
    mode: str

    def listed(self) -> list[str]:
        """The run as the scores name it: perception, reasoning, mode."""
        return [self.perception, self.reasoning, self.mode]


@dataclass(frozen=True)
class ReasoningJob:
    """The decoupled runs of one entry of the configuration that share a reasoning module and a
    mode: one load of the reasoner serves them all."""

    name: str
    reasoning: str
    mode: Mode
    perceptions: tuple[str, ...]


@dataclass(frozen=True)
class AnswerSet:
    """The answers of a run with one seed to one benchmark; or, of a run whose reasoning and mode
    are "", the descriptions of its perception module."""

    run: Run
    seed: str
    benchmark: str
