"""A tuning's tokens: what the samples say, made once, and made anew where that is due."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import datasets
import pytest
import torch

from downscaling.errors import UserError
from downscaling.models.assemble import assemble
from downscaling.models.preprocess import IGNORED, Preprocessor, batch_images
from downscaling.records.files import write
from downscaling.records.rows import Sample, Turn
from downscaling.runtime.digests import MANIFEST
from downscaling.training import token_cache, tokens
from downscaling.training.conversations import Conversations, collate
from downscaling.training.token_cache import cached_tokens
from downscaling.training.tokens import Encoding, tokenise
from small import samples, table

MIXED = [
    Sample("two", "gqa", ("1.png", "2.png"), (Turn("where is the ring?", "top-left"),)),
    Sample("none", "allava", (), (Turn("what does the cat fear?", "red"), Turn("and?", "blue"))),
    Sample("one", "vqav2", ("3.png",), (Turn("what does the dog fear?", "green"),)),
    Sample("cut", "vqav2", ("4.png",), (Turn("where is the ring?", "top-left " * 99),)),
]
MAX_LENGTH = 60


@pytest.fixture
def encoding(language_model: Path, tower: Path, root: Path) -> Encoding:
    """How samples are encoded for a tiny model that tiles images."""
    _, preprocessor = assemble(language_model, tower, "anyres", 0)
    return Encoding(preprocessor, root, MAX_LENGTH)


@pytest.fixture
def makings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many conversations were tokenised each time."""
    seen: list[int] = []

    def counted(rows: datasets.Dataset, *arguments: Any) -> datasets.Dataset:
        seen.append(len(rows))
        return tokenise(rows, *arguments)

    monkeypatch.setattr(token_cache, "tokenise", counted)
    return seen


@pytest.fixture
def start(encoding: Encoding, tmp_path: Path) -> Callable[..., datasets.Dataset]:
    """A function that starts a tuning on `samples()`, with some of what decides its tokens
    changed."""
    write(tmp_path / "train.parquet", samples(), Sample)

    def asked(**changed: Any) -> datasets.Dataset:
        values: dict[str, Any] = {
            "files": [tmp_path / "train.parquet"],
            "shares": [1.0],
            "seed": 0,
            "encoding": encoding,
            "code": "0",
            "states": tmp_path / "states",
        }
        return cached_tokens(**(values | changed))

    return asked


def _direct(sample: Sample, preprocessor: Preprocessor, root: Path) -> dict[str, torch.Tensor]:
    """A batch of one conversation, with nothing between."""
    pictures = preprocessor.pictures([root / image for image in sample.images])
    sizes = [(int(h), int(w)) for h, w in pictures["image_sizes"]] if pictures else []
    ids, labels = (part[:MAX_LENGTH] for part in preprocessor.encode(sample.turns, sizes))
    held = {"input_ids": [ids], "labels": [labels]}
    return {name: torch.tensor(rows) for name, rows in held.items()} | batch_images([pictures])


def test_batches_are_those_of_the_samples_themselves(encoding: Encoding, tmp_path: Path) -> None:
    """Catches images that lose their order or their conversation, tokens that are cut elsewhere,
    labels that count a prompt, and numbers of another type."""
    write(tmp_path / "train.parquet", MIXED, Sample)
    made = cached_tokens([tmp_path / "train.parquet"], [1.0], 0, encoding, "0", tmp_path / "states")
    data = Conversations(made, encoding.preprocessor, encoding.root)
    assert sorted(made["set"]) == sorted(sample.set for sample in MIXED)
    assert len(data.visual) == 3
    by_images = {sample.images: sample for sample in MIXED}
    for index in range(len(data)):
        sample = by_images[tuple(made[index]["images"])]
        batch = collate([data[index]], 0)
        expected = _direct(sample, encoding.preprocessor, encoding.root)
        assert batch.keys() == expected.keys()
        for name, value in expected.items():
            assert batch[name].dtype == value.dtype
            assert torch.equal(batch[name], value), (sample.id, name)
    assert max(data.lengths) == MAX_LENGTH
    assert data.spare is not None
    assert (data.spare["labels"] == IGNORED).all()


def test_several_processes_make_what_one_does(
    encoding: Encoding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an order that depends on which process is done first, and a refusal that loses its
    words between processes."""
    monkeypatch.setattr(tokens, "ROWS_A_PROCESS", 4)
    monkeypatch.setattr(tokens.os, "sched_getaffinity", lambda process: {0, 1})
    together = tokenise(table(samples()), encoding, tmp_path / "together.arrow")
    assert len(together.cache_files) == 2
    monkeypatch.setattr(tokens, "ROWS_A_PROCESS", 100)
    alone = tokenise(table(samples()), encoding, tmp_path / "alone.arrow")
    assert len(alone.cache_files) == 1
    assert together[:] == alone[:]
    monkeypatch.setattr(tokens, "ROWS_A_PROCESS", 4)
    short = dataclasses.replace(encoding, max_length=8)
    with pytest.raises(UserError, match=r"vqav2 \d+: an image lies beyond max_length 8"):
        tokenise(table(samples()), short, tmp_path / "short.arrow")


def test_a_second_start_reads_what_the_first_one_made(
    start: Callable[..., datasets.Dataset],
    makings: list[int],
    language_model: Path,
    tower: Path,
    root: Path,
) -> None:
    """Catches a cache that never serves: a key that holds a path or an address in memory."""
    first = start()
    _, preprocessor = assemble(language_model, tower, "anyres", 0)
    second = start(encoding=Encoding(preprocessor, root, MAX_LENGTH))
    assert makings == [12]
    assert first[:] == second[:]


def test_of_several_processes_one_makes_the_tokens_and_the_others_wait(
    start: Callable[..., datasets.Dataset], makings: list[int]
) -> None:
    """Catches processes of one tuning that all tokenise, or read what another has not finished."""
    with ThreadPoolExecutor(3) as pool:
        held = list(pool.map(lambda _: start()[:], range(3)))
    assert makings == [12]
    assert held[0] == held[1] == held[2]


def test_what_decides_tokens_makes_them_anew(
    start: Callable[..., datasets.Dataset],
    makings: list[int],
    encoding: Encoding,
    language_model: Path,
    tower: Path,
    tmp_path: Path,
) -> None:
    """Catches a tuning on the tokens of another share, seed, template, image mode, code or file."""
    _, tokenizer = assemble(language_model, tower, "anyres", 0)
    tokenizer.tokenizer.add_tokens(["another"])
    _, base = assemble(language_model, tower, "base", 0)
    write(tmp_path / "other.parquet", samples()[1:], Sample)
    start()
    for changed in (
        {"shares": [0.5]},
        {"seed": 1},
        {"code": "1"},
        {"files": [tmp_path / "other.parquet"]},
        {"encoding": dataclasses.replace(encoding, template="plain")},
        {"encoding": dataclasses.replace(encoding, loss_on="official")},
        {"encoding": dataclasses.replace(encoding, max_length=50)},
        {"encoding": dataclasses.replace(encoding, preprocessor=tokenizer)},
        {"encoding": dataclasses.replace(encoding, preprocessor=base)},
    ):
        before = len(makings)
        start(**changed)
        assert len(makings) == before + 1, changed


@pytest.mark.parametrize("harm", ["flipped", "cut", "lost", "unfinished"])
def test_damaged_tokens_are_made_anew(
    start: Callable[..., datasets.Dataset], makings: list[int], tmp_path: Path, harm: str
) -> None:
    """Catches a tuning on what a full disk or a stopped job left behind."""
    expected = start()[:]
    (file,) = (tmp_path / "states").glob("tokens-*/*.arrow")
    whole = file.read_bytes()
    if harm == "flipped":
        file.write_bytes(whole[:-200] + bytes([whole[-200] ^ 1]) + whole[-199:])
    elif harm == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif harm == "lost":
        file.unlink()
    else:
        (file.parent / MANIFEST).unlink()
    assert start()[:] == expected
    assert makings == [12, 12]


def test_a_stopped_start_leaves_nothing_that_looks_finished(
    start: Callable[..., datasets.Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches half of the tokens under the name of all."""

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(token_cache, "tokenise", stopped)
    with pytest.raises(KeyboardInterrupt):
        start()
    assert not [path for path in (tmp_path / "states").iterdir() if path.is_dir()]


def test_shares_that_draw_nothing_are_refused(start: Callable[..., datasets.Dataset]) -> None:
    """Catches a tuning of no step that saves an untuned model."""
    with pytest.raises(UserError, match="draw no conversation"):
        start(shares=[0.01])
