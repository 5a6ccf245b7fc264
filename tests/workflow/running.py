"""Snakemake, run as a user runs it, with its results in a folder of the test's own."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from snakemake.utils import update_config

from downscaling.stages.graph import all_jobs
from downscaling.stages.stage import declared, folders
from downscaling.study.load import load
from downscaling.study.study import Study

HOME = Path(__file__).parents[2]
SEVERAL = ("fetch", "convert", "prepare", "tune", "phrases", "reason", "import")
"""Stages that have a rule for each of several things, as prepare_coin, or for the largest size."""


@dataclasses.dataclass(frozen=True)
class Run:
    """What Snakemake said and how it ended."""

    code: int
    text: str

    @property
    def jobs(self) -> Counter[str]:
        """How many jobs of each rule there are to do, without `all`."""
        tables = re.findall(r"^Job stats:\n.*?^total +\d+$", self.text, re.DOTALL | re.MULTILINE)
        rows = re.findall(r"^([\w.-]+) +(\d+)$", tables[0], re.MULTILINE) if tables else []
        return Counter({rule: int(n) for rule, n in rows if rule not in ("all", "total")})

    @property
    def stages(self) -> Counter[str]:
        """How many jobs of each stage there are to do."""
        total: Counter[str] = Counter()
        for rule, count in self.jobs.items():
            first = rule.split("_")[0]
            total[first if first in SEVERAL else rule] += count
        return total

    @property
    def messages(self) -> list[str]:
        """What each job says it does."""
        return sorted(re.findall(r"^Job \d+: (.*)$", self.text, re.MULTILINE))


def snakemake(folder: Path, *arguments: str, home: Path = HOME) -> Run:
    """Run the Snakefile in `home` with its results in `folder`."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(home / "Snakefile")]
    done = subprocess.run(
        [*command, "--directory", str(folder), *arguments],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout)


def in_turn(folder: Path, calls: list[list[str]]) -> list[Run]:
    """What `snakemake` says to each of these arguments, one after the other, in a third of the
    time that as many starts of it take (forking.py)."""
    always = ["--snakefile", str(HOME / "Snakefile"), "--directory", str(folder)]
    outs = [folder / f"run-{number}.txt" for number in range(len(calls))]
    told = [([*always, *call], str(out)) for call, out in zip(calls, outs, strict=True)]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("forking.py"))],
        cwd=HOME,
        input=json.dumps(told),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    codes = map(int, done.stdout.split())
    return [Run(code, out.read_text()) for code, out in zip(codes, outs, strict=True)]


def clone(folder: Path) -> None:
    """Copy the repository, as it is now, without the results and what tools keep beside it."""
    kept_out = {
        HOME: {".git", ".venv", ".snakemake", "results", "dvc.lock"},
        HOME / ".dvc": {"cache", "tmp"},
    }

    def unwanted(place: str, names: list[str]) -> set[str]:
        caches = {name for name in names if name.endswith(("_cache", "__pycache__", ".egg-info"))}
        return caches | kept_out.get(Path(place), set())

    shutil.copytree(HOME, folder, ignore=unwanted)


def cut_down(name: str) -> dict[str, Any]:
    """The smoke preset under another name, cut down to what fills each output of each stage: one
    size, three tunings, one run of each kind."""
    values: dict[str, Any] = yaml.safe_load((HOME / "config.yaml").read_text())
    update_config(values, yaml.safe_load((HOME / "presets/smoke.yaml").read_text()))
    (size,) = sizes = ["0.6B"]
    tunings = {
        "connector": {"from": None, "sets": {"blip558k": 1.0}},
        "instruct": {"from": "connector", "sets": {"spot-the-difference": 1.0}},
        "extract": {"from": "instruct", "sets": {"extraction": 1.0}},
    }
    modules = [f"instruct-{size}", "gold"]
    values["preset"] = name
    counts = {"blip558k": 12, "ocrvqa": 12, "spot-the-difference": 12}
    values["data"]["train"] = {key: counts.get(key, 0) for key in values["data"]["train"]}
    values["backbones"]["sizes"] = sizes
    values["tunings"] = {key: {**tuning, "sizes": sizes} for key, tuning in tunings.items()}
    values["roles"] = {"baseline": "instruct"}
    values["teacher"]["sets"] = ["ocrvqa"]
    values["runs"] = {
        "end_to_end": {"models": modules[:1], "blind": []},
        "decoupled": [{"perception": modules, "reasoning": sizes, "modes": ["plain"]}],
    }
    return values


def configure(folder: Path, values: dict[str, Any]) -> None:
    """Make these the default study of a repository."""
    (folder / "config.yaml").write_text(yaml.safe_dump(values))


def overlays(name: str) -> list[Path]:
    """What a preset lays over config.yaml."""
    below = ["paper"] if name == "rehearsal" else []
    names = [] if name == "miniature" else [*below, name]
    return [HOME / f"presets/{one}.yaml" for one in names]


def preset(name: str) -> list[str]:
    """The options that pick a preset."""
    files = list(map(str, overlays(name)))
    return ["--configfile", *files] if files else []


def seeing(folder: Path) -> Path:
    """A folder that the checks before the first job take for a model that reads images."""
    shutil.copytree(HOME / "backbones/0.6B", folder)
    (folder / "preprocessor_config.json").write_text("{}")
    return folder


def changed(folder: Path, **groups: object) -> list[str]:
    """The options that lay an overlay over the smoke preset."""
    overlay = folder / "overlay.yaml"
    overlay.write_text(json.dumps(groups))
    return [*preset("smoke"), str(overlay)]


def studied(overlays: list[Path]) -> Study:
    """The study of `config.yaml` under overlays."""
    values = yaml.safe_load((HOME / "config.yaml").read_text())
    for overlay in overlays:
        update_config(values, yaml.safe_load(overlay.read_text()))
    return load(values, HOME)


def place(folder: Path, study: Study) -> None:
    """Place an empty file or folder for each output of a study's jobs, as if they had run; what
    Snakemake remembers of them it writes with `--touch`."""
    for job in all_jobs(study):
        outputs = job.stage.outputs(study, **job.key)
        beside = study.paths.job(job.name)
        whole = folders(outputs)
        files = declared(outputs)
        files |= {name: [path] for name, path in vars(beside).items() if name != "log"}
        for name, paths in files.items():
            for path in paths:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).mkdir(exist_ok=True) if name in whole else (folder / path).touch()
