"""Stand-ins of the study's sets and weights, fetched from the loopback hub and used as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import downscaling
import standins
from downscaling.records import Question, RecordError, Sample, read
from downscaling.sources import prepare_test, prepare_train
from loopback import Hub
from place import Place
from standins import zipped


def test_web_sets_are_measured_fetched_unpacked_and_linked(place: Place, hub: Hub) -> None:
    """Catches an archive that is kept, a lock without digests, links that point nowhere."""
    hub.web["coco2014/train2014.zip"] = zipped({"train2014/x.jpg": standins.image(1)})
    hub.web["coco2014/val2014.zip"] = zipped({"val2014/y.jpg": b"val"})
    place.pin("coco2014")
    hub.add("Zacks-Chen/CoIN", standins.coin(), "datasets")
    place.pin("coin")
    coin, out = place.fetch("coin"), place.raw.parent / "train.parquet"
    with pytest.raises(RecordError, match="1 of 1 rows lack an image"):
        prepare_train("vqav2", coin, out)
    assert "coco2014 is not fetched" in out.with_name("train.missing.csv").read_text()
    place.fetch("coco2014")
    assert place.names("coco2014") == [".pin", "train2014/x.jpg", "val2014/y.jpg"]
    prepare_train("vqav2", coin, out)
    (made,) = read(out, Sample)
    assert made.images == ("raw/coin/images/COCO2014/train2014/x.jpg",)
    assert made.turns[0].prompt == "Original: what is it?"


def test_sets_of_the_published_shapes_are_fetched_and_prepared(place: Place, hub: Hub) -> None:
    """Catches a fetched tree that its adapter does not find its way in."""
    hub.add("liuhaotian/LLaVA-Pretrain", standins.blip558k(), "datasets")
    hub.add("lmms-lab/M4-Instruct-Data", standins.m4(), "datasets")
    hub.add("suyc21/VMCBench", standins.vmcbench(), "datasets")
    hub.add("Lin-Chen/MMStar", standins.mmstar(), "datasets")
    for name in ("blip558k", "m4", "vmcbench", "mmstar"):
        place.pin(name)
    data = place.raw.parent / "data"
    prepare_train("blip558k", place.fetch("blip558k"), data / "blip558k.parquet")
    assert [s.turns[0].reply for s in read(data / "blip558k.parquet", Sample)] == [
        "thing 0",
        "thing 1",
    ]
    prepare_train("perceptual-similarity", place.fetch("m4"), data / "m4.parquet")
    (pair,) = read(data / "m4.parquet", Sample)
    assert pair.images == ("raw/m4/images/dreamsim/a.png", "raw/m4/images/dreamsim/b.png")
    assert not list(place.raw.rglob("dreamsim_split*"))
    for name, count in {"vmcbench": 2, "mmstar": 1}.items():
        folder = data / name
        prepare_test(name, place.fetch(name), folder / "test.parquet", images=folder / "images")
        assert len(read(folder / "test.parquet", Question)) == count


def test_fetched_weights_load_as_they_are(
    place: Place, hub: Hub, language_model: Path, tower: Path
) -> None:
    """Catches a folder from which transformers cannot load: a file too few, a digest of another."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, SiglipVisionModel

    hub.add("Qwen/Qwen3-0.6B", standins.model(language_model))
    hub.add("google/siglip-so400m-patch14-384", standins.model(tower))
    for name in ("qwen3-0.6b", "siglip-so400m"):
        place.pin(name)
        place.fetch(name)
    held = place.raw / "qwen3-0.6b"
    model = AutoModelForCausalLM.from_pretrained(held, local_files_only=True)
    first = AutoModelForCausalLM.from_pretrained(language_model)
    assert all(a.equal(b) for a, b in zip(model.parameters(), first.parameters(), strict=True))
    assert len(AutoTokenizer.from_pretrained(held, local_files_only=True)) > 0
    SiglipVisionModel.from_pretrained(place.raw / "siglip-so400m", local_files_only=True)


def test_a_mirror_stands_in_for_any_home(place: Place, hub: Hub, tmp_path: Path) -> None:
    """Catches a mirror that is trusted, and one that needs the network all the same."""
    hub.add("Lin-Chen/MMStar", {"mmstar.parquet": b"rows"}, "datasets")
    hub.web["nights/nights.zip"] = zipped({"nights/data.csv": b"id"})
    place.pin("mmstar")
    place.pin("nights")
    folder = tmp_path / "mirror"
    for name, content in {"mmstar/mmstar.parquet": b"rows", "nights/nights.zip": b"no"}.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
    asked = len(hub.requests)
    assert (place.fetch("mmstar", str(folder)) / "mmstar.parquet").read_bytes() == b"rows"
    assert "nights.zip: refused and removed: bytes 2," in place.refused("nights", str(folder))
    (folder / "nights/nights.zip").unlink()
    assert "the mirror holds no such file" in place.refused("nights", str(folder))
    assert len(hub.requests) == asked
    hub.web["elsewhere/nights/nights.zip"] = hub.web["nights/nights.zip"]
    place.fetch("nights", f"{hub.address}/web/elsewhere/")
    assert place.names("nights") == [".pin", "nights/data.csv"]


def test_the_command_talks_to_the_hub_that_the_environment_names(hub: Hub, tmp_path: Path) -> None:
    """Catches a verb that is wired to nothing, a traceback, and a run without its record."""
    hub.add("Lin-Chen/MMStar", standins.mmstar(), "datasets")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "downscaling", *arguments, "--lock", "sources.lock"]
        here = os.environ | {"PYTHONPATH": str(Path(downscaling.__file__).parents[1])}
        return subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, text=True)

    refused = run("fetch", "mmstar", "--out", "raw/mmstar")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert refused.stderr.startswith("downscaling: sources.lock: no entry for mmstar")
    assert run("pin", "mmstar").stderr.startswith("mmstar: pinned, 1 files, ")
    assert run("pin", "mmstar", "vmcbench").returncode == 1
    fetched = run("fetch", "mmstar", "--out", "raw/mmstar")
    assert fetched.returncode == 0, fetched.stderr
    assert (tmp_path / "raw/mmstar/mmstar.parquet").exists()
    about = json.loads((tmp_path / "raw/mmstar.run.json").read_text())
    commit = hub.repositories["datasets", "Lin-Chen/MMStar"].commit
    assert (about["verb"], about["revision"], about["files"]) == ("fetch", commit, 1)
