"""The whole smoke graph, run once: its artifacts, its report, and what a change runs anew."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections import Counter
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image

from downscaling.config.block import as_json
from downscaling.figures.listed import FIGURES
from downscaling.report.page import PAPER
from downscaling.runtime.job import Task
from downscaling.stages import teaching
from downscaling.stages.graph import all_jobs
from downscaling.stages.stage import declared
from downscaling.study.paths import is_measured
from emulating import another_vendor, needs_emulation, started
from performing import command, perform, task
from running import HOME, changed, clone, configure, cut_down, preset, snakemake, studied

SCORES = (
    "preset,seed,perception,reasoning,mode,benchmark,category,metric,parser,value,low,high,n,"
    "training,seeds,sd,chance_sd,df,question_low,question_high"
)
VALIDITY = "check,value,low,high,n,unit,training,bar,holds"
SHOWN = ("draw", "latency", "table", "validity", "verdicts", "report", "costs", "crate")
RESCORED = Counter(("score", "export", *SHOWN))
"""What new scores lead to."""

AFTERWARDS = RESCORED + Counter(grade=1)
"""What every new answer leads to."""


DRAWN = [name for name in FIGURES if name not in ("figure-a3", "figure-a4", "figure-a9")]
"""The figures whose models the preset runs, but for that of seconds."""


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_tables_have_their_fixed_places_and_columns(smoke: Path) -> None:
    """Catches a table that other programs can no longer read."""
    results = smoke / "results/smoke"
    scores = rows(results / "scores/scores.csv")
    assert ",".join(scores[0]) == SCORES
    typed = pq.read_table(results / "scores/scores.parquet").to_pylist()
    assert [list(row) for row in typed[:1]] == [list(scores[0])]
    assert [f"{row['value'] + 0.0:.6f}" for row in typed] == [row["value"] for row in scores]
    assert {"plain", "think", "image", "blind"} <= {row["mode"] for row in scores}
    assert {"accuracy", "fact recall"} <= {row["metric"] for row in scores}
    assert {"last-line", "first-letter", "robust"} <= {row["parser"] for row in scores}
    assert ",".join(rows(results / "tables/validity.csv")[0]) == VALIDITY
    assert rows(results / "tables/table2.csv")
    assert json.loads((results / "scores/summary.json").read_text())


def test_every_figure_is_a_picture_with_its_data(smoke: Path) -> None:
    """Catches a figure that is empty, or lost its data or its vector form."""
    results = smoke / "results/smoke"
    stems = [results / f"figures/{name}" for name in DRAWN]
    for stem in (*stems, results / "measured/figures/figure-a9"):
        with Image.open(f"{stem}.png") as picture:
            assert min(picture.size) > 200
            assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 2
        assert "<svg" in Path(f"{stem}.svg").read_text()
        assert Path(f"{stem}.csv").read_text().count(",")


def test_samples_are_counted_by_their_sets(smoke: Path) -> None:
    """Catches a tuning that no longer keeps what it was given, so that claims about it are lost."""
    claims = json.loads((smoke / "results/smoke/audit/audit.json").read_text())["claims"]
    verdicts = {claim["id"]: claim["verdict"] for claim in claims}
    assert [verdicts[id] for id in ("C28", "C29", "C30", "C31")] == ["not judged"] * 4


def test_nothing_is_left_to_do(smoke: Path) -> None:
    """Catches a rule whose inputs or parameters change by themselves."""
    run = snakemake(smoke, "--dry-run", *preset("smoke"))
    assert "Nothing to be done" in run.text


def test_the_report_shows_everything_with_the_command_behind_it(smoke: Path) -> None:
    """Catches a figure that the report misses, a link to a copy that is not there, and a number
    without the command that made it."""
    results = smoke / "results/smoke"
    page = (results / "report.html").read_text()
    links = set(re.findall(r'(?:href|src)="([^"#]+)"', page)) - {PAPER}
    assert {f"report/figures/{name}.svg" for name in DRAWN} <= links
    assert "measured/figures/figure-a9.svg" in links
    assert "report/tables/validity.csv" in links
    assert [link for link in links if not (results / link).is_file()] == []
    force = "snakemake --cores all --configfile results/smoke/workflow/configuration.json --force "
    forced = re.findall(f"{force}(results/smoke/provenance/[^<]+)", page)
    stages = {Path(record).relative_to("results/smoke/provenance").parts[0] for record in forced}
    assert {"tune", "perceive", "reason", "evaluate", "score.json", "draw.json"} <= stages
    assert [record for record in forced if not (smoke / record).is_file()] == []
    followed = set(re.findall(r'href="#(command-\d+)"', page))
    assert followed
    assert followed <= set(re.findall(r'id="(command-\d+)"', page))


def test_the_folder_is_a_crate_of_its_run(smoke: Path, tmp_path: Path) -> None:
    """Catches a crate that other tools refuse, a command that it leaves out, and one whose inputs
    or results it does not find."""
    import validating

    results = smoke / "results/smoke"
    held = json.loads((results / "ro-crate-metadata.json").read_text())["@graph"]
    steps = [entity for entity in held if entity["@id"].startswith("#command-")]
    verbs = Counter(step["name"].split()[0] for step in steps)
    assert verbs["tune"] == 13
    assert {"render", "perceive", "reason", "evaluate", "score", "export", "audit"} <= {*verbs}
    assert all(step["result"] and step["startTime"] <= step["endTime"] for step in steps)
    assert all("object" in step for step in steps if step["name"].startswith(("tune", "reason")))
    assert validating.terms(results) == set()
    assert validating.findings(results, tmp_path / "web")["REQUIRED"] == set()


@pytest.mark.parametrize(
    ("groups", "jobs"),
    [
        (
            {"scores": {"bootstrap": 101}},
            RESCORED,
        ),
        (
            {"reasoning": {"think": {"temperature": 0.5}}},
            AFTERWARDS
            + Counter({"reason_2_4B_think": 1, "reason_2_0.6B_think": 1, "reason_4_1.7B_think": 1}),
        ),
        (
            {"tunings": {"extract": {"epochs": 0.9}}},
            AFTERWARDS
            + Counter({"tune": 1, "perceive": 1, "reason_3_4B_plain": 1, "reason_4_1.7B_think": 1}),
        ),
        (
            {"end_to_end": {"max_new_tokens": 5}},
            AFTERWARDS + Counter(evaluate=4),
        ),
    ],
)
def test_a_changed_parameter_reruns_just_its_part(
    smoke: Path, tmp_path: Path, groups: dict[str, object], jobs: Counter[str]
) -> None:
    """Catches parameters that reach further than the verb that reads them, or not so far."""
    run = snakemake(smoke, "--dry-run", *changed(tmp_path, **groups))
    assert run.jobs == jobs


def test_a_new_seed_leaves_the_old_one_s_models_alone(smoke: Path, tmp_path: Path) -> None:
    """Catches a seed that is added and retrains everything."""
    run = snakemake(smoke, "--dry-run", *changed(tmp_path, seeds=[0, 1]))
    tuned = [message for message in run.messages if message.startswith("tuning")]
    assert len(tuned) == 13
    assert all(message.endswith("seed 1") for message in tuned)
    assert not {"features", "observe", "converse"} & run.jobs.keys()


def test_a_new_pair_is_one_more_job(smoke: Path, tmp_path: Path) -> None:
    """Catches a pair whose addition repeats the others."""
    pair = {"perception": ["caption-0.6B"], "reasoning": ["0.6B"], "modes": ["plain"]}
    entries = decoupled()
    run = snakemake(smoke, "--dry-run", *changed(tmp_path, runs={"decoupled": [*entries, pair]}))
    assert run.jobs == AFTERWARDS + Counter({"reason_5_0.6B_plain": 1})


def decoupled() -> list[object]:
    """The smoke preset's entries in runs.decoupled."""
    values = yaml.safe_load((HOME / "presets/smoke.yaml").read_text())
    return list(values["runs"]["decoupled"])


def artifacts(folder: Path) -> dict[str, str]:
    """The sha256 of every result, without what is measured."""
    results = folder / "results/smoke"
    files = {path.relative_to(results).as_posix(): path for path in results.rglob("*")}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in files.items()
        if path.is_file() and not is_measured(name)
    }


SMOKE = studied([HOME / "presets/smoke.yaml"])
JOBS = {job.stage_name: job for job in all_jobs(SMOKE)}
"""One job of each stage, the last: its tuning starts from another, its answers are of a tuning."""


def alone(smoke: Path, folder: Path, stage: str) -> Task:
    """A stage's job with its declared inputs, which are copied to a folder."""
    job = JOBS[stage]
    read = declared(job.stage.inputs(SMOKE, **job.key))
    made = declared(job.stage.outputs(SMOKE, **job.key))
    for path in (p for p in chain(*read.values()) if p.startswith(SMOKE.paths.root)):
        if (smoke / path).is_dir():
            shutil.copytree(smoke / path, folder / path, dirs_exist_ok=True)
        else:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(smoke / path, folder / path)
    engine = {"engine": teaching.engine(SMOKE)} if SMOKE.data.is_taught else {}
    return task(
        stage,
        json.loads(as_json(job.stage.settings(SMOKE, **job.key))),
        Path(SMOKE.paths.root),
        {name: list(map(Path, paths)) for name, paths in read.items()},
        {name: list(map(Path, paths)) for name, paths in made.items()},
        report_to="",
        curves="curves",
        states="states",
        missing="missing",
        **engine,
    )


def unlike(smoke: Path, folder: Path, job: Task) -> list[str]:
    """The computed files of a job's outputs whose bytes in a folder are not those of the whole
    run."""
    differing = []
    for path in chain(*job.outputs.values()):
        found = (smoke / path, *(smoke / path).rglob("*"))
        files = [p for p in found if p.is_file() and p.name != ".snakemake_timestamp"]
        assert files
        again = {file: folder / file.relative_to(smoke) for file in files}
        differing += [
            str(new) for old, new in again.items() if new.read_bytes() != old.read_bytes()
        ]
    root = folder / SMOKE.paths.root
    return [path for path in differing if not is_measured(Path(path).relative_to(root).as_posix())]


@pytest.mark.slow
@pytest.mark.pythons
@pytest.mark.parametrize("stage", JOBS)
def test_a_job_needs_no_more_than_it_declares(
    smoke: Path, tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a stage that reads what its rule does not declare, by whatever way: in a folder that
    holds the declared inputs alone it fails, or makes something else. Under another Python than
    the whole run's it catches bytes that depend on Python."""
    monkeypatch.chdir(tmp_path)  # from where relative paths to the repository lead
    job = alone(smoke, tmp_path, stage)
    done = perform(job, tmp_path / "job", directory=tmp_path)
    assert done.returncode == 0, done.stdout[-4000:]
    assert unlike(smoke, tmp_path, job) == []


@pytest.mark.slow
@needs_emulation
@pytest.mark.parametrize("stage", ["tune", "reason"])
def test_another_processor_makes_the_same_bytes(
    smoke: Path, tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches arithmetic in a real job that depends on the vendor of the processor: in a tuning
    with Muon, in generation."""
    monkeypatch.chdir(tmp_path)
    job = alone(smoke, tmp_path, stage)
    arguments = command(job, tmp_path / "job")[1:]
    process = started(another_vendor(), arguments, {"OMP_NUM_THREADS": "1"}, tmp_path)
    _, told = process.communicate()
    assert process.returncode == 0, told[-4000:]
    assert unlike(smoke, tmp_path, job) == []


@pytest.mark.slow
def test_two_runs_agree_byte_for_byte(tmp_path: Path) -> None:
    """Catches results that depend on the folder, the order of jobs, the clock or a cache, and a
    measurement outside the places that are named for it: two copies of the repository with the
    smoke preset, cut down, one run on one core, one on two."""
    copies = {cores: tmp_path / f"on-{cores}" / ("a" * int(cores)) for cores in ("1", "2")}
    for copy in copies.values():
        clone(copy)
        configure(copy, cut_down("smoke"))
    made = []
    for cores, copy in copies.items():
        run = snakemake(copy, "--cores", cores, home=copy)
        assert run.code == 0, run.text[-6000:]
        made.append(artifacts(copy))
    assert made[0].keys() == made[1].keys()
    assert {name for name in made[0] if made[0][name] != made[1][name]} == set()
