"""A run against the paper, on runs with planted effects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from downscaling.audit.document import Audit, ClaimEntry, Entry, read, write
from downscaling.audit.measured import FULL, MINIATURE, REHEARSAL, against_the_paper
from downscaling.audit.terms import Tuned
from downscaling.audit.verdicts import Measured
from downscaling.cli import app
from downscaling.records.files import RecordError
from downscaling.study.runs import Run
from performing import perform, task

if TYPE_CHECKING:
    from conftest import Files, Kept, Make, Planted

HOME = Path(__file__).parents[2]
GAIN = ("extract vs caption 0.6B", "in-domain", "average")
"""What C08 is about: 5.2 points in the paper."""


def audit(make: Make, planted: Planted, scale: str = MINIATURE, **options: object) -> Audit:
    """The audit of a run with these differences."""
    return against_the_paper(make(planted, **options), "made-up", "robust", scale)


def claim(found: Audit, id: str) -> ClaimEntry:
    """One claim of an audit."""
    return next(entry for entry in found.claims if entry.id == id)


def number(found: Audit, id: str) -> Entry:
    """One number of an audit."""
    return next(entry for entry in found.numbers if entry.id == id)


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        ((0.03, 0.01), Measured.REPRODUCED),
        ((-0.03, 0.01), Measured.CONTRADICTED),
        ((0.005, 0.01), Measured.INCONCLUSIVE),
        ((0.0102, 0.01), Measured.INCONCLUSIVE),
    ],
)
def test_the_miniature_judges_the_direction_of_a_planted_effect(
    make: Make, effect: tuple[float, float], verdict: Measured
) -> None:
    """Catches a verdict that does not follow the effect, one that asks for the published size,
    and one by an interval that was not corrected (the last: p is 0.046 before, among many)."""
    (part,) = claim(audit(make, {GAIN: effect}), "C08").parts
    assert part.verdict == verdict
    assert part.measured == pytest.approx(100 * effect[0])
    assert part.difference == pytest.approx(100 * effect[0] - 5.2)
    assert (part.n, part.published, part.interval) == (100, "5.2", "paired over questions")
    assert (part.answers_needed is None) == (verdict != Measured.INCONCLUSIVE)


@pytest.mark.parametrize(
    ("smallest", "verdict"),
    [(0.2, Measured.REPRODUCED), (0.5, Measured.INCONCLUSIVE), (0.9, Measured.CONTRADICTED)],
)
def test_a_published_fall_is_a_fall(make: Make, smallest: float, verdict: Measured) -> None:
    """Catches a fall that is contradicted because it is below nought, and a ratio upside down."""
    levels = {Run("instruct-0.6B", "end-to-end", "image"): smallest}
    (part,) = claim(audit(make, {}, levels=levels, half=0.02), "C19").parts
    assert (part.published, part.verdict) == ("-48", verdict)
    assert part.measured == pytest.approx(100 * (smallest / 0.5 - 1))


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        ((0.052, 0.005), Measured.REPRODUCED),
        ((0.12, 0.005), Measured.CONTRADICTED),
        ((0.06, 0.1), Measured.INCONCLUSIVE),
    ],
)
def test_the_published_scale_judges_the_number(
    make: Make, effect: tuple[float, float], verdict: Measured
) -> None:
    """Catches an effect of another size that counts as reproduced by its direction, and a number
    that counts as reproduced for want of answers."""
    found = audit(make, {GAIN: effect}, FULL)
    assert claim(found, "C08").verdict == verdict
    assert number(found, "f5.d06_in").verdict == verdict


def test_a_model_that_was_trained_once_is_seen_in_one_training_run(make: Make) -> None:
    """Catches a claim that is reproduced, or contradicted, by one training of unknown spread; and
    a caution that does not say so."""
    for value, verdict in (
        (0.2, Measured.SEEN_ONCE),
        (-0.2, Measured.OPPOSITE_SEEN_ONCE),
        (0.005, Measured.INCONCLUSIVE),
    ):
        found = audit(make, {GAIN: (value, 0.01)}, trained=True)
        (part,) = claim(found, "C08").parts
        assert (part.training, part.verdict) == ("seen once", verdict)
        assert claim(found, "C08").verdict == verdict
        assert part.seeds_needed is None
        assert "trained once" in found.caution
    assert "trained once" not in audit(make, {GAIN: (0.2, 0.01)}).caution


def test_a_rehearsal_is_shown_and_nothing_of_it_is_judged(make: Make, tuned: Kept) -> None:
    """Catches numbers of eight questions and two steps that count for or against the paper."""
    found = audit(make, {GAIN: (0.2, 0.01)}, REHEARSAL, tuned=tuned)
    judged = {entry.verdict for entry in [*found.claims, *found.numbers]}
    judged |= {part.verdict for entry in found.claims for part in entry.parts}
    assert judged == {Measured.NOT_JUDGED, Measured.NOT_RUN}
    assert found.claim_tests == found.number_tests == 0
    assert claim(found, "C08").parts[0].measured == pytest.approx(20)
    assert "nothing is judged" in found.caution


def test_numbers_of_the_miniature_are_shown_and_not_judged(make: Make) -> None:
    """Catches an accuracy of the miniature that is judged by the paper's, and a published row that
    no longer finds its run."""
    found = audit(make, {})
    judged = {entry.verdict for entry in found.numbers}
    assert judged == {Measured.NOT_JUDGED, Measured.NOT_RUN}
    shown = [e.id for e in found.numbers if e.verdict == Measured.NOT_JUDGED]
    rows = ("base_e2e", "base_dec", "ct", "et_scratch", "et")
    cells = [id for id in shown if id.startswith("t2.")]
    assert len(cells) == 2 * len(rows) * 14
    assert sorted(set(shown) - set(cells)) == sorted(
        [
            *(f"f5.{model}_{size}.{at}" for model in ("cap", "ve") for size in ("06", "17")
              for at in ("in", "mmstar")),
            *(f"f5.d{size}_{at}" for size in ("06", "17") for at in ("in", "mmstar")),
            *(f"fig3b.{module}.{at}" for module in ("perc", "reas") for at in ("in", "ood")),
            *("ta1.qwen3", "sec31.grounding", "sec31.nights"),
        ]
    )  # fmt: skip
    assert number(found, "t2.et_06_17.in.avg").measured == pytest.approx(50)
    assert number(found, "fig3b.perc.in").measured == pytest.approx(0)


def test_what_was_not_run_is_said_and_why(make: Make) -> None:
    """Catches a missing size, another group's model or a count of data that gets a verdict."""
    found = audit(make, {}, sizes=["8B", "0.6B"])
    assert number(found, "t2.et_17_4.in.avg").note == (
        "published only: no score of extract-1.7B/4B/think, in-domain, average"
    )
    assert number(found, "t2.smolvlm.in.c1").note == (
        "published only: no score of smolvlm/end-to-end/image, in-domain, ocrvqa"
    )
    (samples,) = claim(found, "C04").parts
    assert samples.note == "no record of the samples of extract"
    assert {claim(found, id).verdict for id in ("C01", "C16", "C28", "C31", "C35", "C38")} == {
        Measured.NOT_RUN
    }
    assert claim(found, "C32").parts_run == 2


def test_models_of_others_are_judged_once_they_are_run(make: Make) -> None:
    """Catches a row of another group's model that stays published only, and a claim about it that
    takes the printed number for a measured one."""
    llava = Run("llava-onevision-0.5b", "end-to-end", "image")
    prism = Run("prism-7b", "llama3-70b", "plain")
    best = Run("extract-0.6B", "1.7B", "think")
    levels = {llava: 0.4, prism: 0.6, best: 0.5}
    found = audit(make, {}, FULL, levels=levels, more=[llava, prism], half=0.01)
    row = number(found, "t2.llava_ov_05b.in.avg")
    assert (row.measured, row.published, row.verdict) == (40, "71.1", Measured.CONTRADICTED)
    assert number(found, "t2.prism_18_70.in.avg").verdict == Measured.NOT_RUN
    (gain,) = claim(found, "C01").parts
    assert gain.measured == pytest.approx(25)
    assert claim(found, "C16").verdict == Measured.CONTRADICTED


def test_a_released_checkpoint_is_held_against_the_same_numbers(make: Make) -> None:
    """Catches a released checkpoint that takes the place of the model tuned here, and one that is
    held against another size's number."""
    own = Run("extract-1.7B", "4B", "think")
    released = Run("released-extract-1.7B", "4B", "think")
    found = audit(make, {}, FULL, levels={own: 0.6, released: 0.85}, more=[released], half=0.005)
    assert number(found, "t2.et_17_4.in.avg").measured == pytest.approx(60)
    twin = number(found, "t2.et_17_4.in.avg.released")
    assert (twin.measured, twin.published) == (pytest.approx(85), "85.3")
    assert twin.verdict == Measured.REPRODUCED
    assert twin.note == "the released checkpoint, released-extract-1.7B"
    assert len([e for e in found.numbers if e.id.endswith(".released")]) == 14


def test_other_families_of_table_a1_are_those_that_the_run_compares(make: Make) -> None:
    """Catches the drop of another family in fractions, or of another step."""
    step = ("perception gemma3-12b->gemma3-4b", "out-of-domain", "average")
    found = audit(make, {step: (0.05, 0.004)}, FULL)
    gemma = number(found, "ta1.gemma3")
    assert (gemma.measured, gemma.verdict) == (pytest.approx(5), Measured.REPRODUCED)
    assert number(found, "ta1.internvl").verdict == Measured.NOT_RUN
    assert [part.verdict for part in claim(found, "C27").parts][1:3] == (
        [Measured.NOT_RUN, Measured.REPRODUCED]
    )


def test_counts_of_samples_are_judged_at_the_published_scale(make: Make, tuned: Kept) -> None:
    """Catches counts in another unit, one of another tuning, and a replay counted as new."""
    found = audit(make, {}, FULL, tuned=tuned)
    for id, measured in {
        "data.si_total": 573.6,
        "data.mi_total": 309.2,
        "data.mi_replay": 150,
        "data.blip": 558,
        "data.vet": 382,
        "t1.si.OCR-VQA": 165,
        "t1.mi.Perceptual": 66.4,
        "txt.less73": 100 * (1 - 2.3583 / 8.8),
    }.items():
        entry = number(found, id)
        assert entry.measured == pytest.approx(measured), id
        assert (entry.verdict, entry.low, entry.p) == (Measured.REPRODUCED, None, None), id
    for id in ("C04", "C05", "C28", "C29", "C30", "C31"):
        assert claim(found, id).verdict == Measured.REPRODUCED, id
    assert [part.measured for part in claim(found, "C31").parts] == pytest.approx(
        [1.0263, 1.9763, 2.3583, 0.382]
    )
    assert found.claim_tests == audit(make, {}, FULL).claim_tests


def test_a_count_that_is_off_is_contradicted(make: Make, tuned: Kept) -> None:
    """Catches a tolerance so wide that a third of the captions may be missing."""
    fewer = {**tuned, "caption": Tuned(664_000, 1_690_300, {"allava": 664_000})}
    found = audit(make, {}, FULL, tuned=fewer)
    assert number(found, "data.allava").verdict == Measured.CONTRADICTED
    assert claim(found, "C31").verdict == Measured.CONTRADICTED


def test_counts_of_the_miniature_are_shown_and_not_judged(make: Make, tuned: Kept) -> None:
    """Catches a count of the miniature that reproduces the paper's because both are above nought,
    and a share of another group's millions."""
    small = {
        name: Tuned(t.samples // 100, t.visual_samples // 100, {}) for name, t in tuned.items()
    }
    found = audit(make, {}, MINIATURE, tuned=small)
    assert claim(found, "C31").verdict == claim(found, "C28").verdict == Measured.NOT_JUDGED
    assert claim(found, "C31").parts[0].measured == pytest.approx(0.010263)
    assert claim(found, "C29").verdict == Measured.NOT_RUN
    assert claim(found, "C04").verdict == claim(found, "C05").verdict == Measured.NOT_RUN


def test_an_audit_says_what_it_cannot_say(make: Make) -> None:
    """Catches a miniature that reads as the published study, and one seed as if it were many."""
    assert "direction" in audit(make, {}).caution
    assert "trained once" in audit(make, {GAIN: (0.2, 0.01)}, trained=True).caution
    assert audit(make, {}, FULL, seeds=3).caution == ""
    with pytest.raises(ValueError, match="allowed: 'miniature', 'published'"):
        audit(make, {}, "huge")


def test_the_schema_is_that_of_the_code() -> None:
    """Catches a field that was added without
    `python -m downscaling.audit > docs/audit.schema.json`."""
    schema = json.loads((HOME / "docs/audit.schema.json").read_text())
    assert schema == Audit.model_json_schema()


def test_an_audit_is_read_as_it_was_written(make: Make, tmp_path: Path) -> None:
    """Catches a verdict or a number that does not survive the file, and a broken file that is
    read."""
    found = audit(make, {GAIN: (0.03, 0.01)})
    write(found, tmp_path / "audit.json")
    assert read(tmp_path / "audit.json") == found
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(RecordError, match="no audit"):
        read(tmp_path / "broken.json")
    with pytest.raises(RecordError, match="no such file"):
        read(tmp_path / "none.json")


@pytest.mark.parametrize(("effect", "code"), [((0.03, 0.01), 0), ((-0.03, 0.01), 1)])
def test_only_strict_fails_and_only_on_a_contradicted_claim(
    effect: tuple[float, float], code: int, tmp_path: Path, tables: Files
) -> None:
    """Catches a run that fails because of what it found, and a strict audit that never does."""
    tables({GAIN: effect}, ["8B", "0.6B"], tmp_path)
    settings = {
        "numerics": "portable",
        "preset": "p",
        "scale": "miniature",
        "sizes": ["8B", "0.6B"],
        "roles": {"baseline": "instruct", "caption": "caption", "extraction": "extract"},
        "parser": "robust",
        "tunings": [],
    }
    inputs = {name: [tmp_path / f"{name}.csv"] for name in ("scores", "differences")}
    outputs = {"json": [tmp_path / "audit.json"], "text": [tmp_path / "audit.txt"]}
    done = perform(task("audit", settings, tmp_path, inputs, outputs), tmp_path / "jobs")
    assert done.returncode == 0, done.stdout
    target = str(tmp_path / "audit.json")
    assert CliRunner().invoke(app, ["audit", target]).exit_code == 0
    shown = CliRunner().invoke(app, ["audit", target, "--strict"])
    assert shown.exit_code == code
    assert f"C08  {'contradicted' if code else 'reproduced'}" in shown.stdout


def test_an_audit_is_found_in_its_results_folder(make: Make, tmp_path: Path) -> None:
    """Catches a finished run that is told to be no reference, and a refusal that does not say what
    to name instead."""
    (tmp_path / "audit").mkdir()
    found = audit(make, {GAIN: (0.03, 0.01)})
    write(found, tmp_path / "audit/audit.json")
    assert read(tmp_path) == found
    shown = CliRunner().invoke(app, ["audit", str(tmp_path)])
    assert shown.exit_code == 0
    (tmp_path / "README.md").write_text("# Read me")
    for name, told in (
        ("audit", "neither a reference nor a results folder with audit/audit.json; name one"),
        ("README.md", "no audit (Invalid JSON: "),
        ("nowhere.json", "no such file; check the name\n"),
    ):
        refused = CliRunner().invoke(app, ["audit", str(tmp_path / name)])
        assert refused.exit_code == 1
        assert refused.stderr.startswith(f"downscaling: {tmp_path / name}: {told}")
        assert refused.stderr.count("\n") == 1
        assert "faults" not in refused.stderr
