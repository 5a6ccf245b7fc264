"""The graph of every preset, without running it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from downscaling.planning.jobs import Jobs
from downscaling.planning.report import estimate
from downscaling.stages.graph import all_jobs
from downscaling.study.load import read
from running import HOME, changed, preset, seeing, snakemake

STAGES = {
    "miniature": Counter(
        render=1, prepare=6, backbone=5, features=1, tune=20, observe=1, observe_samples=1,
        statements=1, depict=1, converse=1, perceive=12, reason=12, evaluate=8, grade=1, score=1,
        draw=1,
        latency=1, table=1, probe=1, validity=1, verdicts=1, report=1,
        export=1, costs=1, crate=1,
    ),
    "smoke": Counter(
        render=1, prepare=6, backbone=4, features=1, tune=13, observe=1, observe_samples=1,
        statements=1, depict=1, converse=1, perceive=7, reason=7, evaluate=4, grade=1, score=1,
        draw=1,
        latency=1, table=1, probe=1, validity=1, verdicts=1, report=1,
        export=1, costs=1, crate=1,
    ),
    "gpu": Counter(
        render=1, prepare=6, pretrain=5, features=1, tune=60, observe=1, observe_samples=1,
        statements=1, depict=1, converse=1, perceive=36, reason=36, evaluate=24, grade=1, score=1,
        draw=1,
        latency=1, table=1, probe=1, validity=1, verdicts=1, report=1,
        export=1, costs=1, crate=1,
    ),
    "released": Counter(
        fetch=16, convert=5, prepare=2, observe=1, phrases=1, perceive=4, reason=2, evaluate=3,
        grade=1, score=1, draw=1, latency=1, table=1, validity=1, verdicts=1, report=1, export=1,
        costs=1, crate=1,
    ),
    "paper": Counter(
        fetch=40, convert=7, prepare=8, tune=20, observe=1, phrases=1, observe_samples=32,
        statements=32, depict=32, converse=1, perceive=22, reason=22, evaluate=11, grade=1, score=1,
        draw=1,
        latency=1, table=1, validity=1, verdicts=1, report=1, export=1, costs=1,
        crate=1,
    ),
}  # fmt: skip
"""Jobs of each stage: rules of which there are several, as prepare_*, are counted as one."""
STAGES["rehearsal"] = STAGES["paper"] - Counter(observe_samples=30, statements=30, depict=30)
STAGES["miniature-seeds"] = STAGES["miniature"] | Counter(
    tune=40, perceive=24, reason=24, evaluate=16
)


@pytest.mark.parametrize(
    "name", ["miniature", *sorted(p.stem for p in HOME.glob("presets/*.yaml"))]
)
def test_a_preset_s_graph_holds_the_whole_study(name: str, tmp_path: Path) -> None:
    """Catches a preset that no longer loads, a run that fell out of the graph, and jobs so many
    that starting them outweighs their work. A new preset needs its counts above."""
    run = snakemake(tmp_path, "--dry-run", *preset(name))
    assert run.code == 0, run.text
    assert run.stages == STAGES[name]


@pytest.mark.parametrize(
    ("target", "absent"),
    [
        ("data", {"features", "tune", "score"}),
        ("backbones", {"render", "tune"}),
        ("models", {"perceive", "score"}),
        ("scores", {"draw", "validity"}),
        ("figures", {"validity", "probe"}),
    ],
)
def test_a_target_asks_for_its_stage_and_no_more(
    target: str, absent: set[str], tmp_path: Path
) -> None:
    """Catches a named target that leads nowhere, or everywhere."""
    run = snakemake(tmp_path, "--dry-run", *preset("smoke"), "--", target)
    assert run.code == 0, run.text
    assert run.jobs
    assert not absent & run.jobs.keys()


def test_shards_are_a_matter_of_configuration(tmp_path: Path) -> None:
    """Catches a shard that no rule makes, and shards that multiply anything but the teacher."""
    changes = changed(tmp_path, teacher={"shards": 3})
    run = snakemake(tmp_path, "--dry-run", *changes)
    assert run.code == 0, run.text
    thrice = Counter(observe_samples=3, statements=3, depict=3)
    assert run.stages == STAGES["smoke"] | thrice


def test_models_of_others_are_fetched_only_where_a_run_names_them(tmp_path: Path) -> None:
    """Catches a source that the configuration names and that no rule brings, and one that is
    fetched or converted for nobody."""
    overlay = tmp_path / "overlay.yaml"
    pair = {"perception": ["internvl2.5-2b"], "reasoning": ["gemma3-4b-reasoner"]}
    runs = {
        "end_to_end": {"models": ["smolvlm"], "blind": []},
        "decoupled": [{**pair, "modes": ["plain"]}],
    }
    overlay.write_text(json.dumps({"runs": runs}))
    run = snakemake(tmp_path, "--dry-run", *preset("paper"), str(overlay))
    assert run.code == 0, run.text
    fetched = {"fetch_smolvlm", "fetch_gemma3-4b", "fetch_internvl2.5-2b", "fetch_official"}
    assert fetched | {"fetch_internvl2.5-2b-form", "convert_internvl2.5-2b"} <= run.jobs.keys()
    assert not {"fetch_gemma3-12b", "fetch_internvl2.5-1b", "statements"} & run.jobs.keys()
    assert run.jobs["evaluate"] == run.jobs["phrases_out-of-domain"] == 1


def test_a_model_of_one_s_own_is_evaluated_without_training(tmp_path: Path) -> None:
    """Catches a tuning, a teacher or a training set that somebody waits for who brings a model; and
    families that are prepared though they are left out."""
    where, folder = tmp_path / "where.yaml", {"model": str(seeing(tmp_path / "mine"))}
    where.write_text(json.dumps({"external": {"models": {"mine": folder}}}))
    overlays = [*preset("released"), str(HOME / "examples/own-model.yaml"), str(where)]
    run = snakemake(tmp_path, "--dry-run", *overlays)
    assert run.code == 0, run.text
    assert not {"tune", "features", "statements", "fetch_coin", "fetch_smolvlm"} & run.jobs.keys()
    assert run.stages["evaluate"] == run.stages["reason"] == 2
    assert run.stages["perceive"] == 1
    assert run.stages["prepare"] == 2


def test_a_size_of_one_s_own_takes_part_in_everything_that_names_it(tmp_path: Path) -> None:
    """Catches an example that no longer loads, and a size that is pretrained and then left out."""
    overlay = ["--configfile", str(HOME / "examples/size.yaml")]
    run = snakemake(tmp_path, "--dry-run", *overlay)
    assert run.code == 0, run.text
    assert run.jobs["pretrain"] == 6
    assert run.stages["tune"] == 15
    assert run.stages["perceive"] == run.stages["reason"] == 5
    assert run.stages["evaluate"] == 8


BENCHMARK = HOME / "examples/benchmark-tsv.yaml"


def test_a_benchmark_of_one_s_own_is_answered_by_models_that_are_tuned(tmp_path: Path) -> None:
    """Catches an example that no longer loads, and a benchmark that costs its author a whole study:
    tunings, the other benchmarks, families, and jobs that would draw nothing."""
    where, folder = tmp_path / "where.yaml", {"model": str(seeing(tmp_path / "mine"))}
    where.write_text(json.dumps({"external": {"models": {"baseline": folder, "extract": folder}}}))
    run = snakemake(tmp_path, "--dry-run", "--configfile", str(BENCHMARK), str(where))
    assert run.code == 0, run.text
    assert run.stages["prepare"] == run.jobs["prepare_shapes"] == 1
    assert not {"tune", "render", "draw", "latency"} & run.jobs.keys()
    refused = snakemake(tmp_path, "--dry-run", "--configfile", str(BENCHMARK))
    assert refused.code == 1
    assert "external.models.baseline.model: given results/miniature/models/" in refused.text


def test_a_benchmark_of_one_s_own_is_asked_beside_the_others(tmp_path: Path) -> None:
    """Catches a study of everything that leaves out the benchmark that was added to it."""
    added = {"benchmarks": {"shapes": {"source": "examples/benchmark-tsv/shapes.toml"}}}
    (tmp_path / "added.yaml").write_text(json.dumps(added))
    run = snakemake(tmp_path, "--dry-run", "--configfile", str(tmp_path / "added.yaml"))
    assert run.code == 0, run.text
    assert run.jobs["prepare_shapes"] == 1


@pytest.mark.parametrize("name", ["smoke", "released", "paper"])
@pytest.mark.parametrize("absent", ["in-domain", "out-of-domain"])
def test_a_benchmark_is_removed_with_what_it_alone_reads(
    name: str, absent: str, tmp_path: Path
) -> None:
    """Catches a job that waits for a benchmark which an overlay removes, and gigabytes that are
    fetched for nobody; and an example that no longer loads."""
    overlay = HOME / "examples/one-benchmark.yaml"
    if absent == "out-of-domain":
        overlay = tmp_path / "overlay.yaml"
        overlay.write_text(json.dumps({"benchmarks": {absent: None}}))
    configfile = preset(name) or ["--configfile"]
    run = snakemake(tmp_path, "--dry-run", *configfile, str(overlay))
    assert run.code == 0, run.text
    sources = {"in-domain": "vmcbench", "out-of-domain": "mmstar"}
    lost, kept = sources.pop(absent), *sources.values()
    assert f"prepare_{kept}" in run.jobs
    assert not {f"fetch_{lost}", f"prepare_{lost}"} & run.jobs.keys()
    assert STAGES[name]["prepare"] - run.stages["prepare"] == 1
    # Of the released checkpoints only VMCBench's focus phrases need the largest size.
    fewer = {("paper", absent): 1, ("released", "out-of-domain"): 1, ("released", "in-domain"): 2}
    assert STAGES[name]["fetch"] - run.stages["fetch"] == fewer.get((name, absent), 0)
    for stage in ("tune", "perceive", "reason", "evaluate", "report"):
        assert run.stages[stage] == STAGES[name][stage]


def test_what_the_command_line_removes_is_removed(tmp_path: Path) -> None:
    """Catches null as the text that Snakemake's --config makes of it."""
    removed = ["--config", "benchmarks={out-of-domain: null}"]
    run = snakemake(tmp_path, "--dry-run", *preset("smoke"), *removed)
    assert run.code == 0, run.text
    assert "prepare_mmstar" not in run.jobs


@pytest.mark.parametrize("target", ["fetched", "data"])
def test_what_no_result_rests_on_is_not_asked_for_by_a_target(target: str, tmp_path: Path) -> None:
    """Catches the training sets of the default tunings, 216 GB, that are fetched for a study which
    tunes nothing."""
    run = snakemake(tmp_path, "--dry-run", *preset("released"), "--", target)
    assert run.code == 0, run.text
    sets = {"coin", "allava", "blip558k", "coco2014", "m4", "imagenet", "vision-flan"}
    assert not {f"fetch_{name}" for name in sets} & run.jobs.keys()
    assert {"fetch_mmstar", "fetch_vmcbench"} <= run.jobs.keys()


def test_released_extraction_data_need_no_teacher(tmp_path: Path) -> None:
    """Catches two rules for the same records, and a teacher whose work nothing reads."""
    overlays = [*preset("paper"), str(HOME / "examples/released-extraction.yaml")]
    run = snakemake(tmp_path, "--dry-run", *overlays)
    assert run.code == 0, run.text
    taught = {"observe_samples", "statements", "depict", "converse", "fetch_qwen3-vl-8b"}
    assert not taught & run.jobs.keys()
    assert run.jobs["fetch_vet-382k"] == run.jobs["prepare_vet-382k"] == 1
    values = [HOME / "presets/paper.yaml", HOME / "examples/released-extraction.yaml"]
    study = read(HOME / "config.yaml", values)
    jobs = Jobs((job.stage_name, job.key) for job in all_jobs(study))
    assert estimate(study, jobs).total().jobs == run.jobs.total()


def test_gpus_are_a_matter_of_configuration(tmp_path: Path) -> None:
    """Catches a miniature that needs a GPU, and GPU jobs that run when there is none."""
    run = snakemake(tmp_path, "--dry-run", "--resources", "gpu=4", *preset("miniature"))
    assert run.code == 0
    run = snakemake(tmp_path, "--dry-run", "--resources", "gpu=0", *preset("gpu"))
    assert run.code == 0
    assert run.stages == STAGES["gpu"]


def test_the_slurm_profile_is_understood(tmp_path: Path) -> None:
    """Catches a key of the profile that Snakemake or its SLURM plugin does not know."""
    slurm = ["--workflow-profile", str(HOME / "profiles/slurm")]
    run = snakemake(tmp_path, "--dry-run", *slurm, *preset("gpu"))
    assert run.code == 0, run.text
    assert run.stages == STAGES["gpu"]
    assert "profiles/slurm" in run.text


def test_the_workflow_is_in_good_style(tmp_path: Path) -> None:
    """Catches a rule without a log, and what else Snakemake's own lint objects to."""
    run = snakemake(tmp_path, "--lint")
    assert run.code == 0, run.text
