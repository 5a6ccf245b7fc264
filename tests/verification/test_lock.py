"""Fetched folders are held against the lock of sources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from downscaling.records.files import digest
from downscaling.study.load import read
from downscaling.verification.accounts import accounts
from downscaling.verification.disk import read_disk
from downscaling.verification.lock import unlike_the_lock
from pretended import do
from running import HOME

ANNOTATIONS, ARCHIVE, IMAGE = "m4_instruct_annotations.json", "IEdit.zip", "images/IEdit/1.png"


def test_a_fetched_file_is_the_one_that_is_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches results of data that the lock never named, and an archive that is missed since it was
    unpacked."""
    monkeypatch.chdir(tmp_path)
    lock, overlay = tmp_path / "own.lock", tmp_path / "own.yaml"
    overlay.write_text(yaml.safe_dump({"sources": {"lock": str(lock)}}))

    def pin(annotations: str) -> None:
        files = {ANNOTATIONS: annotations, ARCHIVE: "0" * 64}
        pinned = {name: {"bytes": 1, "sha256": sha256} for name, sha256 in files.items()}
        lock.write_text(json.dumps({"m4": {"revision": "1" * 40, "files": pinned}}))

    pin("0" * 64)
    study = read(HOME / "config.yaml", [HOME / "presets/paper.yaml", overlay])
    folder = study.downloads.all()["m4"]

    def found() -> list[str]:
        (account,) = (one for one in accounts(study) if one.job.name == "fetch/m4")
        assert account.findings == []
        disk = read_disk([], account.makes_folders)
        return [finding.line for finding in unlike_the_lock(study, account, disk)]

    (job,) = (one.job for one in accounts(study) if one.job.name == "fetch/m4")
    do(study, job, [ANNOTATIONS, IMAGE])
    assert found() == [
        f"{folder}/{ANNOTATIONS}: is not the file that {lock} pins; make {folder} anew"
    ]
    pin(digest(tmp_path / folder / ANNOTATIONS))
    do(study, job, [ANNOTATIONS, IMAGE])
    assert found() == []
