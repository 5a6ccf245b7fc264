"""Every figure: what it shows is what its data says, byte for byte the same each time."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text

from downscaling.config.roles import Roles
from downscaling.figures import style
from downscaling.figures.listed import FIGURES as ALL
from downscaling.figures.panel import NAMES, PUBLISHED, REFERENCE
from downscaling.figures.panels import shared_legend
from downscaling.figures.saving import save
from downscaling.records.rows import SpreadRow
from downscaling.results.reference_trainings import ReferenceTrainings
from downscaling.results.scores import Scores
from downscaling.results.spread import difference_key, score_key
from downscaling.study.runs import Run

FIGURES = {name: figure for name, figure in ALL.items() if not figure.is_timed}

LABELLED = {"Gain"}
"""Series that figure 5 prints as text below its bars instead of drawing."""

PRINTED = ("figure-a2", "table-2", "table-a1")
"""Figures whose numbers are text."""

ACCURACIES = {
    "overview": [2],
    "figure-3c": [0, 1],
    "figure-4": [0, 1],
    "figure-5": [0, 1],
    "figure-6": [0, 1],
    "figure-a1": list(range(15)),
}
"""The axes with accuracies of each figure that has some."""

Load = Callable[..., Scores]
Drawn = dict[str, tuple[Figure, pd.DataFrame, pd.DataFrame]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("figures")


@pytest.fixture(scope="module")
def drawn(loaded: Scores, roles: Roles, folder: Path) -> Drawn:
    """Every figure with the data it returned and the data in its file."""
    result = {}
    for name, declared in FIGURES.items():
        figure, data = declared.draw(loaded, ["8B", "4B", "1.7B", "0.6B"], roles)
        save(name, figure, data, *(folder / f"{name}.{kind}" for kind in ("png", "svg", "csv")))
        result[name] = (figure, data, pd.read_csv(folder / f"{name}.csv", dtype={"item": str}))
    return result


@pytest.fixture
def elsewhere(
    load: Load,
    scores: pd.DataFrame,
    differences: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> Scores:
    """The same tables with their rows in another order, read where matplotlib is set otherwise."""
    monkeypatch.setitem(matplotlib.rcParams, "font.size", 17.0)
    monkeypatch.setitem(matplotlib.rcParams, "lines.linewidth", 9.0)
    shuffled = scores.sample(frac=1, random_state=3), differences.sample(frac=1, random_state=4)
    return load(*shuffled)


@pytest.fixture(scope="module")
def beside_a_reference(loaded: Scores, roles: Roles) -> dict[str, tuple[Figure, pd.DataFrame]]:
    """Every figure of a study whose reference of five trainings lies .03 higher in all
    numbers, as far as numbers go."""
    means = {}
    for row in loaded.rows:
        run = Run(row.perception, row.reasoning, row.mode)
        key = score_key(run, row.benchmark, row.category, row.metric, row.parser)
        means[key] = min(1.0, row.value + 0.03)
    for one in loaded.difference_rows:
        key = difference_key(one.comparison, one.benchmark, one.category, loaded.parser)
        means[key] = min(1.0, one.value + 0.03)
    rows = {key: SpreadRow(*key, 5, mean, 0.02, 0.01) for key, mean in means.items()}
    scores = dataclasses.replace(loaded, reference=ReferenceTrainings("robust", rows))
    sizes = ["8B", "4B", "1.7B", "0.6B"]
    return {name: declared.draw(scores, sizes, roles) for name, declared in FIGURES.items()}


def test_the_reference_stands_beside_what_it_is_the_mean_of(
    beside_a_reference: dict[str, tuple[Figure, pd.DataFrame]],
) -> None:
    """Catches a reference's mean at another point, or an interval over seeds of another width: of
    five trainings it reaches 2.776 standard errors either way, to 1 at most."""
    for name, (_, data) in beside_a_reference.items():
        own = data[data["interval"].isin(["of one accuracy", "paired over questions"])]
        np.testing.assert_allclose(own["reference"], (own["value"] + 0.03).clip(upper=1))
        reach = own["reference"] + 2.7764 * 0.02 / 5**0.5
        np.testing.assert_allclose(own["reference_high"], reach.clip(upper=1), 1e-4, err_msg=name)
        assert (own["reference_seeds"] == 5).all(), name


def _words(figure: Figure) -> set[str]:
    """Every text of a figure."""
    figure.draw_without_rendering()
    return {text.get_text() for text in figure.findobj(Text)}


def _drawn(figure: Figure) -> set[str]:
    """The names of what is drawn, without what has no points."""
    names = set()
    for axes in figure.axes:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            if isinstance(handle, BarContainer):
                size = len(handle.patches)
            elif isinstance(handle, ErrorbarContainer):
                size = len(handle.lines[0].get_xdata())
            else:
                size = len(handle.get_offsets())
            names |= {name} if size else set()
    return names


def _agrees(figure: Figure) -> None:
    """Hold legends and note of a figure against its drawing."""
    shown = _drawn(figure)
    legends = [*figure.legends, *filter(None, (axes.get_legend() for axes in figure.axes))]
    named = {text.get_text() for legend in legends for text in legend.get_texts()}
    assert named <= shown
    assert shown & {REFERENCE, PUBLISHED} <= named
    note = " ".join(figure.get_supxlabel().split())
    inside = " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
    for mark, name in NAMES.items():
        assert (mark in note) == (name in shown or mark in inside), name
    assert ("over 5 trainings" in note) == (style.MEAN in note)


@pytest.mark.parametrize("name", list(FIGURES))
def test_legend_and_note_name_what_is_drawn(
    name: str,
    beside_a_reference: dict[str, tuple[Figure, pd.DataFrame]],
    drawn: Drawn,
    scores: pd.DataFrame,
    sizes: list[str],
    load: Load,
    roles: Roles,
) -> None:
    """Catches a note about a reference that is not drawn, one that is drawn and has no name, and
    an entry of a legend for runs that a study lacks."""
    _agrees(beside_a_reference[name][0])
    _agrees(drawn[name][0])
    multi = ["spot-the-difference", "image-edit", "visual-story", "text-rich-vqa"]
    multi += ["multi-image-vqa", "puzzle", "perceptual-similarity"]
    is_gone = scores["category"].isin(multi) | scores["perception"].eq("instruct-4B")
    is_gone |= scores["mode"].eq("blind")
    _agrees(FIGURES[name].draw(load(scores[~is_gone]), sizes, roles)[0])


def test_each_series_of_figure_a8_has_its_reference_beside_it(
    beside_a_reference: dict[str, tuple[Figure, pd.DataFrame]],
) -> None:
    """Catches the reference of all sizes in the colour and at the place of another size."""
    (axes,) = beside_a_reference["figure-a8"][0].axes
    looks: dict[bool, set[tuple[float, str]]] = {True: set(), False: set()}
    for container in axes.containers:
        mark = container.lines[0]
        places = {(round(place, 6), mark.get_color()) for place in mark.get_xdata()}
        looks[container.get_label() == REFERENCE] |= places
    assert len(looks[True]) == 5 * 6
    assert looks[True] == looks[False]


@pytest.mark.parametrize("name", list(FIGURES))
def test_intervals_and_units_are_written_in_one_way(
    name: str, beside_a_reference: dict[str, tuple[Figure, pd.DataFrame]]
) -> None:
    """Catches an interval in round brackets, with a dash or without decimals, a sign of its own
    for gains, and a second word for points."""
    words = _words(beside_a_reference[name][0])
    number = r"\N{MINUS SIGN}?\d+\.\d"
    for text in words:
        if "rank correlation" not in text:
            for ends in re.findall(r"\[[^]]*\]", text):
                assert re.fullmatch(rf"\[{number}, {number}\]", ends), text
        assert not re.search(r"\d \N{EN DASH} \d|\(\d|\+\d|percentage points|[\[ ]-\d", text), text


@pytest.mark.parametrize("name", list(ACCURACIES))
def test_axes_of_accuracies_end_at_a_hundred(
    name: str, scores: pd.DataFrame, sizes: list[str], load: Load, roles: Roles
) -> None:
    """Catches a tick at 120 per cent, made for words above bars, and one at 104 or below 0."""
    best = scores.assign(value=1.0, low=0.93, high=1.0)
    worst = scores.assign(value=0.0, low=0.0, high=0.02)
    for tables in (best, worst):
        figure, _ = FIGURES[name].draw(load(tables), sizes, roles)
        figure.draw_without_rendering()
        for place in ACCURACIES[name]:
            axes = figure.axes[place]
            axis = axes.xaxis if name == "overview" else axes.yaxis
            low, high = axis.get_view_interval()
            assert -0.05 <= low < high <= 1.05
            ticks = [tick for tick in axis.get_majorticklocs() if low <= tick <= high]
            assert len(ticks) > 1
            assert -1e-9 < min(ticks) < max(ticks) < 1 + 1e-9


@pytest.mark.parametrize("name", ["figure-3b", "figure-3c", "figure-4", "figure-6", "overview"])
def test_the_reference_is_drawn_at_its_mean(
    beside_a_reference: dict[str, tuple[Figure, pd.DataFrame]], name: str
) -> None:
    """Catches a mark of the reference that is left out, or drawn at the study's own number."""
    figure, data = beside_a_reference[name]
    marks = [
        container
        for axes in figure.axes
        for container in axes.containers
        if container.get_label() == REFERENCE
    ]
    drawn = [
        value
        for mark in marks
        for value in (mark.lines[0].get_xdata() if mark.has_xerr else mark.lines[0].get_ydata())
    ]
    shown = data[data["reference"].notna()]["reference"]
    np.testing.assert_allclose(sorted(drawn), sorted(shown))


def test_cells_print_the_mean_of_the_reference(
    beside_a_reference: dict[str, tuple[Figure, pd.DataFrame]],
) -> None:
    """Catches a table that shows its own numbers alone."""
    for name in ("figure-a2", "table-2"):
        figure, data = beside_a_reference[name]
        told = [text.get_text() for axes in figure.axes for text in axes.texts]
        known = data.dropna(subset="reference")
        expected = [f"⌀ {100 * mean:.1f}" for mean in known["reference"]]
        assert sorted(t for t in told if "⌀" in t) == sorted(expected), name
        ends = [
            f"[{100 * low:.1f}, {100 * high:.1f}]"
            for end in ("", "reference_")
            for low, high in zip(known[f"{end}low"], known[f"{end}high"], strict=True)
        ]
        assert sorted(t for t in told if "[" in t) == sorted(ends), name


def _intervals(figure: Figure) -> Iterator[tuple[float, float]]:
    """Low and high of every error bar in a figure, along either axis."""
    for axes in figure.axes:
        for container in axes.containers:
            if not isinstance(container, ErrorbarContainer):
                continue
            along = [0] * container.has_xerr + [1] * container.has_yerr
            for axis, bars in zip(along, container.lines[2], strict=True):
                for segment in bars.get_segments():
                    yield segment[0][axis], segment[1][axis]


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in PRINTED])
def test_error_bars_are_the_intervals_in_the_data(drawn: Drawn, name: str) -> None:
    """Catches an interval drawn at another point, left out, or missing from the CSV."""
    figure, data, written = drawn[name]
    for table in (data, written):
        shown = table[~table["series"].isin(LABELLED) | (name != "figure-5")]
        shown = shown[shown["series"] != "rank correlation"]
        expected = sorted(zip(shown["low"], shown["high"], strict=True))
        np.testing.assert_allclose(sorted(_intervals(figure)), expected, atol=2e-6)


@pytest.mark.parametrize("name", ["figure-3b", "figure-5", "figure-2-left", "overview"])
def test_bars_are_as_long_as_their_values(drawn: Drawn, name: str) -> None:
    """Catches bars in another order than their labels and intervals."""
    figure, data, _ = drawn[name]
    lengths = collections.Counter()
    for axes in figure.axes:
        for patch in axes.patches:
            horizontal = axes is figure.axes[0] and name in ("figure-2-left", "overview")
            lengths[round(patch.get_width() if horizontal else patch.get_height(), 6)] += 1
    panels = {"overview": ["families", "mean decrease"]}.get(name, list(data["panel"].unique()))
    rows = data[data["panel"].isin(panels) & ~data["series"].isin(LABELLED)]
    if name == "figure-2-left":
        rows = rows[rows["series"] == "8B → 0.6B"]
    assert lengths == collections.Counter(rows["value"].round(6))


def test_lines_pass_through_the_values_in_order(drawn: Drawn) -> None:
    """Catches a line over sizes whose points stand at other sizes."""
    figure, data, _ = drawn["figure-3c"]
    for axes, panel in zip(figure.axes, ("in-domain", "out-of-domain"), strict=True):
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ["8B", "4B", "1.7B", "0.6B"]
        for container in axes.containers:
            rows = data[(data["panel"] == panel) & (data["series"] == container.get_label())]
            assert list(rows["item"]) == ["8B", "4B", "1.7B", "0.6B"]
            line = container.lines[0]
            assert list(line.get_ydata()) == list(rows["value"])
            assert [round(place) for place in line.get_xdata()] == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["figure-a2", "table-2"])
def test_printed_cells_are_the_values_in_the_data(drawn: Drawn, name: str) -> None:
    """Catches a cell printed in another row or column, or rounded from another number."""
    figure, data, _ = drawn[name]
    texts = collections.Counter(
        text.get_text() for axes in figure.axes for text in axes.texts if "." in text.get_text()
    )
    shown = data["value"].dropna()
    for value, count in collections.Counter(f"{100 * v:.1f}" for v in shown).items():
        assert texts[value] == count


def test_heat_map_cells_stand_at_their_pair(drawn: Drawn) -> None:
    """Catches a transposed grid: rows are perception, columns reasoning."""
    figure, data, _ = drawn["figure-a2"]
    cells = figure.axes[0].images[0].get_array()
    sizes = ["8B", "4B", "1.7B", "0.6B"]
    for row in data[data["panel"] == "in-domain"].itertuples():
        assert cells[sizes.index(row.series), sizes.index(row.item)] == pytest.approx(row.value)
    assert figure.axes[0].get_ylabel() == "Size of the perception module"


def test_families_are_sorted_by_their_drop(drawn: Drawn) -> None:
    """Catches bars in the order of the table instead of the order of the loss."""
    figure, data, _ = drawn["figure-2-left"]
    drops = data[data["series"] == "8B → 0.6B"]["value"]
    assert len(drops) == 15
    assert drops.is_monotonic_decreasing
    assert figure.axes[0].get_yticklabels()[0].get_text() == "Grounding"


def test_data_columns_and_provenance(drawn: Drawn) -> None:
    """Catches a figure whose CSV does not say seed, preset, parser or number of answers."""
    for name, (_, data, written) in drawn.items():
        assert list(data.columns) == list(written.columns), name
        assert {"value", "low", "high", "n", "seed", "preset", "parser"} <= set(written.columns)
        assert set(written["preset"]) == {"miniature"}, name
        found = written["interval"] != "published only"
        assert set(written[found]["seed"]) == {"all"}, name
        assert set(written[found]["parser"]) == {"robust"}, name
        assert (written[found]["n"] > 0).all(), name
        assert written[~found][["value", "low", "high"]].isna().all(axis=None), name
        assert (found == written["value"].notna()).all(), name


def test_small_print_names_preset_answers_reader_and_interval(drawn: Drawn) -> None:
    """Catches a figure that travels without what its numbers are about."""
    for name, (figure, _, _) in drawn.items():
        text = " ".join(figure.get_supxlabel().split())
        assert "Preset miniature (rendered world" in text, name
        for part in ("answers", "Answer parser: robust", "intervals"):
            assert part in text, (name, part)


def test_nothing_is_cut_off(drawn: Drawn) -> None:
    """Catches a label that runs out of the picture."""
    for name, (figure, _, _) in drawn.items():
        figure.draw_without_rendering()
        width, height = figure.bbox.size
        for legend in figure.legends:
            box = legend.get_window_extent()
            assert -1 < box.x0 < box.x1 < width + 1, name
        for axes in figure.axes:
            texts = [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                ticks = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=False)
                texts += [label for place, label in ticks if low <= place <= high]
            for text in texts:
                box = text.get_window_extent()
                if not text.get_text() or (not axes.axison and text not in axes.texts):
                    continue
                assert -1 < box.x0 < box.x1 < width + 1, (name, text.get_text())
                assert -1 < box.y0 < box.y1 < height + 1, (name, text.get_text())


def test_a_legend_that_is_too_wide_takes_more_rows() -> None:
    """Catches a legend that a reference, one more entry, pushes out of a narrow figure."""
    figure = style.canvas(5.2, 4.2)
    axes = figure.subplots()
    for name in ("Perception downscaled", "Reasoning downscaled", "Both of them", "Published"):
        axes.plot([0, 1], [0, 1], label=name)
    shared_legend(figure)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    box = legend.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.width
    assert len(legend.get_texts()) == 4


def test_published_values_are_the_printed_ones_of_the_same_model(drawn: Drawn) -> None:
    """Catches a published value beside another model's or benchmark's, or in per cent."""
    for name, panel, series, item, value in [
        ("figure-4", "in-domain", "End-to-end baseline", "0.6B", 0.659),
        ("figure-4", "out-of-domain", "Decoupled, captioning", "1.7B", 0.444),
        ("figure-5", "out-of-domain", "Captioning + visual extraction tuning", "0.6B", 0.440),
        ("figure-5", "in-domain", "Gain", "1.7B", 0.041),
        ("figure-3b", "mean decrease", "Reasoning downscaled", "out-of-domain", 0.06),
        ("figure-a2", "in-domain", "0.6B", "4B", 0.646),
        ("table-2", "out-of-domain", "Extract+Think 1.7B/4B", "math", 0.538),
        ("table-2", "in-domain", "PrismCaptioner 7B/70B", "gqa", 0.675),
        ("table-a1", "out-of-domain", "Qwen3, this study's", "8B → 1.7B", 0.033),
        ("table-a1", "out-of-domain", "Gemma3", "gemma3-12b → gemma3-4b", 0.0526),
        ("overview", "methods", "in-domain", "Caption+Think", 0.750),
        ("figure-4", "in-domain", "Decoupled baseline", "0.6B", np.nan),
        ("figure-a1", "grounding", "with the image", "8B", np.nan),
    ]:
        for table in drawn[name][1:]:
            row = table[
                (table["panel"] == panel) & (table["series"] == series)
                & (table["item"].str.casefold() == item.casefold())
            ]  # fmt: skip
            assert list(row["published"]) == pytest.approx([value], nan_ok=True), (name, item)


def test_stars_stand_at_the_published_values(drawn: Drawn) -> None:
    """Catches a star at the measured value or at another size, and one that no legend explains."""
    figure, data, _ = drawn["figure-4"]
    for axes, panel in zip(figure.axes, ("in-domain", "out-of-domain"), strict=True):
        rows = data[(data["panel"] == panel) & data["published"].notna()]
        stars = np.concatenate(
            [drawn.get_offsets() for drawn in axes.collections if drawn.get_label() == "Published"]
        )
        places = [["8B", "4B", "1.7B", "0.6B"][round(x)] for x, _ in stars]
        expected = zip(rows["item"], rows["published"], strict=True)
        assert sorted(zip(places, stars[:, 1], strict=True)) == sorted(expected)
    assert figure.legends[0].get_texts()[-1].get_text() == "Published"


def test_a_relative_fall_is_marked_in_the_run_s_own_points(
    drawn: Drawn, scores: pd.DataFrame
) -> None:
    """Catches the paper's 48 % of Grounding's accuracy drawn as 48 points."""
    _, data, _ = drawn["figure-2-left"]
    (row,) = data[data["published"].notna()].to_dict("records")
    assert (row["item"], row["series"]) == ("grounding", "8B → 0.6B")
    run = ["instruct-8B", "end-to-end", "image", "grounding", "robust"]
    same = scores[["perception", "reasoning", "mode", "category", "parser"]].eq(run).all(axis=1)
    assert row["published"] == pytest.approx(0.48 * scores[same]["value"].item())


def test_only_figures_with_published_values_speak_of_them(drawn: Drawn) -> None:
    """Catches heights of the miniature that are read against the paper's, and a promise of stars
    where there are none."""
    for name, (figure, data, _) in drawn.items():
        says = "compare directions, not heights" in " ".join(figure.get_supxlabel().split())
        assert says == data["published"].notna().any(), name


def test_sizes_that_the_paper_has_not_get_no_published_values(
    two_sizes: tuple[pd.DataFrame, list[str]], load: Load, roles: Roles
) -> None:
    """Catches the paper's 8B to 0.6B marked beside another step."""
    scores, _ = two_sizes
    renamed = scores.replace({"8B": "9B", "instruct-8B": "instruct-9B"})
    _, data = FIGURES["figure-3b"].draw(load(renamed), ["9B", "0.6B"], roles)
    assert len(data)
    assert data["published"].isna().all()


def test_released_checkpoints_stand_beside_the_models_that_were_tuned_here(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str], load: Load, roles: Roles
) -> None:
    """Catches a released checkpoint that hides the study's own, or has no published value."""
    own = scores[scores["perception"].str.match(r"extract-[\d.]+B$")]
    released = own.assign(perception="released-" + own["perception"], value=0.25, low=0.2, high=0.3)
    tables = load(pd.concat([scores, released]), differences)
    figure, data = FIGURES["figure-5"].draw(tables, sizes, roles)
    rows = data[(data["panel"] == "in-domain") & (data["item"] == "0.6B")].set_index("series")
    assert rows.loc["The same, as released by the authors", "value"] == 0.25
    assert rows.loc["Captioning + visual extraction tuning", "value"] > 0.5
    assert set(rows["published"].round(3)) == {0.776, 0.828, 0.052}
    assert len(figure.axes[0].patches) == 6


@pytest.mark.parametrize(
    ("name", "reasoners"),
    [("figure-a3", ("8B", "0.6B")), ("figure-a4", ("qwen2-7b", "qwen2-0.5b"))],
)
def test_each_module_of_llava_onevision_shrinks_alone(
    name: str,
    reasoners: tuple[str, str],
    scores: pd.DataFrame,
    sizes: list[str],
    load: Load,
    roles: Roles,
) -> None:
    """Catches the reasoners of the other figure, and a drop of both modules together."""
    _, data = FIGURES[name].draw(load(scores), sizes, roles)
    one = scores[(scores["category"] == "gqa") & (scores["parser"] == "robust")]
    values = one.set_index(["perception", "reasoning", "mode"])["value"].to_dict()
    models = ("llava-onevision-7b", "llava-onevision-0.5b")
    sides = [[values[model, size, "plain"] for model in models] for size in reasoners]
    expected = sum(sides[0]) / 2 - sum(sides[1]) / 2
    row = data[(data["item"] == "gqa") & data["series"].str.startswith("Reasoning")]
    assert row["value"].item() == pytest.approx(expected)
    assert (data.groupby(["panel", "series"]).size() == 7).all()


def test_another_family_is_in_table_a1_once_it_was_run(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str], load: Load, roles: Roles
) -> None:
    """Catches a measured drop of another family beside the wrong row, and the paper's number that
    passes for a measured one."""
    key = {"comparison": "perception gemma3-12b->gemma3-4b", "benchmark": "out-of-domain"}
    row = differences.head(1).assign(**key, category="average", value=0.07, low=0.01, high=0.13)
    tables = load(scores, pd.concat([differences, row]))
    _, data = FIGURES["table-a1"].draw(tables, sizes, roles)
    kinds = data.set_index("series")["interval"].to_dict()
    assert kinds == {
        "Qwen3, this study's": "paired over questions",
        "InternVL2.5": "published only",
        "Gemma3": "paired over questions",
    }
    assert list(data["value"])[2] == 0.07


def test_names_beside_points_do_not_overlap(drawn: Drawn) -> None:
    """Catches two family names written over each other."""
    figure, _, _ = drawn["figure-2-right"]
    boxes = [note.get_window_extent() for note in figure.axes[0].texts]
    assert len(boxes) == 15
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:place])


def test_each_figure_is_three_files_and_nothing_else(drawn: Drawn, folder: Path) -> None:
    """Catches a picture that was not written, and a temporary file that stays behind."""
    expected = {f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg", "csv")}
    assert {path.name for path in folder.iterdir()} == expected
    assert (folder / "overview.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (folder / "overview.svg").read_bytes()


@pytest.mark.parametrize("name", ["figure-2-right", "figure-a2", "overview"])
def test_two_drawings_are_the_same_bytes(
    name: str,
    drawn: Drawn,
    folder: Path,
    elsewhere: Scores,
    roles: Roles,
    tmp_path: Path,
) -> None:
    """Catches dates, random ids, order of rows and the user's own settings in a picture."""
    drawing = FIGURES[name].draw(elsewhere, ["8B", "4B", "1.7B", "0.6B"], roles)
    save(name, *drawing, *(tmp_path / f"{name}.{kind}" for kind in ("png", "svg", "csv")))
    for kind in ("png", "svg", "csv"):
        one, two = (place / f"{name}.{kind}" for place in (folder, tmp_path))
        assert one.read_bytes() == two.read_bytes(), kind


@pytest.mark.parametrize("name", list(FIGURES))
def test_a_preset_without_the_runs_says_so(
    name: str,
    scores: pd.DataFrame,
    sizes: list[str],
    load: Load,
    roles: Roles,
    tmp_path: Path,
) -> None:
    """Catches a crash, or an empty frame that looks like a result, where nothing was run."""
    figure, data = FIGURES[name].draw(load(scores.iloc[:0]), sizes, roles)
    assert data.empty
    assert "value" in data.columns
    words = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert any("no runs" in text for text in words)
    if name == "overview":
        save(name, figure, data, *(tmp_path / f"{name}.{kind}" for kind in ("png", "svg", "csv")))
        assert (tmp_path / f"{name}.csv").read_text().startswith("panel,series,item,value")


@pytest.mark.parametrize("name", list(FIGURES))
def test_a_preset_of_two_sizes_draws(
    name: str, two_sizes: tuple[pd.DataFrame, list[str]], load: Load, roles: Roles
) -> None:
    """Catches a figure that takes four sizes, or the paper's, for granted."""
    scores, sizes = two_sizes
    _, data = FIGURES[name].draw(load(scores), sizes, roles)
    assert len(data)
    assert set(data["preset"]) == {"smoke"}


@pytest.mark.parametrize("name", ["overview", "figure-4", "figure-5", "figure-6", "figure-a2"])
@pytest.mark.parametrize("left", ["In-domain", "Out-of-domain"])
def test_one_benchmark_alone_has_the_figure_to_itself(
    name: str, left: str, two_sizes: tuple[pd.DataFrame, list[str]], load: Load, roles: Roles
) -> None:
    """Catches an empty panel, or an entry of a legend, of a benchmark that the study removes."""
    scores, sizes = two_sizes
    kept = scores[scores["benchmark"].isin(["families", left.lower()])]
    figure, data = FIGURES[name].draw(load(kept), sizes, roles)
    assert len(data)
    figure.canvas.draw()
    texts = [text.get_text() for text in figure.findobj(Text)]
    other = "Out-of-domain" if left == "In-domain" else "In-domain"
    assert any(text.startswith(left) for text in texts)
    assert not any(text.startswith((other, "no runs")) for text in texts)


@pytest.mark.parametrize("name", ["figure-2-left", "figure-3b", "figure-6", "overview"])
def test_one_size_alone_draws(
    name: str, two_sizes: tuple[pd.DataFrame, list[str]], load: Load, roles: Roles
) -> None:
    """Catches a division by the number of steps between sizes."""
    scores, _ = two_sizes
    FIGURES[name].draw(load(scores), ["8B"], roles)


def test_a_missing_family_is_left_out_and_the_rest_drawn(
    scores: pd.DataFrame, sizes: list[str], load: Load, roles: Roles
) -> None:
    """Catches one missing row emptying a figure, or a gap filled with zero."""
    kept = scores[scores["category"] != "puzzle"]
    for name in ("figure-2-left", "figure-2-right", "figure-a1"):
        _, data = FIGURES[name].draw(load(kept), sizes, roles)
        assert "puzzle" not in set(data["item"]) | set(data["panel"])
        assert "grounding" in set(data["item"]) | set(data["panel"])


@pytest.mark.parametrize("benchmark", ["in-domain", "out-of-domain"])
def test_a_benchmark_alone_is_drawn_without_a_place_for_the_other(
    benchmark: str,
    scores: pd.DataFrame,
    differences: pd.DataFrame,
    sizes: list[str],
    load: Load,
    roles: Roles,
) -> None:
    """Catches a half of a figure that says "no runs", a legend or columns of a benchmark that the
    study has removed, and a crash over it."""
    (other,) = {"in-domain", "out-of-domain"} - {benchmark}
    tables = load(
        scores[scores["benchmark"] != other], differences[differences["benchmark"] != other]
    )
    names = {"in-domain": "In-domain", "out-of-domain": "Out-of-domain"}
    for name, declared in FIGURES.items():
        if name in ("figure-a8", "table-a1") and benchmark == "in-domain":
            continue
        figure, data = declared.draw(tables, sizes, roles)
        assert other not in {*data["panel"], *data["item"], *data["series"]}, name
        texts = [text.get_text() for text in figure.findobj(matplotlib.text.Text)]
        assert not [text for text in texts if "no runs" in text or names[other] in text], name


def test_tunings_of_other_names_draw_the_same_once_their_roles_are_bound(
    drawn: Drawn,
    scores: pd.DataFrame,
    differences: pd.DataFrame,
    sizes: list[str],
    load: Load,
    roles: Roles,
) -> None:
    """Catches a figure that asks for the name of a tuning, and is empty where it has another; and
    one that takes a name for a role: here a tuning has the usual name of another one."""
    names = {
        "instruct": "base",
        "caption": "instruct",
        "extract": "seen",
        "extract-scratch": "seen-alone",
    }
    renamed = scores.assign(
        perception=scores["perception"].str.replace(
            r"^(instruct|caption|extract|extract-scratch)(?=-[\d.]+B$)",
            lambda match: names[match.group()],
            regex=True,
        )
    )
    bound = {
        role: names.get(player, player) if isinstance(player, str) else player
        for role, player in roles.values().items()
    }
    tables = load(renamed, differences)
    for name, declared in FIGURES.items():
        _, data = declared.draw(tables, sizes, Roles.model_validate(bound))
        pd.testing.assert_frame_equal(data, drawn[name][1], obj=name)
