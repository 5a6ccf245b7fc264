"""A tuned model's folder is whole for transformers alone: docs/models.md shows the lines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from downscaling.config.tunings import LearningRates
from downscaling.evaluation.vision_language import Ask, load
from downscaling.models.assemble import assemble, load_vision_language_model, save
from downscaling.models.dialogue import PARTS
from downscaling.models.preprocess import Preprocessor
from downscaling.records.rows import Turn
from small import samples, settings, table, tuned

PAGE = Path(__file__).parents[2] / "docs/models.md"
STRANGER = """
import sys
for name in ("downscaling", "torchvision"):
    sys.modules[name] = None  # what imports it fails, and who looks for it finds nothing
{lines}
import torch
torch.save(dict(inputs), "inputs.pt")
"""


def _shown() -> str:
    """The lines of the page."""
    (lines,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(lines)


def _laid(model: Path, picture: Path, stranger: Path) -> Path:
    """A folder in which model and picture lie as the page has it."""
    (named,) = re.findall(r'^folder = "(.*)"$', _shown(), re.MULTILINE)
    (seen,) = re.findall(r'Image\.open\("(.*?)"\)', _shown())
    shutil.copytree(model, stranger / named)
    shutil.copy(picture, stranger / seen)
    return stranger


def _asked() -> str:
    """The page's question."""
    (text,) = re.findall(r'"text": "(.*?)"', _shown())
    return str(text)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that is no square, all its pixels different."""
    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("wide") / "131x70.png"
    Image.fromarray(torch.randint(256, (70, 131, 3), dtype=torch.uint8).numpy()).save(file)
    return file


@pytest.mark.parametrize("images", ["base", "anyres", "anyres-official"])
def test_the_lines_of_the_page_reply_as_the_study_does(
    images: str, language_model: Path, tower: Path, root: Path, wide: Path, tmp_path: Path
) -> None:
    """Catches a folder that wants torchvision, or a saved processor or chat template that writes
    other tokens or other pixels than the model was tuned on."""
    table(samples(4)).to_parquet(tmp_path / "train.parquet")
    chosen = settings(
        epochs=4.0,
        images=images,
        learning_rate=LearningRates(connector=0.01, language_model=0.02),
    )
    tuned(language_model, tower, root, tmp_path, chosen)
    stranger = _laid(tmp_path / "out", wide, tmp_path / "stranger")
    done = subprocess.run(
        [sys.executable, "-c", STRANGER.format(lines=_shown())],
        cwd=stranger,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    given = torch.load(stranger / "inputs.pt", weights_only=True)
    own = load(tmp_path / "out", "float32")
    ids, pictures = own.preprocessor.ask(_asked(), [wide])  # type: ignore[attr-defined]
    assert given["input_ids"][0].tolist() == list(ids)
    views = pictures["pixel_values"].shape[1]
    assert torch.equal(given["pixel_values"][:, :views], pictures["pixel_values"])
    (reply,) = own.replies([Ask(_asked(), [wide])], 64, 1)
    assert reply.text
    assert done.stdout == f"{reply.text}\n"


def test_an_image_too_large_for_transformers_is_refused(
    language_model: Path, tower: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches the page's limit gone, or an image of which the model would see another map than the
    prompt has room for."""
    save(*assemble(language_model, tower, "anyres", 0), tmp_path / "model")
    Image.new("RGB", (300, 250)).save(tmp_path / "large.png")
    monkeypatch.chdir(_laid(tmp_path / "model", tmp_path / "large.png", tmp_path / "stranger"))
    with pytest.raises(ValueError, match="Image features and image tokens do not match"):
        exec(_shown(), {})


def test_a_folder_saved_earlier_still_loads(
    language_model: Path, tower: Path, wide: Path, tmp_path: Path
) -> None:
    """Catches tuned models that would have to be made again to be read."""
    folder = tmp_path / "model"
    save(*assemble(language_model, tower, "base", 0), folder)
    asks = [Ask(_asked(), [wide])]
    replies = load(folder, "float32").replies(asks, 8, 1)
    model, _ = load_vision_language_model(folder)
    model.config.save_pretrained(folder)  # with the shapes of all boards
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text().removeprefix(PARTS))
    (folder / "processor_config.json").unlink()
    assert load(folder, "float32").replies(asks, 8, 1) == replies


def test_a_model_without_tiles_can_learn_to_tile(
    language_model: Path, tower: Path, wide: Path, tmp_path: Path
) -> None:
    """Catches a model that keeps what its file says of tiles when a tuning goes on from it."""
    save(*assemble(language_model, tower, "base", 0), tmp_path / "model")
    model, preprocessor = load_vision_language_model(tmp_path / "model")
    again, _ = assemble(language_model, tower, "anyres", 0)
    assert model.config.image_grid_pinpoints == again.config.image_grid_pinpoints
    preprocessor.images = "anyres"
    assert len(preprocessor.pictures([wide])["pixel_values"][0]) == 1 + 2 * 3


def test_a_message_of_parts_is_written_as_its_turn(language_model: Path, tower: Path) -> None:
    """Catches images of a message that move, or lose their line break."""
    _, preprocessor = assemble(language_model, tower, "base", 0)
    image, side = {"type": "image"}, preprocessor.side
    for content, turn, count in (
        ([image, _text("what fears it?")], Turn("what fears it?", ""), 1),
        ([image, image, _text("which?")], Turn("which?", ""), 2),
        ([_text("is "), image, _text(" near?")], Turn("is <image> near?", "", 1), 1),
        ([_text("what fears it?")], Turn("what fears it?", ""), 0),
    ):
        ids, _ = preprocessor.encode([turn], [(side, side)] * count)
        assert _written(preprocessor, content) == _folded(preprocessor, ids)


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _written(preprocessor: Preprocessor, content: list[dict[str, str]]) -> list[int]:
    """The tokens of a prompt of parts, one for each image."""
    message = [{"role": "user", "content": content}]
    written = preprocessor.tokenizer.apply_chat_template(message, add_generation_prompt=True)
    return list(written["input_ids"])


def _folded(preprocessor: Preprocessor, ids: list[int]) -> list[int]:
    """Tokens with one for each image, of which all take the same number here."""
    image = preprocessor.tokenizer.convert_tokens_to_ids("<image>")
    places = [number for number, token in enumerate(ids) if token == image]
    one_view = preprocessor.patches**2 + 1
    dropped = {place for number, place in enumerate(places) if number % one_view}
    return [token for number, token in enumerate(ids) if number not in dropped]
