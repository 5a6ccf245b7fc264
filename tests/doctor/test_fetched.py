"""What is wrong with sources and models shows before anything is fetched."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from downscaling.data.lock import read as read_lock
from downscaling.data.lock import write as write_lock
from loopback import TOKEN, Fault
from standins import row, split, zipped

if TYPE_CHECKING:
    from .conftest import Clinic

CUT = gzip.compress(b"cut", mtime=0)[:12]
GATED = ("gemma3-4b", "qwen2-0.5b")
"""Sources; of one the catalogue knows that it is gated."""


def test_the_whole_published_study_is_well(clinic: Clinic) -> None:
    """Catches a check that refuses what the study's own readers and converters take, a source or
    model that nothing looks at, and archives that are fetched to be looked at."""
    archive = clinic.hub.repositories["datasets", "liuhaotian/LLaVA-Pretrain"].files["images.zip"]
    clinic.change("blip558k", "images.zip", b"PK" + bytes(5_000_000) + archive)
    findings = clinic.findings()
    assert [found for found in findings.values() if not found.is_good] == []
    sources = {check.removeprefix("source ") for check in findings if check.startswith("source")}
    assert sources == clinic.study().downloads.all().keys()
    assert len([check for check in findings if check.startswith("training set")]) == 18
    assert {"benchmark in-domain", "questions of puzzle", "model extract-0.6b"} <= findings.keys()
    assert findings["training set pieapp"].result == "pieapp reads 2 of its first rows"
    ranges = [headers["Range"] for headers in clinic.hub.got("/images.zip")]
    assert all(asked for asked in ranges)


def test_a_gated_repository_needs_a_token_that_may_read_it(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a gate that shows after a day of downloads, and a token that is printed."""
    for name in GATED:
        clinic.hub.repositories["models", clinic.sources[name].hub].gated = True
    findings = clinic.red(*GATED)
    assert findings.keys() == {f"source {name}" for name in GATED}
    assert all("this set is gated" in found.result for found in findings.values())
    assert all("HF_TOKEN" in found.remedy for found in findings.values())
    monkeypatch.setenv("HF_TOKEN", "hf_of_somebody_else")
    findings = clinic.findings(*GATED)
    assert not findings["token"].is_good
    assert not findings["source gemma3-4b"].is_good
    assert "hf_of" not in str(findings)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    findings = clinic.findings(*GATED)
    assert all(found.is_good for found in findings.values())
    assert TOKEN not in str(findings)
    elsewhere = [h for _, path, h in clinic.hub.requests if path.startswith("/network/")]
    assert elsewhere
    assert not any(headers["Authorization"] for headers in elsewhere)


def test_a_repository_and_a_revision_that_are_gone_are_named(clinic: Clinic) -> None:
    """Catches a renamed repository and a rewritten history that only a fetch would meet."""
    del clinic.hub.repositories["datasets", "suyc21/VMCBench"]
    clinic.hub.repositories["models", "Qwen/Qwen3-4B"].files["README.md"] = b"another commit"
    findings = clinic.red("vmcbench", "qwen3-4b", "mmstar")
    assert findings.keys() == {"source vmcbench", "source qwen3-4b"}
    assert "no such repository" in findings["source vmcbench"].result
    assert "revision is gone" in findings["source qwen3-4b"].result
    assert "downscaling pin qwen3-4b" in findings["source qwen3-4b"].remedy


@pytest.mark.parametrize(
    ("source", "file", "content", "check", "told"),
    [
        (
            *("coin", "Instructions_Original/GQA/train.json"),
            *(b'{"not": "rows"}', "training set gqa", "not a JSON array"),
        ),
        (
            *("blip558k", "blip_laion_cc_sbu_558k.json"),
            json.dumps([{"image": "a.jpg", "text": "a"}]).encode(),
            *("training set blip558k", "no list of conversations"),
        ),
        (
            *("coin", "Instructions_Original/Grounding/test.json"),
            json.dumps([{"question_id": 1, "text": "Where?", "answer_bbox": "left"}]).encode(),
            *("questions of grounding", "is no box"),
        ),
        ("mmstar", "mmstar.parquet", b"PAR1 no", "source mmstar", "not a readable parquet file"),
        ("m4", "dreamsim_split.zip", b"<html>", "source m4", "no archive"),
        (
            "m4",
            "dreamsim_split.zip",
            gzip.compress(b"cut", mtime=0)[:12],
            "source m4",
            "no archive",
        ),
        ("qwen3-8b", "model.safetensors", b"<html>", "source qwen3-8b", "no safetensors header"),
    ],
)
def test_a_file_that_its_reader_refuses_is_named(
    clinic: Clinic, source: str, file: str, content: bytes, check: str, told: str
) -> None:
    """Catches a published layout that changed, and a login page in the place of a file."""
    clinic.change(source, file, content)
    findings = clinic.red(source)
    assert findings.keys() == {check}
    assert told in findings[check].result
    assert "/tmp" not in findings[check].result


def test_the_first_rows_of_a_long_file_are_enough(clinic: Clinic) -> None:
    """Catches a file that is read to its end, and one whose beginning counts as damaged because it
    is cut within a row."""
    rows = [row(f"00/{i}.jpg", "Say it.\n<image>", f"thing {i}") for i in range(60_000)]
    clinic.change("blip558k", "blip_laion_cc_sbu_558k.json", json.dumps(rows).encode())
    found = clinic.findings("blip558k")["training set blip558k"]
    assert found.is_good, found
    assert int(found.result.split()[2]) > 1000
    asked = clinic.hub.got("blip_laion_cc_sbu_558k.json")
    spans = [headers["Range"].removeprefix("bytes=").split("-") for headers in asked]
    assert max(int(end) for _, end in spans) < 2 << 20


def test_rows_that_stand_further_back_are_neither_well_nor_wrong(clinic: Clinic) -> None:
    """Catches a green row for rows that nobody saw, where many sets share a file."""
    other = row([], "Which?", "Left", metadata={"dataset": "another"})
    clinic.change("interleave-bench", "multi_image_in_domain.json", json.dumps([other]).encode())
    findings = clinic.findings("interleave-bench")
    told = {check: found for check, found in findings.items() if check.startswith("questions")}
    assert len(told) == 7
    assert {found.colour for found in told.values()} == {"grey"}
    assert findings["source interleave-bench"].colour == "green"


def test_answers_are_read_where_they_lie_in_another_source(clinic: Clinic) -> None:
    """Catches TextVQA's questions that are red without the link to its ten answers, and answers
    that are read from the beginning of their file alone."""
    file = "textvqa/data/TextVQA_0.5.1_val.json"
    clinic.hub.web[file] = b'{"about": "' + b"x" * (2 << 20) + b'", ' + clinic.hub.web[file][1:]
    clinic.pin()
    told = clinic.findings("coin", "textvqa")["questions of textvqa"]
    assert (told.colour, told.result) == ("green", "coin reads 2 of its first rows")
    told = clinic.findings("coin")["questions of textvqa"]
    assert told.colour == "grey"
    assert "textvqa, which it needs, was not seen" in told.result


def test_an_archive_in_parts_of_more_than_4_gb_is_one(clinic: Clinic) -> None:
    """Catches a doctor that dies of what Python's zipfile says of zip64 in several parts."""
    files = clinic.hub.repositories["datasets", clinic.sources["m4"].hub].files
    files |= split({"own/0.png": zipped({})}, "dreamsim_split", (40,), zip64=True)
    clinic.pin()
    assert clinic.red("m4") == {}


def test_a_file_that_the_lock_lacks_is_named(clinic: Clinic) -> None:
    """Catches a doctor that dies of a catalogue with more files than were pinned."""
    pins = read_lock(clinic.lock)
    first, second = sorted(pins["vmcbench"].files)
    known = {first: pins["vmcbench"].files[first]}
    write_lock(
        clinic.lock, pins | {"vmcbench": pins["vmcbench"].model_copy(update={"files": known})}
    )
    found = clinic.red("vmcbench")["source vmcbench"]
    assert f"the lock lacks {second}" in found.result
    assert found.remedy == "downscaling pin vmcbench"


def test_a_mirror_is_not_asked_for_patterns(clinic: Clinic) -> None:
    """Catches advice to correct the catalogue where a pin is all that lacks."""
    clinic.lock.unlink()
    clinic.mirrors["vmcbench"] = f"{clinic.hub.address}/web"
    findings = clinic.findings("vmcbench")
    assert [check for check, found in findings.items() if not found.is_good] == ["lock"]
    assert findings["source vmcbench"].colour == "grey"
    assert not any("vmcbench/" in path for _, path, _ in clinic.hub.requests)


def test_all_that_is_read_of_the_papers_repository_is_looked_at(clinic: Clinic) -> None:
    """Catches a list of tokens that only the first reasoning job misses, after days of tuning."""
    file = "official/lmms_eval_custom_files/qwen3.py"
    clinic.hub.web[file] = clinic.hub.web[file].replace(b"reflexive_token_ids", b"other_ids")
    clinic.pin()
    clinic.changes = {"reasoning": {"thinking": "own"}}
    findings = clinic.findings("official")
    assert findings["official prompts"].is_good
    assert findings["official phrases"].is_good
    assert "official thinking" not in findings
    clinic.changes = {"reasoning": {"thinking": "official"}}
    findings = clinic.red("official")
    assert findings.keys() == {"official thinking"}
    assert "reasoning.thinking: own" in findings["official thinking"].remedy


def test_a_model_that_is_another_is_named(clinic: Clinic) -> None:
    """Catches weights of another size, a tokenizer with more words than the model, one that ends
    its texts otherwise, and a checkpoint with another way with images."""
    configuration = clinic.hub.repositories["models", "Qwen/Qwen3-8B"].files["config.json"]
    clinic.change("qwen3-4b", "config.json", configuration)
    small = {"model_type": "qwen3", "vocab_size": 100}
    shape = json.loads(clinic.hub.repositories["models", "Qwen/Qwen3-1.7B"].files["config.json"])
    clinic.change("qwen3-1.7b", "config.json", json.dumps(shape | {"eos_token_id": 7}).encode())
    clinic.change("qwen3-vl-8b", "config.json", _seeing(small))
    shape = json.loads(_checkpoint(clinic))
    other = json.dumps(shape | {"mm_projector_type": "linear"}).encode()
    clinic.change("extract-0.6b", "config.json", other)
    names = ("qwen3-4b", "qwen3-1.7b", "qwen3-vl-8b", "extract-0.6b")
    findings = clinic.red(*names, "qwen3-0.6b", "siglip-so400m")
    assert findings.keys() == {f"model {name}" for name in names}
    assert "hidden_size is 4096, where 2560 is meant" in findings["model qwen3-4b"].result
    assert "ends a text with token" in findings["model qwen3-1.7b"].result
    assert "the model 100" in findings["model qwen3-vl-8b"].result
    assert "mm_projector_type is linear" in findings["model extract-0.6b"].result


def _seeing(text: dict[str, object]) -> bytes:
    text = {**text, "model_type": "qwen3_vl_text"}
    return json.dumps({"model_type": "qwen3_vl", "text_config": text}).encode()


def _checkpoint(clinic: Clinic) -> bytes:
    id = clinic.sources["extract-0.6b"].hub
    return clinic.hub.repositories["models", id].files["config.json"]


def test_a_hub_that_cannot_be_reached_is_told_of_once(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a minute of attempts for each of forty sources where there is no network."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    findings = clinic.red(*GATED)
    assert findings.keys() == {"127.0.0.1:9"}
    assert "cannot be reached" in findings["127.0.0.1:9"].result
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE forbids" in clinic.red(*GATED)["127.0.0.1:9"].result


def test_what_lies_in_a_folder_needs_no_network(clinic: Clinic) -> None:
    """Catches a mirror in a folder that is passed over, and a file that it lacks."""
    folder = clinic.folder / "mirror"
    (folder / "official").mkdir(parents=True)
    clinic.mirrors["official"] = str(folder)
    found = clinic.red("official")["source official"]
    assert "the mirror holds no such file" in found.result


def test_a_server_that_fails_now_and_then_is_asked_once_more(clinic: Clinic) -> None:
    """Catches one bad answer among hundreds that makes a preset red."""
    clinic.hub.fail("mmstar.parquet", Fault(status=503))
    assert clinic.red("mmstar") == {}
    clinic.hub.fail("mmstar.parquet", Fault(status=503, times=9), method="HEAD")
    assert clinic.red("mmstar").keys() == {"source mmstar"}


def test_sources_without_a_pin_are_looked_at_all_the_same(clinic: Clinic) -> None:
    """Catches a row for each of forty sources that one command pins, and a first look that has to
    wait for it."""
    clinic.lock.unlink()
    findings = clinic.findings("mmstar", "qwen3-4b", "siglip-so400m")
    assert [check for check, found in findings.items() if not found.is_good] == ["lock"]
    assert findings["lock"].result.endswith("lacks 3 of 3 sources")
    assert "downscaling pin mmstar" in findings["lock"].remedy
    assert findings["benchmark out-of-domain"].is_good
    assert findings["model qwen3-4b"].is_good


def test_what_to_do_about_a_file_is_what_its_pin_allows(clinic: Clinic) -> None:
    """Catches the advice to pin another revision where none is pinned, and a remedy without the
    command that ends it."""
    file = "Instructions_Original/GQA/train.json"
    clinic.change("coin", file, b'{"not": "rows"}')
    remedy = clinic.red("coin")["training set gqa"].remedy
    assert remedy.startswith("its pinned revision has another layout than llava: ")
    assert remedy.endswith("downscaling pin coin")
    del clinic.hub.web["vizwiz/val.zip"]
    clinic.lock.unlink()
    findings = clinic.red("coin", "vizwiz")
    remedy = findings["training set gqa"].remedy
    assert remedy.startswith("its newest revision has another layout than llava: ")
    assert findings["source vizwiz"].remedy.startswith(
        f"compare with {clinic.sources['vizwiz'].home}; "
    )
    assert findings["source vizwiz"].remedy.endswith("downscaling pin vizwiz")


def test_what_is_fetched_already_is_not_asked_for(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a compute node without a network on which a study that has everything is red."""
    monkeypatch.chdir(clinic.folder)
    for name, pin in read_lock(clinic.lock).items():
        if name in GATED:
            folder = clinic.folder / clinic.study().downloads.all()[name]
            folder.mkdir(parents=True)
            (folder / ".pin").write_text(f"{pin.fingerprint}\n")
            id = clinic.sources[name].hub
            for file, content in clinic.hub.repositories["models", id].files.items():
                (folder / file).write_bytes(content)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    findings = clinic.findings(*GATED)
    assert findings["source gemma3-4b"].result == "fetched already"
    assert findings["model gemma3-4b"].is_good
    assert all(found.is_good for found in findings.values())
