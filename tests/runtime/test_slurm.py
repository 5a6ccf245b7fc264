"""What a run asks of SLURM before it submits jobs, of commands that answer as SLURM's do
(tests/workflow/test_cluster.py asks the real ones)."""

from __future__ import annotations

import os
import shlex
import string
import subprocess
from pathlib import Path

import pytest

from downscaling.errors import UserError
from downscaling.runtime import slurm
from downscaling.runtime.devices import DeviceError


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of SLURM's commands, which a test writes as scripts."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def _script(file: Path, *lines: str) -> None:
    file.write_text("\n".join(["#!/bin/sh", *lines]))
    file.chmod(0o755)


def test_jobs_of_a_killed_run_are_found_before_a_second_one_submits(
    answers: Path, tmp_path: Path
) -> None:
    """Catches two jobs that work on one output, because the process that submitted the first was
    killed; and a name of a run that is forgotten while its jobs live."""
    record = tmp_path / "results/one/measured/run.txt"
    _script(answers / "squeue", "echo asked >&2; exit 1")
    slurm.succeed(record, "first")  # nothing ran before: nothing to ask
    _script(answers / "squeue", '[ "$4" = first ] && printf "12\\n13_[2-4]\\n"')
    with pytest.raises(UserError, match=r"in SLURM: 12, 13_\[2-4\]; wait .*: scancel 12 13_"):
        slurm.succeed(record, "second")
    assert record.read_text() == "first"
    _script(answers / "squeue", "exit 0")
    slurm.succeed(record, "second")
    assert record.read_text() == "second"


def test_slurm_that_does_not_answer_is_told_in_one_line(answers: Path, tmp_path: Path) -> None:
    """Catches a second writer that starts because nobody could say whether a first one lives."""
    (tmp_path / "run.txt").write_text("first")
    _script(answers / "squeue", "echo 'slurm_load_jobs error: Unable to contact' >&2; exit 1")
    with pytest.raises(UserError, match=r"^squeue: slurm_load_jobs error: Unable to contact; run"):
        slurm.succeed(tmp_path / "run.txt", "second")


@pytest.mark.parametrize(
    ("resources", "most"),
    [
        ("gpu:4", 4),
        ("(null)", 0),
        ("gpu:a100:4(S:0-1)", 4),
        ("gpu:a100:2(S:0),gpu:v100:1(S:1),shard:8", 3),
        ("craynetwork:4", 0),
    ],
)
def test_gpus_that_no_node_has_are_told_before_the_first_job(
    answers: Path, resources: str, most: int
) -> None:
    """Catches a preset that prepares its data for hours, and then asks for GPUs that no node has;
    and one that is refused although a node has them."""
    _script(answers / "sinfo", f"echo '(null)'; echo '{resources}'")
    slurm.check_gpus(most)
    with pytest.raises(DeviceError, match=rf"^{most + 1} GPUs asked for by one job, {most} on the"):
        slurm.check_gpus(most + 1)


@pytest.mark.parametrize("sign", f"{string.punctuation} \n\t\u00e9\u6f22")
def test_a_path_is_refused_that_a_submission_changes(sign: str, tmp_path: Path) -> None:
    """Catches a command in a folder's name that runs where the job is submitted, a job that starts
    in another folder, and a path that is refused although it survives."""
    name = f"{sign}{sign}(touch pwned){sign}"
    call = f"printf %s {shlex.quote(name)}"
    # As the plugin puts it into a call of sbatch, which hands it to a shell of its own.
    submitted = f'sh -c "{call.replace(chr(34), chr(92) + chr(34))}"'
    done = subprocess.run(
        submitted, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    is_filled_in = sign == "%"  # by SLURM, in the name of a log
    if done.stdout == name and not (tmp_path / "pwned").exists() and not is_filled_in:
        slurm.check_paths(["/home", f"/home/{name}"])
        return
    with pytest.raises(UserError) as caught:
        slurm.check_paths(["/home", f"/home/{name}"])
    assert str(caught.value) == (
        f"/home/{name}: holds {sign}, which does not survive a submission to SLURM; move it to a "
        "path without $ ` \\ %, or run without profiles/slurm"
    )
