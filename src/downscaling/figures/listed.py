"""All figures, in the paper's order, and which of them a study draws."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..config.roles import Roles
from ..study.runs import Run
from . import (
    figure_2_left,
    figure_2_right,
    figure_3b,
    figure_3c,
    figure_4,
    figure_5,
    figure_6,
    figure_a1,
    figure_a2,
    figure_a3,
    figure_a4,
    figure_a8,
    figure_a9,
    overview,
    table_2_picture,
    table_a1,
)
from .figure import Figure

FIGURES = {
    module.FIGURE.name: module.FIGURE
    for module in (
        overview,
        figure_2_left,
        figure_2_right,
        figure_3b,
        figure_3c,
        figure_4,
        figure_5,
        figure_6,
        table_2_picture,
        figure_a1,
        figure_a2,
        figure_a3,
        figure_a4,
        figure_a8,
        figure_a9,
        table_a1,
    )
}
"""By name; the study in one picture before those of the paper."""


def drawn(
    roles: Roles, runs: Collection[Run], sizes: Sequence[str], asked: Collection[str]
) -> list[Figure]:
    """The figures that a study draws: those whose roles are bound and of which some number is
    measured. `runs` are the study's, `sizes` largest first, `asked` the benchmarks that they are
    asked, and `families`."""
    return [f for f in FIGURES.values() if not f.obstacle(roles, runs, sizes, asked)]


def left_out(
    roles: Roles, runs: Collection[Run], sizes: Sequence[str], asked: Collection[str]
) -> list[str]:
    """One line for each other figure, which says why it is not drawn."""
    obstacles = ((f.name, f.obstacle(roles, runs, sizes, asked)) for f in FIGURES.values())
    return [f"{name}: left out, {obstacle}" for name, obstacle in obstacles if obstacle]
