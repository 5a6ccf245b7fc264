"""Which figures a study draws, and what is said of the others."""

from __future__ import annotations

import pytest

from downscaling.config.roles import Roles
from downscaling.figures.captions import FILES, caption, title
from downscaling.figures.listed import FIGURES, drawn, left_out
from downscaling.figures.runs import end_to_end, plain, think
from downscaling.study.runs import Run

SIZES = ["8B", "0.6B"]
ASKED = ["families", "in-domain", "out-of-domain"]
ROLES = Roles(baseline="instruct", caption="caption", extraction="extract")


def runs() -> set[Run]:
    """The least that a preset of two sizes runs for each figure of its own models."""
    modules = [f"instruct-{size}" for size in SIZES]
    return {
        *(end_to_end(module, mode) for module in modules for mode in ("image", "blind")),
        *(plain(module, size) for module in modules for size in SIZES),
        *(think(modules[0], size) for size in SIZES),
        plain("caption-0.6B", "8B"),
        plain("extract-0.6B", "8B"),
    }


def test_all_figures_of_the_study_s_own_models_are_drawn() -> None:
    """Catches a figure that is written but never drawn."""
    names = [figure.name for figure in drawn(ROLES, runs(), SIZES, ASKED)]
    assert names == [name for name in FIGURES if name not in ("figure-a3", "figure-a4")]


@pytest.mark.parametrize("role", ["baseline", "caption", "extraction"])
def test_a_figure_whose_role_is_not_bound_is_left_out_in_one_line(role: str) -> None:
    """Catches a figure that is silently empty, and a study that fails, for want of a role."""
    roles = ROLES.model_copy(update={role: None})
    needing = {name for name, figure in FIGURES.items() if role in figure.roles}
    assert needing
    lines = left_out(roles, runs(), SIZES, ASKED)
    for name in needing:
        assert f"{name}: left out, role {role} is not bound" in lines
    assert not needing & {figure.name for figure in drawn(roles, runs(), SIZES, ASKED)}


def test_a_figure_without_runs_is_left_out_in_one_line() -> None:
    """Catches an empty figure of thinking in a study where nothing thinks."""
    plain_runs = {run for run in runs() if run.mode != "think"}
    lines = left_out(ROLES, plain_runs, SIZES, ASKED)
    assert "figure-6: left out, the study has none of its runs" in lines
    assert "figure-a8: left out, the study has none of its runs" in lines
    assert "figure-4" in {figure.name for figure in drawn(ROLES, plain_runs, SIZES, ASKED)}


@pytest.mark.parametrize(
    ("absent", "figures"),
    [
        ("out-of-domain", {"figure-a8", "table-a1"}),
        ("in-domain", set()),
        ("families", {"figure-2-left", "figure-2-right", "figure-a1"}),
    ],
)
def test_a_figure_of_what_is_not_asked_is_left_out_in_one_line(
    absent: str, figures: set[str]
) -> None:
    """Catches an empty figure of a benchmark that a study removes, and one that is left out though
    it shows the other benchmark too."""
    asked = [name for name in ASKED if name != absent]
    names = {figure.name for figure in drawn(ROLES, runs(), SIZES, asked)}
    assert {figure.name for figure in drawn(ROLES, runs(), SIZES, ASKED)} - names == figures
    lines = left_out(ROLES, runs(), SIZES, asked)
    assert {f"{name}: left out, the study asks nothing of {absent}" for name in figures} <= {*lines}


def test_figures_of_others_models_are_drawn_once_these_are_run() -> None:
    """Catches a figure of another group's models that a study never draws, and one that it draws
    with one of the two models alone."""
    models = {
        "llava-onevision": {"large": "big", "small": "little"},
        "qwen2": {"large": "reads-much", "small": "reads-little"},
    }
    roles = Roles.model_validate(ROLES.values() | models)
    one = {*runs(), plain("big", "8B"), plain("little", "0.6B")}
    own = {*runs(), plain("big", "8B"), plain("little", "8B")}
    both = {*own, plain("big", "reads-much"), plain("little", "reads-much")}
    others = {"figure-a3", "figure-a4"}
    for study, expected in ((one, set()), (own, {"figure-a3"}), (both, others)):
        assert {figure.name for figure in drawn(roles, study, SIZES, ASKED)} & others == expected


def test_every_figure_and_table_has_a_title_and_a_caption() -> None:
    """Catches a figure that the report shows without a word."""
    for path in (*(f"figures/{name}" for name in FIGURES), *FILES):
        assert title(path)
        assert title(path) != path.rpartition("/")[2]
        assert caption(path).endswith(".")
    assert (title("tables/other"), caption("tables/other")) == ("other", "")
