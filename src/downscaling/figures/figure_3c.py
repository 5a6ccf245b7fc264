"""Figure 3c: accuracy over sizes as perception, reasoning, or both are downscaled."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, style
from .figure import Drawing, Figure
from .numbers import Numbers
from .panels import over_sizes_by_benchmark
from .quantity import Quantity
from .runs import plain
from .text import small_print

PERCEPTION = "Perception downscaled"
REASONING = "Reasoning downscaled"
BOTH = "Both downscaled"
SERIES = {PERCEPTION: style.PERCEPTION, REASONING: style.REASONING, BOTH: style.BOTH}


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """A benchmark's average at each size of the module that shrinks, the other kept at the
    largest size; and with both modules at that size."""
    largest = sizes[0]
    modules = {size: roles.module("baseline", size) for size in sizes}
    runs = {
        PERCEPTION: {size: plain(modules[size], largest) for size in sizes},
        REASONING: {size: plain(modules[largest], size) for size in sizes},
        BOTH: {size: plain(modules[size], size) for size in sizes},
    }
    return [
        Quantity.average(benchmark, series, size, runs[series][size])
        for benchmark in labels.BENCHMARKS
        for series in SERIES
        for size in sizes
    ]


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """A panel a benchmark, a line for each module that shrinks."""
    data = Numbers(scores, roles).table(quantities(roles, sizes))
    figure = style.canvas(8.4, 3.9)
    over_sizes_by_benchmark(
        figure,
        data,
        sizes,
        SERIES,
        across="Size of the downscaled module",
        up="Accuracy, average over categories (%)",
        needs="decoupled answers of instruction-tuned perception",
    )
    small_print(figure, data, f"Where one module shrinks, the other stays at {sizes[0]}")
    return figure, data


FIGURE = Figure(
    name="figure-3c",
    title="Figure 3c: which module pays, size by size",
    caption=(
        "Accuracy as the perception module shrinks, as the reasoning module does, the other at the "
        "largest size, and as both do together."
    ),
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
