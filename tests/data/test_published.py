"""Stand-ins of the study's sets and weights, fetched from the loopback hub and used as they are."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import downscaling
import prepared
import standins
from downscaling.data import lock, web
from downscaling.data.lock import AbsentError
from downscaling.records.files import RecordError, read
from downscaling.records.rows import Question, Sample
from loopback import Fault, Hub
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
    with pytest.raises(RecordError, match=r"no usable .*: all 1 rows are left out"):
        prepared.train("vqav2", coin, out)
    assert "coco2014 is not fetched" in out.with_name("train.missing.csv").read_text()
    place.fetch("coco2014")
    assert place.names("coco2014") == [".pin", "train2014/x.jpg", "val2014/y.jpg"]
    prepared.train("vqav2", coin, out)
    (made,) = read(out, Sample)
    assert made.images == ("raw/coin/images/COCO2014/train2014/x.jpg",)
    assert made.turns[0].prompt == "Original: what is it?"


def test_sets_of_the_published_shapes_are_fetched_and_prepared(place: Place, hub: Hub) -> None:
    """Catches a fetched tree that its adapter does not find its way in."""
    hub.add("liuhaotian/LLaVA-Pretrain", standins.blip558k(), "datasets")
    hub.add("FreedomIntelligence/ALLaVA-4V", standins.allava(), "datasets")
    hub.add("lmms-lab/M4-Instruct-Data", standins.m4(), "datasets")
    hub.add("suyc21/VMCBench", standins.vmcbench(), "datasets")
    hub.add("Lin-Chen/MMStar", standins.mmstar(), "datasets")
    for name in ("blip558k", "allava", "m4", "vmcbench", "mmstar"):
        place.pin(name)
    data = place.raw.parent / "data"
    for name in ("blip558k", "allava"):
        prepared.train(name, place.fetch(name), data / f"{name}.parquet")
        replies = [s.turns[0].reply for s in read(data / f"{name}.parquet", Sample)]
        assert replies == ["thing 0", "thing 1"]
    prepared.train("perceptual-similarity", place.fetch("m4"), data / "m4.parquet")
    (pair,) = read(data / "m4.parquet", Sample)
    assert pair.images == ("raw/m4/images/dreamsim/a.png", "raw/m4/images/dreamsim/b.png")
    assert not list(place.raw.rglob("dreamsim_split*"))
    for name, count in {"vmcbench": 2, "mmstar": 1}.items():
        folder = data / name
        prepared.benchmark(name, place.fetch(name), folder)
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


def command(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """`downscaling` at work in a folder."""
    here = os.environ | {"PYTHONPATH": str(Path(downscaling.__file__).parents[1])}
    return subprocess.Popen(
        [sys.executable, "-m", "downscaling", *arguments, "--lock", "sources.lock"],
        cwd=folder,
        env=here,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_talks_to_the_hub_that_the_environment_names(hub: Hub, tmp_path: Path) -> None:
    """Catches a verb that is wired to nothing, and a traceback."""
    hub.add("Lin-Chen/MMStar", standins.mmstar(), "datasets")

    def run(*arguments: str) -> tuple[int, list[str]]:
        process = command(tmp_path, *arguments)
        said = process.communicate()[1].splitlines()
        return process.returncode, said

    code, said = run("fetch", "mmstar", "--out", "mmstar")
    assert (code, len(said)) == (1, 1)
    assert said[0].startswith("downscaling: sources.lock: no entry for mmstar")
    code, said = run("pin", "mmstar", "vmcbench")
    assert (code, len(said)) == (1, 2)
    assert said[0].startswith("mmstar: pinned in sources.lock, 1 files, ")
    assert said[1].startswith(f"downscaling: {hub.address}/datasets/suyc21/VMCBench: no such")
    code, _ = run("fetch", "mmstar", "--out", "mmstar")
    assert code == 0
    assert (tmp_path / "mmstar/mmstar.parquet").exists()


def test_a_killed_fetch_goes_on_where_it_was(hub: Hub, tmp_path: Path) -> None:
    """Catches bytes that were received but never written, and a rerun that begins anew."""
    content = zipped({"nights/data.csv": random.Random(0).randbytes(2_000_000)})
    hub.web["nights/nights.zip"] = content
    entry = lock.Pinned(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    pin = lock.Pin(revision="", files={"nights.zip": entry})
    lock.write(tmp_path / "sources.lock", {"nights": pin})
    hub.fail("nights.zip", Fault(cut=10 * web.CHUNK, stalls=True))
    mirrored = ("fetch", "nights", "--out", "nights", "--mirror", f"{hub.address}/web")
    process = command(tmp_path, *mirrored)
    for _ in range(600):
        if sum(part.stat().st_size for part in tmp_path.rglob("*.part")) == 10 * web.CHUNK:
            break
        time.sleep(0.05)
    process.kill()
    process.communicate()
    process = command(tmp_path, *mirrored)
    process.communicate()
    assert process.returncode == 0
    asked = [headers["Range"] for headers in hub.got("nights.zip")]
    assert asked == [None, f"bytes={10 * web.CHUNK}-"]
    assert (tmp_path / "nights/nights/data.csv").stat().st_size == 2_000_000


def test_a_page_that_asks_for_a_login_is_not_pinned(place: Place, hub: Hub) -> None:
    """Catches the digest of a web page in the lock, where ImageNet was meant."""
    hub.web["imagenet/ILSVRC2012_img_train.tar"] = b"<html>please log in</html>"
    with pytest.raises(AbsentError, match="what came is no archive") as caught:
        place.pin("imagenet")
    assert caught.value.gate.startswith("https://")
    assert lock.read(place.lock) == {}
    assert not list(place.scratch.rglob("*.tar"))


def test_what_was_fetched_to_be_measured_need_not_be_fetched_again(place: Place, hub: Hub) -> None:
    """Catches tens of gigabytes fetched twice, and a pin that measures yesterday's file."""
    hub.web["nights/nights.zip"] = zipped({"nights/data.csv": b"old"})
    old = place.pin("nights")
    hub.web["nights/nights.zip"] = zipped({"nights/data.csv": b"newer"})
    assert place.pin("nights") != old
    asked = len(hub.requests)
    assert (place.fetch("nights", str(place.scratch)) / "nights/data.csv").read_bytes() == b"newer"
    assert len(hub.requests) == asked
