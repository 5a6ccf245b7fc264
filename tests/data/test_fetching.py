"""Pinning and fetching, with the real client of the hub against the loopback hub."""

from __future__ import annotations

import hashlib
import json
import random
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from downscaling.cli import app
from downscaling.data import lock
from downscaling.data.lock import SourceError
from loopback import TOKEN, Fault, Hub
from place import Place
from standins import zipped

MEGABYTE = 1 << 20
WEIGHTS = random.Random(1).randbytes(2_000_000)
MODEL = {
    "config.json": b'{"model_type": "qwen3"}',
    "model.safetensors": WEIGHTS,
    "README.md": b"a card",
    "pytorch_model.bin": b"a pickle",
    "modeling_custom.py": b"import os",
    "onnx/config.json": b"{}",
}


def test_a_model_is_pinned_and_fetched_without_what_runs_code(place: Place, hub: Hub) -> None:
    """Catches pickles and scripts taken as weights, a wrong digest in the lock, leftovers."""
    hub.add("Qwen/Qwen3-0.6B", MODEL)
    made = place.pin("qwen3-0.6b")
    assert sorted(made.files) == ["config.json", "model.safetensors"]
    assert made.files["model.safetensors"].sha256 == hashlib.sha256(WEIGHTS).hexdigest()
    assert made.files["config.json"].sha256 == hashlib.sha256(MODEL["config.json"]).hexdigest()
    assert made.revision == hub.repositories["models", "Qwen/Qwen3-0.6B"].commit
    assert hub.got("model.safetensors") == []  # the hub's own digest serves
    folder = place.fetch("qwen3-0.6b")
    assert place.names("qwen3-0.6b") == [".pin", "config.json", "model.safetensors"]
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert [path.name for path in place.raw.iterdir()] == ["qwen3-0.6b"]


def test_the_lock_is_sorted_and_keeps_what_it_had(place: Place, hub: Hub) -> None:
    """Catches a lock whose every line changes, and a pin that drops another source's entry."""
    hub.add("Qwen/Qwen3-4B", MODEL)
    hub.add("Lin-Chen/MMStar", {"mmstar.parquet": b"rows"}, "datasets")
    place.pin("qwen3-4b")
    place.pin("mmstar")
    first = place.lock.read_bytes()
    assert list(json.loads(first)) == ["mmstar", "qwen3-4b"]
    place.pin("qwen3-4b")
    assert place.lock.read_bytes() == first
    hub.repositories["datasets", "Lin-Chen/MMStar"].files["mmstar.parquet"] = b"other rows"
    place.pin("mmstar")
    assert "1 files changed, 0 new, 0 gone" in place.said[-1]


def test_a_fetch_without_a_lock_entry_stops_and_says_so(place: Place, hub: Hub) -> None:
    """Catches whatever upstream serves that day, taken as the study's data."""
    hub.add("Qwen/Qwen3-0.6B", MODEL)
    assert "no entry for qwen3-0.6b, so nothing is fetched" in place.refused("qwen3-0.6b")
    assert "downscaling pin qwen3-0.6b" in place.refused("qwen3-0.6b")
    assert hub.requests == []
    assert "no such source; there are allava, " in place.refused("qwen5")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../evil.json", "not a path inside the source's folder"),
        ("/etc/evil.json", "not a path inside the source's folder"),
        ("pytorch_model.bin", "nothing that can run code"),
        ("modeling.py", "nothing that can run code"),
    ],
)
def test_a_lock_that_asks_for_more_is_refused(
    place: Place, hub: Hub, name: str, problem: str
) -> None:
    """Catches a hand-edited lock that writes elsewhere or brings code in."""
    entry = {"revision": "0" * 40, "files": {name: {"bytes": 1, "sha256": "0" * 64}}}
    place.lock.write_text(json.dumps({"qwen3-0.6b": entry}))
    assert problem in place.refused("qwen3-0.6b")
    place.lock.write_text(json.dumps({"qwen3-0.6b": entry | {"files": {"a.json": {"bytes": 1}}}}))
    assert "sources.lock: qwen3-0.6b: files: a.json: sha256: Field required" in place.refused(
        "qwen3-0.6b"
    )
    assert hub.requests == []


@pytest.mark.parametrize("changed", [WEIGHTS[:-1] + b"\0", WEIGHTS[:-1]])
def test_content_that_is_not_the_pinned_is_refused_and_removed(
    place: Place, hub: Hub, changed: bytes
) -> None:
    """Catches weights that somebody exchanged, used or left to be used by the next call."""
    hub.add("Qwen/Qwen3-0.6B", MODEL)
    place.pin("qwen3-0.6b")
    hub.fail("model.safetensors", Fault(content=changed, times=9))
    problem = place.refused("qwen3-0.6b")
    assert "/Qwen/Qwen3-0.6B, model.safetensors: " in problem
    assert "refused and removed: sha256" in problem or "the transfer was cut" in problem
    assert not list(place.raw.rglob("model.safetensors"))
    hub.heal()
    assert (place.fetch("qwen3-0.6b") / "model.safetensors").read_bytes() == WEIGHTS


def test_a_cut_transfer_of_the_hub_goes_on(place: Place, hub: Hub) -> None:
    """Catches a client that begins anew where the connection was cut."""
    weights = WEIGHTS * 6
    hub.add("Qwen/Qwen3-0.6B", MODEL | {"model.safetensors": weights})
    place.pin("qwen3-0.6b")
    hub.fail("model.safetensors", Fault(cut=11 * MEGABYTE))
    assert (place.fetch("qwen3-0.6b") / "model.safetensors").read_bytes() == weights
    asked = [headers["Range"] for headers in hub.got("model.safetensors")]
    assert asked == [None, f"bytes={10 * MEGABYTE}-"]  # the client writes ten megabytes at a time


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_busy_hub_is_waited_for(place: Place, hub: Hub, status: int, method: str) -> None:
    """Catches a job of hours that dies of one busy answer, of either host."""
    hub.add("Qwen/Qwen3-0.6B", MODEL)
    place.pin("qwen3-0.6b")
    hub.fail("model.safetensors", Fault(status), method=method)
    assert (place.fetch("qwen3-0.6b") / "model.safetensors").read_bytes() == WEIGHTS


def test_a_second_call_goes_on_with_the_files_of_the_first(place: Place, hub: Hub) -> None:
    """Catches shards that are fetched again because a later one failed, and a third call that
    fetches what is there."""
    hub.add("Qwen/Qwen3-8B", MODEL | {"model-2.safetensors": WEIGHTS[::-1]})
    place.pin("qwen3-8b")
    hub.fail("model.safetensors", Fault(404))
    assert "the hub answers 404" in place.refused("qwen3-8b")
    place.fetch("qwen3-8b")
    assert len(hub.got("model-2.safetensors")) == 1
    before = len(hub.requests)
    place.fetch("qwen3-8b")
    assert len(hub.requests) == before
    assert place.said[-1] == "qwen3-8b: already there"


def test_what_was_begun_for_another_pin_is_not_gone_on_with(place: Place, hub: Hub) -> None:
    """Catches an unpacked archive of an old revision among the files of a new one."""
    damaged = bytearray(zipped({"val2014/y.jpg": WEIGHTS[:1000]}))
    damaged[500] ^= 1
    hub.web["coco2014/train2014.zip"] = zipped({"train2014/old.jpg": b"old"})
    hub.web["coco2014/val2014.zip"] = bytes(damaged)
    place.pin("coco2014")
    assert "val2014.zip: damaged" in place.refused("coco2014")
    assert len(list(place.raw.rglob("old.jpg"))) == 1
    hub.web["coco2014/train2014.zip"] = zipped({"train2014/new.jpg": b"new"})
    hub.web["coco2014/val2014.zip"] = zipped({"val2014/y.jpg": b"val"})
    place.pin("coco2014")
    place.fetch("coco2014")
    assert place.names("coco2014") == [".pin", "train2014/new.jpg", "val2014/y.jpg"]
    assert [path.name for path in place.raw.iterdir()] == ["coco2014"]


def test_a_missing_file_and_a_missing_revision_are_named(place: Place, hub: Hub) -> None:
    """Catches a message that leaves open whether the network, the lock or upstream is at fault."""
    hub.add("Lin-Chen/MMStar", {"mmstar.parquet": b"rows"}, "datasets")
    place.pin("mmstar")
    held = hub.repositories["datasets", "Lin-Chen/MMStar"]
    held.files = {"mmstar.parquet": b"other rows"}
    assert "the pinned revision is gone; pin it anew" in place.refused("mmstar")
    pins = lock.read(place.lock)
    lock.write(place.lock, {"mmstar": pins["mmstar"].model_copy(update={"revision": held.commit})})
    held.files = {"other.parquet": b"rows"}
    with pytest.raises(SourceError, match=r"holds no mmstar\.parquet"):
        place.pin("mmstar")
    pins = lock.read(place.lock)
    lock.write(place.lock, {"mmstar": pins["mmstar"].model_copy(update={"revision": held.commit})})
    assert "mmstar.parquet: no such file in the pinned revision" in place.refused("mmstar")


def test_a_model_without_safetensors_is_not_pinned(place: Place, hub: Hub) -> None:
    """Catches a lock entry of a model that has no weights in it."""
    hub.add("Qwen/Qwen3-4B", {"config.json": b"{}", "pytorch_model.bin": b"a pickle"})
    with pytest.raises(SourceError, match=r"holds no \*.safetensors"):
        place.pin("qwen3-4b")
    assert lock.read(place.lock) == {}


def test_a_gated_set_says_which_page_and_which_variable(
    place: Place, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches "401 unauthorized" and nothing else; a token that is sent to another host."""
    hub.add("google/gemma-3-4b-it", MODEL, gated=True)
    page = "access is granted at https://huggingface.co/google/gemma-3-4b-it"
    with pytest.raises(SourceError, match=f"{page}; then put a token .* in HF_TOKEN"):
        place.pin("gemma3-4b")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    place.pin("gemma3-4b")
    monkeypatch.delenv("HF_TOKEN")
    assert page in place.refused("gemma3-4b")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    place.fetch("gemma3-4b")
    assert hub.got("model.safetensors")[-1]["Authorization"] is None


@pytest.mark.parametrize("forbidden", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_machine_without_a_network_is_told_in_one_line(
    place: Place, hub: Hub, monkeypatch: pytest.MonkeyPatch, forbidden: bool
) -> None:
    """Catches a traceback, or an answer that only the client's makers understand."""
    hub.add("Lin-Chen/MMStar", {"mmstar.parquet": b"rows"}, "datasets")
    place.pin("mmstar")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setenv("HF_ENDPOINT", nobody)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", forbidden)
        problem = place.refused("mmstar")
    assert problem.startswith(f"{nobody}/datasets/Lin-Chen/MMStar, mmstar.parquet: ")
    assert ("forbids the network" if forbidden else "cannot be reached (ConnectError)") in problem
    assert problem.endswith("check the network, or name a mirror that holds it with --mirror")


def test_too_small_a_disk_is_told_before_anything_is_fetched(place: Place, hub: Hub) -> None:
    """Catches hours of download that cannot end well."""
    files = {"mmstar.parquet": lock.Pinned(bytes=10**18, sha256="0" * 64)}
    lock.write(place.lock, {"mmstar": lock.Pin(revision="0" * 40, files=files)})
    assert "1000000000.0 GB are still to be fetched and " in place.refused("mmstar")
    assert hub.requests == []


def test_a_folder_of_another_source_is_left_alone(place: Place, hub: Hub, tmp_path: Path) -> None:
    """Catches a hundred gigabytes that are deleted because a name was mistyped."""
    hub.add("Lin-Chen/MMStar", {"mmstar.parquet": b"rows"}, "datasets")
    hub.add("Qwen/Qwen3-4B", MODEL)
    place.pin("mmstar")
    place.pin("qwen3-4b")
    held = place.fetch("qwen3-4b")
    call = ["fetch", "mmstar", "--out", str(held), "--lock", str(place.lock)]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 1
    assert "is not a folder that fetch made of mmstar and is not replaced" in done.stderr
    assert (held / "model.safetensors").read_bytes() == WEIGHTS
    hub.repositories["models", "Qwen/Qwen3-4B"].files["config.json"] = b'{"model_type": "qwen2"}'
    place.pin("qwen3-4b")  # another pin of the same source replaces its folder
    done = CliRunner().invoke(app, ["fetch", "qwen3-4b", *call[2:]])
    assert done.exit_code == 0, done.stderr
    assert b"qwen2" in (held / "config.json").read_bytes()
