"""Figure A3: LLaVA-OneVision as the perception module, read by the study's own reasoners."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.roles import Roles
from ..results.scores import Scores
from . import both_modules, labels
from .figure import Drawing, Figure
from .numbers import Numbers
from .quantity import Quantity


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """The reasoner goes from the study's largest size to its smallest."""
    reasoning = f"Reasoning downscaled, Qwen3 {labels.step(sizes)}"
    return both_modules.quantities(roles.step("llava-onevision"), sizes, reasoning)


def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """The panels of both modules."""
    return both_modules.draw(Numbers(scores, roles).table(quantities(roles, sizes)))


FIGURE = Figure(
    name="figure-a3",
    title="Figure A3: LLaVA-OneVision sees",
    caption=(
        "What downscaling costs, category by category, with LLaVA-OneVision as the perception "
        "module and the study's own reasoners."
    ),
    roles=("llava-onevision",),
    quantities=quantities,
    draw=draw,
)
