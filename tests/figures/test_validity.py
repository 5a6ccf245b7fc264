"""The validity table: each check holds on a sound study and fails on the fault it is for."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest

from downscaling.config.roles import Roles
from downscaling.figures.validity import COLUMNS, INFORMATION, holds, validity
from downscaling.results.scores import Scores
from downscaling.study.runs import Run

Table = Callable[..., pd.DataFrame]
BENCHMARKS = ["in-domain", "out-of-domain"]


@pytest.fixture
def check(
    probe: dict[str, dict[str, float]],
    chance: dict[str, float],
    sizes: list[str],
    load: Callable[..., Scores],
    loaded: Scores,
    roles: Roles,
) -> Table:
    """The validity table of some scores, by check."""

    def build(scores: pd.DataFrame, probe: dict[str, dict[str, float]] = probe) -> pd.DataFrame:
        frame = validity(load(scores), probe, chance, sizes, roles, BENCHMARKS, loaded.runs)
        assert list(frame.columns) == COLUMNS
        assert frame["check"].is_unique
        return frame

    return build


def planted(scores: pd.DataFrame, value: float, half: float = 0.02, **where: str) -> pd.DataFrame:
    """The scores with other numbers in the rows that match."""
    rows = pd.Series(True, index=scores.index)
    for name, wanted in where.items():
        rows &= scores[name] == wanted
    assert rows.any()
    changed = scores.copy()
    changed.loc[rows, ["value", "low", "high"]] = [value, value - half, value + half]
    return changed


def verdict(frame: pd.DataFrame, *words: str) -> pd.Series:
    """The one row whose check holds all the words."""
    rows = frame[[all(word in check for word in words) for check in frame["check"]]]
    assert len(rows) == 1, list(rows["check"])
    return rows.iloc[0]


def test_a_sound_study_holds_everything(scores: pd.DataFrame, check: Table) -> None:
    """Catches a check that no study could pass."""
    frame = check(scores)
    checks = frame[~frame["check"].str.startswith(INFORMATION)]
    assert checks["holds"].all(), checks[~checks["holds"]]
    assert holds(frame)


@pytest.mark.parametrize(("name", "spelled"), [("shape", "shape"), ("color", "colour")])
def test_a_poor_tower_fails(
    scores: pd.DataFrame,
    check: Table,
    probe: dict[str, dict[str, float]],
    name: str,
    spelled: str,
) -> None:
    """Catches the two probes being swapped."""
    poor = {**probe, name: {"value": 0.94, "low": 0.9, "high": 0.96, "n": 300}}
    frame = check(scores, poor)
    row = verdict(frame, "vision tower", spelled)
    assert (row["value"], row["bar"], row["holds"]) == (0.94, 0.95, False)
    assert not holds(frame)


def test_a_weak_largest_reasoner_fails(scores: pd.DataFrame, check: Table) -> None:
    """Catches a bar set on another size or mode."""
    frame = check(planted(scores, 0.9, perception="gold", reasoning="8B", mode="plain"))
    assert not verdict(frame, "plain, overall: 8B, at least")["holds"]
    assert verdict(frame, "think, overall: 8B, at least")["holds"]
    assert not holds(frame)


def test_a_size_above_the_next_larger_fails_only_beyond_its_interval(
    scores: pd.DataFrame, check: Table
) -> None:
    """Catches noise counted as a fault, and a real inversion excused."""
    gold = {"perception": "gold", "mode": "plain"}
    flat = planted(scores, 0.9, 0.001, **gold, reasoning="4B")
    for value, half, expected in ((0.95, 0.002, False), (0.91, 0.06, True), (0.85, 0.002, True)):
        frame = check(planted(flat, value, half, **gold, reasoning="1.7B"))
        row = verdict(frame, "plain, overall", "1.7B not above 4B")
        assert row["holds"] == expected
        assert row["bar"] == pytest.approx(0.9)


def test_a_ladder_without_spread_fails(scores: pd.DataFrame, check: Table) -> None:
    """Catches a ladder whose smallest size does as well as the largest."""
    frame = check(planted(scores, 0.96, perception="gold", mode="plain"))
    assert not verdict(frame, "plain, overall", "8B minus 0.6B")["holds"]
    assert verdict(frame, "think, overall", "8B minus 0.6B")["holds"]


def test_thinking_decides_nothing(scores: pd.DataFrame, check: Table) -> None:
    """Catches information rows counted as checks."""
    frame = check(planted(scores, 0.5, perception="gold", mode="think"))
    assert not verdict(frame, "think, overall: 8B, at least")["holds"]
    assert holds(frame)


def test_the_overall_accuracy_weighs_questions(scores: pd.DataFrame, check: Table) -> None:
    """Catches a mean of the two benchmarks' averages: one has 600 questions, one 360."""
    gold = {"perception": "gold", "reasoning": "8B", "mode": "plain"}
    mixed = planted(scores, 1.0, 0.0, **gold, benchmark="in-domain")
    mixed = planted(mixed, 0.5, 0.0, **gold, benchmark="out-of-domain")
    row = verdict(check(mixed), "plain, overall: 8B, at least")
    assert row["value"] == pytest.approx((600 * 1.0 + 360 * 0.5) / 960)


@pytest.mark.parametrize(("family", "word"), [("vqav2", "attributes"), ("ocrvqa", "reading")])
def test_a_model_that_does_not_look_fails(
    scores: pd.DataFrame, check: Table, family: str, word: str
) -> None:
    """Catches a model that answers as well blind, and the families being swapped."""
    blind = {"perception": "instruct-8B", "mode": "blind", "category": family}
    frame = check(planted(scores, 0.8, **blind))
    row = verdict(frame, "minus blind", word)
    assert not row["holds"]
    assert row["low"] < row["value"] < row["high"]
    assert verdict(frame, "minus blind", {"attributes": "reading"}.get(word, "attributes"))["holds"]


def test_families_at_chance_are_counted_and_named(scores: pd.DataFrame, check: Table) -> None:
    """Catches an interval that touches chance counted as above it."""
    lost = ["ocrvqa", "textvqa", "gqa", "vizwiz", "imagenet", "puzzle"]
    flat = scores
    for family in lost:
        flat = planted(flat, 0.27, 0.02, benchmark="families", category=family)
    frame = check(flat)
    row = verdict(frame, "families above chance")
    assert (row["value"], row["bar"], row["holds"]) == (8, 10, False)
    named = frame[frame["check"].str.contains("learned by no size: ")]
    assert len(named) == 7
    assert verdict(frame, "learned by no size: Puzzle")["value"] == pytest.approx(0.27)
    assert verdict(frame, "families that no size learns")["value"] == 7


def test_a_family_that_a_smaller_size_learns_is_not_named(
    scores: pd.DataFrame, check: Table
) -> None:
    """Catches families judged by the largest size alone."""
    frame = check(
        planted(scores, 0.2, benchmark="families", category="puzzle", perception="instruct-8B")
    )
    assert not frame["check"].str.contains("Puzzle").any()


def test_lost_knowledge_fails_at_its_size(scores: pd.DataFrame, check: Table) -> None:
    """Catches knowledge checked at the largest size only."""
    frame = check(
        planted(scores, 0.8, perception="instruct-0.6B", mode="blind", category="scienceqa")
    )
    assert not verdict(frame, "instruct-0.6B: knowledge")["holds"]
    assert verdict(frame, "instruct-8B: knowledge")["holds"]


def test_what_was_not_measured_does_not_hold(scores: pd.DataFrame, check: Table) -> None:
    """Catches a missing run passing its check."""
    frame = check(scores[scores["perception"] != "gold"])
    row = verdict(frame, "plain, overall: 8B, at least")
    assert math.isnan(row["value"])
    assert not row["holds"]
    assert not holds(frame)
    assert not holds(check(scores.iloc[:0]))


def test_where_nobody_knows_the_truth_what_rests_on_it_is_not_asked(
    loaded: Scores, chance: dict[str, float], sizes: list[str], roles: Roles
) -> None:
    """Catches checks that must fail on published data, whatever the run was like."""
    frame = validity(loaded, None, chance, sizes, roles, BENCHMARKS, loaded.runs)
    assert len(frame)
    assert not frame["check"].str.contains("gold|vision tower").any()


@pytest.mark.parametrize("left", [["in-domain"], ["out-of-domain"], ["shapes"]])
def test_nothing_is_asked_of_a_benchmark_that_the_study_has_not(
    left: list[str],
    scores: pd.DataFrame,
    load: Callable[..., Scores],
    probe: dict[str, dict[str, float]],
    chance: dict[str, float],
    sizes: list[str],
    roles: Roles,
) -> None:
    """Catches a study of one benchmark that is declared worthless for want of the other."""
    kept = scores[scores["benchmark"].isin([*left, "families"])]
    frame = validity(load(kept), probe, chance, sizes, roles, left, load(kept).runs)
    assert holds(frame)
    for name in BENCHMARKS:
        about = frame["check"].str.contains(f", {name}:", regex=False)
        assert about.any() == (name in left)


@pytest.mark.parametrize(
    ("missing", "unasked"),
    [
        (lambda run: run.perception == "gold", "gold"),
        (lambda run: run.mode == "blind", "blind"),
        (lambda run: run.mode == "image", "with the image|families|learned by"),
        (lambda run: run == Run("instruct-4B", "end-to-end", "blind"), "instruct-4B: knowledge"),
        (lambda run: run == Run("gold", "8B", "plain"), "plain, overall: 8B"),
    ],
)
def test_nothing_is_asked_of_a_run_that_the_study_has_not(
    missing: Callable[[Run], bool],
    unasked: str,
    loaded: Scores,
    probe: dict[str, dict[str, float]],
    chance: dict[str, float],
    sizes: list[str],
    roles: Roles,
) -> None:
    """Catches an overlay with fewer runs whose report says that its checks fail."""
    runs = [run for run in loaded.runs if not missing(run)]
    assert len(runs) < len(loaded.runs)
    frame = validity(loaded, probe, chance, sizes, roles, BENCHMARKS, runs)
    assert holds(frame)
    assert not frame["check"].str.contains(unasked).any()


def test_where_no_family_is_asked_none_is_missed(
    loaded: Scores, probe: dict[str, dict[str, float]], sizes: list[str], roles: Roles
) -> None:
    """Catches `data.test: 0` that makes a study look as if it had learned nothing."""
    frame = validity(loaded, probe, {}, sizes, roles, BENCHMARKS, loaded.runs)
    assert holds(frame)
    assert not frame["check"].str.contains("instruct-|learned by").any()


def test_where_nothing_plays_the_baseline_nothing_is_asked_of_it(
    loaded: Scores, probe: dict[str, dict[str, float]], chance: dict[str, float], sizes: list[str]
) -> None:
    """Catches a study of released checkpoints that fails for models which it never had."""
    frame = validity(loaded, probe, chance, sizes, Roles(), BENCHMARKS, loaded.runs)
    assert frame["check"].str.contains("gold|vision tower").all()
    assert holds(frame)


@pytest.mark.parametrize(
    ("training", "sd", "holds_", "words"),
    [
        ("seeds", 0.02, True, "at most"),
        ("seeds", 0.05, False, "at most"),
        ("reference", 0.05, False, "in the reference"),
        ("seen once", None, False, "not measured with one seed"),
    ],
)
def test_how_far_trainings_lie_apart_is_a_check(
    scores: pd.DataFrame, check: Table, training: str, sd: float | None, holds_: bool, words: str
) -> None:
    """Catches trainings that lie far apart and pass, and a spread that this study did not measure
    and that decides."""
    spread = scores.copy()
    trained = spread["perception"] != "gold"
    known = [training, 5, sd, 0.01, 4.0] if sd else [training, 1, None, None, None]
    for name, value in zip(["training", "seeds", "sd", "chance_sd", "df"], known, strict=True):
        spread[name] = spread[name].astype(object)
        spread.loc[trained, name] = value
    frame = check(spread)
    row = verdict(frame, "standard deviation over seeds, in-domain averages")
    assert row["holds"] == holds_
    assert words in row["check"]
    assert row["check"].startswith(INFORMATION) == (training != "seeds")
