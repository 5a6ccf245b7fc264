"""Backbones that are to be put on a shelf."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from downscaling.cli import app
from downscaling.doctor.models import check_backbones
from downscaling.errors import ModelError
from planned import HOME


@pytest.fixture
def backbones(tmp_path: Path) -> Path:
    """A language model and a tower, as they ship."""
    for name in ("0.6B", "tower"):
        shutil.copytree(HOME / "backbones" / name, tmp_path / "mine" / name)
    return tmp_path / "mine"


def test_what_ships_can_be_shelved(backbones: Path) -> None:
    """Catches a check that refuses what is well."""
    check_backbones(backbones)


def _unnamed(folder: Path) -> None:
    (folder / "0.6B").rename(folder / "smollm2")


def _long_name(folder: Path) -> None:
    (folder / "0.6B").rename(folder / "1234567890123B")


def _without_configuration(folder: Path) -> None:
    (folder / "1.7B").mkdir()


def _without_tower(folder: Path) -> None:
    shutil.rmtree(folder / "tower")


def _tower_alone(folder: Path) -> None:
    shutil.rmtree(folder / "0.6B")


def _another_tower(folder: Path) -> None:
    shutil.rmtree(folder / "tower")
    shutil.copytree(folder / "0.6B", folder / "tower")


def _tower_as_text(folder: Path) -> None:
    shutil.rmtree(folder / "0.6B")
    shutil.copytree(folder / "tower", folder / "0.6B")


def _without_tokenizer(folder: Path) -> None:
    (folder / "0.6B/tokenizer.json").unlink()


def _without_weights(folder: Path) -> None:
    (folder / "0.6B/model.safetensors").unlink()


def _torn(folder: Path) -> None:
    weights = folder / "0.6B/model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def _of_another_end(folder: Path) -> None:
    file = folder / "0.6B/config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"eos_token_id": 5}))


REFUSED: dict[Callable[[Path], None], str] = {
    _unnamed: "mine/smollm2: not named as a backbone; allowed: tower, or a size, such as 1.7B",
    _long_name: "mine/1234567890123B: not named as a backbone",
    _without_configuration: "mine/1.7B: no model here (config.json is missing)",
    _without_tower: "mine: no tower; allowed: a folder a size, and tower, a SigLIP",
    _tower_alone: "mine: no language model; allowed: a folder a size",
    _another_tower: "mine/tower: qwen3 is no tower; allowed: a SigLIP",
    _tower_as_text: "mine/0.6B",
    _without_tokenizer: "mine/0.6B",
    _without_weights: "mine/0.6B",
    _torn: "mine/0.6B",
    _of_another_end: "mine/0.6B: the tokenizer ends a text with token",
}


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__.strip("_"))
def test_what_no_study_could_use_is_not_shelved(
    spoil: Callable[[Path], None], backbones: Path
) -> None:
    """Catches a shelf whose backbones fail in the first job of a study, or after its tunings."""
    spoil(backbones)
    with pytest.raises(ModelError) as caught:
        check_backbones(backbones)
    assert REFUSED[spoil] in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    place = backbones.parent / "shelf"
    done = CliRunner().invoke(app, ["shelve", "--backbones", str(backbones), "--out", str(place)])
    assert done.exit_code == 1
    assert done.stderr == f"downscaling: {caught.value}\n"
    assert not place.exists()
