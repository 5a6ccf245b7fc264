"""Figure A4: LLaVA-OneVision as the perception module, read by Qwen2."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.roles import Roles
from ..results.scores import Scores
from . import both_modules
from .figure import Drawing, Figure
from .numbers import Numbers
from .quantity import Quantity

REASONING = "Reasoning downscaled, Qwen2 7B \N{RIGHTWARDS ARROW} 0.5B"


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """The reasoner goes from the larger Qwen2 to the smaller."""
    reading = roles.step("qwen2")
    reasoners = (reading.large, reading.small)
    return both_modules.quantities(roles.step("llava-onevision"), reasoners, REASONING)


def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """The panels of both modules."""
    return both_modules.draw(Numbers(scores, roles).table(quantities(roles, sizes)))


FIGURE = Figure(
    name="figure-a4",
    title="Figure A4: LLaVA-OneVision sees, Qwen2 reasons",
    caption=(
        "The same with Qwen2 as the reasoning module, the language model that LLaVA-OneVision was "
        "built on."
    ),
    roles=("llava-onevision", "qwen2"),
    quantities=quantities,
    draw=draw,
)
