"""The published study before it runs: its sets in stand-ins, its models without weights, a lock."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from downscaling.catalogue.sources import load
from downscaling.data import lock
from downscaling.data.lock import Pin, Pinned
from downscaling.doctor.examine import fetched
from downscaling.doctor.finding import Finding
from downscaling.planning.architectures import published_values
from downscaling.planning.jobs import Jobs
from downscaling.stages.graph import all_jobs
from downscaling.study.study import Study
from loopback import Hub, hub
from planned import published
from tiny import QWEN3_TEMPLATE, THINKING, tokenizer
from whole import serve_sets

__all__ = ["hub"]

HEADER = b'{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'
WEIGHTS = {"model.safetensors": len(HEADER).to_bytes(8, "little") + HEADER + b"four"}


class Clinic:
    """A hub that holds the published study, and the study that wants it."""

    def __init__(self, hub: Hub, folder: Path, words: dict[str, bytes]) -> None:
        self.hub, self.folder, self.words = hub, folder, words
        self.sources, self.lock = load(), folder / "sources.lock"
        serve_sets(hub)
        for name, source in self.sources.items():
            if source.kind == "weights":
                hub.add(source.hub, _texts(name, words) | WEIGHTS)
        self.changes: dict[str, Any] = {}
        self.mirrors = {name.split("/")[0]: f"{hub.address}/web" for name in hub.web}
        self.pin()

    def pin(self) -> None:
        """Write to the lock what the hub holds: its length, for nobody looks at a digest."""
        pins = {}
        for name, source in self.sources.items():
            kind = "models" if source.kind == "weights" else "datasets"
            held = self.hub.repositories.get((kind, source.hub))
            files = held.files if held else self._on_the_web(name)
            known = {
                file: Pinned(bytes=len(content), sha256=f"{0:064}")
                for file, content in files.items()
                if any(fnmatch(file, form) for form in source.files)
            }
            if known:
                pins[name] = Pin(revision=held.commit if held else "", files=known)
        lock.write(self.lock, pins)

    def _on_the_web(self, name: str) -> dict[str, bytes]:
        held = {path.partition("/"): content for path, content in self.hub.web.items()}
        return {file: content for (source, _, file), content in held.items() if source == name}

    def change(self, name: str, file: str, content: bytes) -> None:
        """Let a source hold other content, and the lock know it."""
        source = self.sources[name]
        kind = "models" if source.kind == "weights" else "datasets"
        self.hub.repositories[kind, source.hub].files[file] = content
        self.pin()

    def study(self) -> Study:
        """The published study over the lock and the mirrors, with some keys changed."""
        places = {"lock": str(self.lock), "mirrors": self.mirrors}
        return published(sources=places, **self.changes)

    def findings(self, *only: str) -> dict[str, Finding]:
        """What the checks of these sources and their models find, by the check; of all without."""
        study = self.study()
        jobs = Jobs(
            [("fetch", {"source": name}) for name in only]
            or [(job.stage_name, job.key) for job in all_jobs(study)]
        )
        return {finding.check: finding for finding in fetched(study, jobs)}

    def red(self, *only: str) -> dict[str, Finding]:
        """Of those the ones that are red."""
        return {check: found for check, found in self.findings(*only).items() if not found.is_good}


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a tokenizer."""
    folder = tmp_path_factory.mktemp("words")
    tokenizer(QWEN3_TEMPLATE, THINKING, special=False).save_pretrained(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def clinic(
    hub: Hub, tmp_path: Path, words: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> Clinic:
    """The published study and a hub that holds all of it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    return Clinic(hub, tmp_path, words)


def _texts(name: str, words: dict[str, bytes]) -> dict[str, bytes]:
    """A model's files of text, as it is published."""
    shape: dict[str, Any] = published_values(name.removesuffix("-form")) or {}
    if name.startswith("internvl") and not name.endswith("-form"):
        shape = {"model_type": "internvl_chat"}
    elif name.startswith("extract"):
        shape = {
            "model_type": "llava_qwen3",
            "mm_vision_tower": "google/siglip-so400m-patch14-384",
            "mm_projector_type": "mlp2x_gelu",
            "mm_patch_merge_type": "spatial_unpad",
            "image_aspect_ratio": "anyres_max_9",
            "image_grid_pinpoints": "(1x1),...,(6x6)",
        }
    elif name == "siglip-so400m":
        shape = {"model_type": "siglip", "vision_config": shape}
    elif not shape:
        assert name == "qwen3-vl-8b"
        shape = {"model_type": "qwen3_vl"}
    return words | {"config.json": json.dumps(shape).encode()}
