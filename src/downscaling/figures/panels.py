"""Figures of a panel a benchmark, and legends above all panels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .labels import BENCHMARKS
from .panel import NAMES, PUBLISHED, REFERENCE, accuracies, line, no_runs, over_sizes
from .style import Look

SPREAD = 0.07
"""Between the points of two series at one size, so that their intervals do not overlap."""


def with_rows(data: pd.DataFrame) -> list[str]:
    """The benchmarks that a figure's data have a panel of: a study may leave one out."""
    return [benchmark for benchmark in BENCHMARKS if (data["panel"] == benchmark).any()]


def by_benchmark(
    figure: Figure, data: pd.DataFrame, *, needs: str, up: str = "", sharey: bool = True
) -> Iterator[tuple[Axes, str, pd.DataFrame]]:
    """A panel a benchmark that has rows, side by side, with its name: its axes, the benchmark and
    its rows. Where none has rows, one panel says what it needs. `up` names the vertical axis, on
    the left panel alone."""
    shown = with_rows(data)
    if not shown:
        no_runs(figure.subplots(), needs)
        return
    grid = figure.subplots(1, len(shown), sharey=sharey, squeeze=False)[0]
    for axes, benchmark in zip(grid, shown, strict=True):
        rows = data[data["panel"] == benchmark]
        axes.set_title(BENCHMARKS[benchmark], loc="left")
        if up and axes.get_subplotspec().is_first_col():
            axes.set_ylabel(up)
        yield axes, benchmark, rows


def over_sizes_by_benchmark(
    figure: Figure,
    data: pd.DataFrame,
    sizes: Sequence[str],
    series: dict[str, Look],
    *,
    across: str,
    up: str,
    needs: str,
) -> None:
    """A panel a benchmark, each with a line of accuracies a series over the sizes."""
    for axes, benchmark, rows in by_benchmark(figure, data, needs=needs, up=up):
        places = over_sizes(axes, sizes, across)
        for index, (name, look) in enumerate(series.items()):
            shift = SPREAD * (index - (len(series) - 1) / 2)
            line(axes, rows, benchmark, name, places=places, look=look, shift=shift)
        accuracies(axes)
    shared_legend(figure)


def legend_entries(panels: Sequence[Axes]) -> dict[str, Artist]:
    """What a legend shows of some panels: one handle a name; those of the reference, then published
    values last."""
    handles: dict[str, Artist] = {}
    for axes in panels:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(name, handle)
    for name in (REFERENCE, PUBLISHED):
        if name in handles:
            handles[name] = handles.pop(name)
    return handles


def shows(figure: Figure, mark: str) -> bool:
    """Whether a figure shows what a mark stands for, as a drawing or in words."""
    words = (text.get_text() for axes in figure.axes for text in axes.texts)
    return NAMES[mark] in legend_entries(figure.axes) or any(mark in told for told in words)


def shared_legend(
    figure: Figure, series: Sequence[str] | None = None, title: str | None = None
) -> None:
    """One legend above all panels, for the named series in their order or for every one, as far as
    they were drawn, in as few rows as the figure is wide enough for."""
    handles = legend_entries(figure.axes)
    if series is not None:
        named = (*series, REFERENCE, PUBLISHED)
        handles = {name: handles[name] for name in named if name in handles}
    for columns in range(len(handles), 0, -1):
        legend = figure.legend(
            list(handles.values()),
            list(handles),
            loc="outside upper center",
            ncols=columns,
            title=title,
        )
        if columns == 1 or legend.get_window_extent().width <= figure.bbox.width:
            break
        legend.remove()
