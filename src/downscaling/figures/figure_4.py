"""Figure 4: captioning-tuned perception with the largest reasoner against end-to-end baselines."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, style
from .figure import Drawing, Figure
from .numbers import Numbers
from .panels import over_sizes_by_benchmark
from .quantity import Quantity
from .runs import end_to_end, plain
from .text import small_print

WHOLE = "End-to-end baseline"
DECOUPLED = "Decoupled baseline"
CAPTIONING = "Decoupled, captioning"
SERIES = {WHOLE: style.BASELINE, DECOUPLED: style.DECOUPLED, CAPTIONING: style.CAPTIONING}


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """A benchmark's average at each size: the end-to-end baseline of that size, and perception of
    that size, instruction-tuned or captioning-tuned, read by the largest reasoner."""
    baseline = {size: roles.module("baseline", size) for size in sizes}
    caption = {size: roles.module("caption", size) for size in sizes}
    runs = {
        WHOLE: {size: end_to_end(baseline[size]) for size in sizes},
        DECOUPLED: {size: plain(baseline[size], sizes[0]) for size in sizes},
        CAPTIONING: {size: plain(caption[size], sizes[0]) for size in sizes},
    }
    return [
        Quantity.average(benchmark, series, size, runs[series][size])
        for benchmark in labels.BENCHMARKS
        for series in SERIES
        for size in sizes
    ]


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """A panel a benchmark, a line a method, over the size of what looks at the image."""
    data = Numbers(scores, roles).table(quantities(roles, sizes))
    figure = style.canvas(8.4, 3.9)
    over_sizes_by_benchmark(
        figure,
        data,
        sizes,
        SERIES,
        across="Size of the perception module or end-to-end model",
        up="Accuracy, average over categories (%)",
        needs="captioning-tuned perception with the largest reasoner",
    )
    small_print(figure, data, f"Reasoning module of the decoupled runs: {sizes[0]}, plain")
    return figure, data


FIGURE = Figure(
    name="figure-4",
    title="Figure 4: captioning",
    caption=(
        "A perception module that was tuned on captions, read by the largest reasoning module, "
        "beside the end-to-end model of the same size."
    ),
    roles=("baseline", "caption"),
    quantities=quantities,
    draw=draw,
)
