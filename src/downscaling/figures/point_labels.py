"""Labels beside points, none over another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

NAME_SIZE = 7.5
NEAR = 12.0
"""Points of distance within which a name needs no line to its point."""


def label_points(
    figure: Figure,
    axes: Axes,
    across: list[float],
    up: list[float],
    names: list[str],
    avoid: Sequence[tuple[float, float]] = (),
) -> None:
    """Write each name beside its point, at the first of a ring of places that is still free: of
    other points and names, of the legend, and of the places to avoid."""
    figure.draw_without_rendering()
    inside = axes.get_window_extent()
    spots = axes.transData.transform(np.column_stack([across, up]))
    held = [*zip(across, up, strict=True), *avoid]
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in axes.transData.transform(held)]
    legend = axes.get_legend()
    if legend is not None:
        taken.append(legend.get_window_extent())
    pixels = figure.dpi / 72
    leader = {"arrowstyle": "-", "color": "#777777", "linewidth": 0.6, "shrinkB": 5}
    ring = [
        (radius * math.cos(angle), radius * math.sin(angle))
        for radius in (9.0, 15.0, 22.0, 30.0, 40.0, 52.0)
        for angle in np.linspace(0.25 * math.pi, 2.25 * math.pi, 16, endpoint=False)
    ]
    for x, y, spot, name in zip(across, up, spots, names, strict=True):
        words = axes.text(x, y, name, fontsize=NAME_SIZE)
        size = words.get_window_extent()
        words.remove()

        def box(offset: tuple[float, float], spot: np.ndarray = spot, size: Bbox = size) -> Bbox:
            left = spot[0] + offset[0] * pixels - size.width * _ANCHOR[_side(offset[0])]
            low = spot[1] + offset[1] * pixels - size.height / 2
            return Bbox.from_bounds(left, low, size.width, size.height).padded(1.5)

        def cost(offset: tuple[float, float]) -> float:
            area = box(offset)
            outside = area.width * area.height - _overlap(area, inside)
            return outside + sum(_overlap(area, other) for other in taken)

        free = (place for place in ring if cost(place) < 1e-6)
        offset = next(free, None) or min(ring, key=lambda place: round(cost(place), 3))
        taken.append(box(offset))
        note = axes.annotate(
            name,
            (x, y),
            xytext=offset,
            textcoords="offset points",
            fontsize=NAME_SIZE,
            ha=_side(offset[0]),
            va="center",
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5},
            arrowprops=leader if math.hypot(*offset) > NEAR else None,
        )
        note.set_in_layout(False)


_ANCHOR = {"left": 0.0, "center": 0.5, "right": 1.0}


def _side(right: float) -> Literal["left", "center", "right"]:
    """How a name is aligned that stands so far to the right of its point."""
    return "left" if right > 1 else "right" if right < -1 else "center"


def _overlap(one: Bbox, other: Bbox) -> float:
    both = Bbox.intersection(one, other)
    return 0.0 if both is None else float(both.width * both.height)
