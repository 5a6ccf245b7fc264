"""What each figure declares about itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence

import pandas as pd
from matplotlib import figure

from ..config.roles import Roles
from ..study.runs import Run
from .quantity import Quantity

Drawing = tuple[figure.Figure, pd.DataFrame]
"""A figure, and exactly the data that it shows."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the paper, or a table as a picture.

    `draw(scores, sizes, roles)` makes its `Drawing`; `sizes` are largest first. A panel whose runs
    a preset does not have says so, and a figure that shows nothing has empty data.
    """

    name: str
    """of its files"""
    title: str
    caption: str
    """what it shows, for the report"""
    roles: tuple[str, ...] = ()
    """those that it cannot do without"""
    quantities: Callable[[Roles, Sequence[str]], list[Quantity]]
    """what it shows, as far as it was measured, for roles and sizes"""
    draw: Callable[..., Drawing]
    is_timed: bool = False
    """whether `draw` takes seconds too, which differ from run to run: `records` of jobs"""

    def obstacle(
        self, roles: Roles, runs: Collection[Run], sizes: Sequence[str], asked: Collection[str]
    ) -> str:
        """Why a study cannot draw it; "" where it can. asked: the benchmarks, and `families`."""
        bound = roles.bound()
        for role in self.roles:
            if role not in bound:
                return f"role {role} is not bound"
        shown = [q.benchmark for q in self.quantities(roles, sizes) if q.exists(runs)]
        if not shown:
            return "the study has none of its runs"
        if not any(benchmark in asked for benchmark in shown):
            return f"the study asks nothing of {', '.join(dict.fromkeys(shown))}"
        return ""
