"""The published study, whole: its rehearsal on stand-ins that the loopback hub serves."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from downscaling.catalogue.sources import load
from downscaling.data.pinning import pin
from downscaling.records.files import read
from downscaling.records.rows import Question, Sample
from downscaling.scoring.open_answers import RULES
from loopback import Fault, Hub, serving
from running import preset, snakemake
from test_smoke import rows
from whole import serve

OVERLAY = Path(__file__).with_name("paper.yaml")


def archives(hub: Hub) -> dict[str, int]:
    """The length of each zip archive of a hub, of a split one its last part, by its path."""
    files = {f"/web/{name}": content for name, content in hub.web.items()}
    for repository in hub.repositories.values():
        for name, content in repository.files.items():
            files[f"/network/{hashlib.sha256(content).hexdigest()}/{name}"] = content
    return {path: len(content) for path, content in files.items() if path.endswith(".zip")}


@pytest.mark.slow
def test_the_whole_published_study_runs_on_stand_ins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a rule that only works on rendered data, a set or weight that no rule fetches, and
    whatever needs a truth that nobody knows. Sizes, rows and steps are tiny; every rule, adapter,
    stage and id is the real one, and so is the hub's client. A rehearsal that is taken for the
    study. And one that fetches archives of images whole, for a few of them."""
    sources = load()
    with serving() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        serve(hub, tmp_path / "models")
        mirrors = {name.split("/")[0]: f"{hub.address}/web" for name in hub.web}
        lock, scratch = tmp_path / "sources.lock", tmp_path / "scratch"
        for name, source in sources.items():
            if name in mirrors:
                moved = {"address": f"{hub.address}/web/{name}/"}
                pin(name, lock, scratch, sources={name: source.model_copy(update=moved)})
            elif any(held == source.hub for _, held in hub.repositories):
                pin(name, lock, scratch)
        hub.fail("images.zip", Fault(cut=40), Fault(status=503))
        hub.sent.clear()
        local = tmp_path / "local.yaml"
        local.write_text(json.dumps({"sources": {"lock": str(lock), "mirrors": mirrors}}))
        overlays = [*preset("rehearsal"), str(OVERLAY), str(local)]
        run = snakemake(tmp_path, "--cores", "2", "--resources", "gpu=0", "network=2", *overlays)
        assert run.code == 0, run.text[-8000:]
        again = snakemake(tmp_path, "--dry-run", *overlays)
    assert "Nothing to be done" in again.text
    lengths = archives(hub)
    assert len(lengths) == 15
    assert [path for path, length in lengths.items() if hub.sent[path] > length / 2] == [
        "/web/pieapp/all_data_PieAPP_dataset_CVPR_2018.zip"  # its rows lie in it
    ]
    results = tmp_path / "results/rehearsal"
    assert not (results / "truth").exists()
    assert not (results / "features").exists()
    taught = read(results / "data/extraction/train.parquet", Sample)
    assert {sample.turns[0].prompt[:10] for sample in taught} == {"Tell all, "}
    kinds = {q.kind for p in results.glob("data/*/test.parquet") for q in read(p, Question)}
    assert kinds == {"choice", "box", *RULES}
    scores = rows(results / "scores/scores.csv")
    assert {row["metric"] for row in scores} >= {"accuracy"}
    assert "fact recall" not in {row["metric"] for row in scores}
    scored = {(row["perception"], row["reasoning"]) for row in scores}
    assert {"released-extract-0.6B", "instruct-1.7B"} <= {perception for perception, _ in scored}
    others = ("llava-onevision-0.5b", "internvl2.5-1b", "smolvlm")
    assert {(model, "end-to-end") for model in others} <= scored
    assert {(model, "gemma3-4b-reasoner") for model in ("gemma3-4b", "internvl2.5-2b")} <= scored
    assert len(read(results / "data/in-domain/test.parquet", Question)) == 8
    audit = json.loads((results / "audit/audit.json").read_text())
    assert {claim["verdict"] for claim in audit["claims"]} == {"not judged", "not run"}
    checks = [row["check"] for row in rows(results / "tables/validity.csv")]
    assert checks
    assert not [check for check in checks if "gold" in check or "vision tower" in check]
