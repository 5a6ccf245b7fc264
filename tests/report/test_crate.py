"""The crate of a made-up preset: what it says, and what a validator says of it."""

from __future__ import annotations

import dataclasses
import hashlib
import html
import json
import re
import shutil
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from downscaling.figures import captions
from downscaling.records.files import RecordError
from downscaling.report import crate, page
from downscaling.runtime.run_record import read, write
from made_up import CONFIGURATION, PRESET, REPORTED, STAGES, command, report_files

Make = Callable[..., Any]
HOME = Path(__file__).parents[2]

UNKNOWN = {
    "The Action SHOULD have an agent that is a Person or Organization",
    "The Application SHOULD have a url",
    "The README.md SHOULD be about the crate",
    "The README.md SHOULD have text/markdown as its encodingFormat",
    "The Root Data Entity SHOULD have a link to a Contextual Entity representing the `author` of "
    "the RO-Crate",
    "The Root Data Entity SHOULD have a link to a Contextual Entity representing the "
    "schema_org:license type",
    "The SoftwareApplication id SHOULD be an absolute URI",
    "The `publisher` property of a `Root Data Entity` SHOULD be an `Organization`",
}
"""Recommended, and not to be known from a run: who made it, where the code is at home, and on what
terms both are given. A read-me is asked for even of a crate that has none."""


@pytest.fixture(scope="module")
def packed(make: Make) -> Path:
    """A preset with its samples, its report and its crate."""
    root = Path(make(4, hostile=True).root)
    (root / "samples").mkdir()
    (root / "samples/one.jsonl").write_text("{}\n")
    pack(root)
    return root


def pack(root: Path) -> None:
    """Write the crate of the preset under `root`."""
    files = report_files(root)
    results = [files.scores, files.differences, files.parsers, files.audit, root / "report.html"]
    results += [*files.tables.values(), *chain(*files.figures.values()), files.costs]
    rules = sorted(HOME.glob("workflow/rules/*.smk"))
    crate.write(
        root,
        PRESET,
        CONFIGURATION,
        "9.0.0",
        crate.CrateFiles(
            records=files.records,
            measurements=[root / f"measured/jobs/{stage}.json" for stage in STAGES],
            results=results,
            workflow={
                file: root / "workflow" / file.relative_to(HOME)
                for file in (HOME / "Snakefile", *rules)
            },
            configuration=root / "workflow/configuration.json",
        ),
        root / "ro-crate-metadata.json",
    )


def copied(root: Path, place: Path) -> Path:
    """A copy of a preset whose records name its own files."""
    shutil.copytree(root, place)
    for record in place.glob("provenance/*.json"):
        record.write_text(record.read_text().replace(f"{root}/", f"{place}/"))
    return place


def entities(root: Path) -> dict[str, Any]:
    """The entities of a crate by their ids."""
    held = json.loads((root / "ro-crate-metadata.json").read_text())["@graph"]
    found = {entity["@id"]: entity for entity in held}
    assert len(found) == len(held)
    return found


def references(value: Any) -> set[str]:
    """The ids that a value refers to."""
    if isinstance(value, list):
        return {id for one in value for id in references(one)}
    return {value["@id"]} if isinstance(value, dict) else set()


def test_it_follows_its_profile(packed: Path, tmp_path: Path) -> None:
    """Catches a crate that other tools refuse, and one that lacks what is recommended and known."""
    import validating

    assert validating.terms(packed) == set()
    found = validating.findings(packed, tmp_path / "web")
    assert found["REQUIRED"] == set()
    assert found["RECOMMENDED"] == UNKNOWN


def test_the_validator_would_tell(packed: Path, tmp_path: Path) -> None:
    """Catches a validation that passes because it was left out, as for want of a network."""
    import validating

    broken = tmp_path / "broken"
    shutil.copytree(packed, broken)
    held = json.loads((broken / "ro-crate-metadata.json").read_text())
    for entity in held["@graph"]:
        if entity["@id"] == "#run":
            del entity["instrument"]
    (broken / "ro-crate-metadata.json").write_text(json.dumps(held))
    found = validating.findings(broken, tmp_path / "web")
    assert any("instrument" in message for message in found["REQUIRED"])


def test_it_describes_what_lies_there(packed: Path) -> None:
    """Catches a file that is not there or was changed since, one that nothing holds, and an entity
    that is named and missing."""
    found = entities(packed)
    files = [id for id, entity in found.items() if "File" in entity["@type"]]
    assert {"scores/scores.csv", "scores/differences.csv", "report.html"} <= {*files}
    for id in files:
        if "contentSize" not in found[id]:  # it was read by a job, and is known by its digest
            assert len(found[id]["sha256"]) == 64
            continue
        held = (packed / id).read_bytes()
        assert found[id]["sha256"] == hashlib.sha256(held).hexdigest()
        assert found[id]["contentSize"] == str(len(held))
    parts = {id for entity in found.values() for id in references(entity.get("hasPart"))}
    assert {id for id in found if (packed / id).exists()} == {
        *parts,
        "./",
        "ro-crate-metadata.json",
    }
    named = {
        id for entity in found.values() for value in entity.values() for id in references(value)
    }
    assert {id for id in named - found.keys() if not id.startswith("https://")} == set()
    assert (packed / "workflow/Snakefile").read_bytes() == (HOME / "Snakefile").read_bytes()
    kept = json.loads((packed / "workflow/configuration.json").read_text())
    assert kept == CONFIGURATION


def test_a_result_is_tied_to_its_command(packed: Path) -> None:
    """Catches scores without the command, the inputs and the times behind them."""
    found = entities(packed)
    (step,) = [
        entity
        for id, entity in found.items()
        if id.startswith("#command-") and "scores/scores.csv" in references(entity["result"])
    ]
    assert step["description"] == command(packed, "provenance/score.json")
    assert "scores/parsers.csv" in references(step["result"])
    assert step["object"] == {"@id": "data/in-domain/test.parquet"}
    assert (step["startTime"], step["endTime"]) == (
        "2026-01-02T03:04:01+00:00",
        "2026-01-02T03:04:03+00:00",
    )
    assert found["#run"]["startTime"] == "2026-01-02T03:04:00+00:00"
    assert found["#run"]["endTime"] == "2026-01-02T03:04:04+00:00"


@pytest.mark.parametrize("stage", STAGES)
def test_a_job_says_what_it_read(packed: Path, stage: str) -> None:
    """Catches a step of the crate that seems to have read nothing, or another job's inputs."""
    found = entities(packed)
    source, outputs = STAGES[stage]
    record = packed / f"provenance/{stage}.json"
    (step,) = [one for one in found.values() if str(one.get("description")).endswith(str(record))]
    assert references(step["object"]) == {source}
    assert references(step["result"]) == {*outputs}
    assert found[source]["sha256"]


def test_equal_runs_have_equal_crates(packed: Path, tmp_path: Path) -> None:
    """Catches the clock, or the order of a folder, in the crate."""
    again = copied(packed, tmp_path / packed.name)
    pack(again)
    written = "ro-crate-metadata.json"
    first, second = ((root / written).read_text() for root in (packed, again))
    assert second.replace(str(again), str(packed)) == first


def test_a_run_that_is_not_finished_is_no_crate(packed: Path, tmp_path: Path) -> None:
    """Catches a crate that promises a result which is missing, and one without a record."""
    for name in ("report.html", "audit"):
        lacking = copied(packed, tmp_path / name)
        (lacking / name).rename(tmp_path / f"taken-{name}")
        with pytest.raises(RecordError, match=name):
            pack(lacking)
    unrecorded = copied(packed, tmp_path / "unrecorded")
    (unrecorded / "provenance/score.json").unlink()
    with pytest.raises(RecordError, match=r"score\.json: no such file"):
        pack(unrecorded)


@pytest.mark.parametrize("name", ["scores", "differences", "parsers"])
def test_every_score_table_says_what_it_shows(packed: Path, name: str) -> None:
    """Catches a table that was renamed and lost its caption, on the page and in the crate."""
    about = captions.caption(f"scores/{name}")
    assert about
    assert entities(packed)[f"scores/{name}.csv"]["description"] == about
    shown = html.unescape((packed / "report.html").read_text())
    assert f"<b>{captions.title(f'scores/{name}')}.</b> {about}" in shown


def test_a_left_over_record_is_not_told_of(packed: Path, tmp_path: Path) -> None:
    """Catches a job of a dropped size, whose record still lies there, among those behind the
    results: on the page, in the crate, and as the one that made the scores."""
    root = copied(packed, tmp_path / "preset")
    record = read(root / "provenance/score.json")
    record = dataclasses.replace(record, stage="dropped", libraries={"dropped": "1"})
    for name in ("dropped", "zz-dropped", "tune/instruct-70B/seed-7"):
        write(root / f"provenance/{name}.json", record)
    page.write(root, REPORTED, report_files(root), root / "report.html", root / "report")
    pack(root)
    for path in (
        root / "report.html",
        root / "ro-crate-metadata.json",
        *root.glob("report/**/*.js"),
    ):
        text = path.read_text()
        assert not re.search(r"provenance/[\w/-]*(dropped|70B)|dropped 1", text), path
