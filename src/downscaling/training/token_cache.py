"""The tokens of a tuning, kept on disk: an interrupted tuning does not make them anew, and the
processes of one tuning share one copy in memory."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import datasets
import tokenizers
import transformers

from ..errors import UserError
from ..models.preprocess import Preprocessor
from ..records.features import dataset
from ..records.files import digest, replacing
from ..records.rows import Sample
from ..runtime.digests import damage, seal
from ..runtime.one_writer import one_writer
from .tokens import Encoding, draw, tokenise


def cached_tokens(
    files: Sequence[Path],
    shares: Sequence[float],
    seed: int,
    encoding: Encoding,
    code: str,
    states: Path,
) -> datasets.Dataset:
    """The tokens of the shares that are drawn of files of samples: rows of `tokens.TOKENS`,
    memory-mapped from a folder in `states`, which is made where it is missing or damaged.

    Of several processes that ask for the same, the first one makes it while the others wait.

    Args:
        files: files of samples.
        shares: of each file the share that is drawn.
        seed: what is drawn, and in which order.
        encoding: how a sample becomes tokens.
        code: the digest of the code that makes them.
        states: the folder of the tuning's states.

    Raises:
        UserError: for a sample that cannot be encoded, or where no sample is drawn.
    """
    key = _key(files, shares, seed, encoding, code)
    folder = states / f"tokens-{key}"
    states.mkdir(parents=True, exist_ok=True)
    with one_writer(states / f"{folder.name}.lock"):
        if damage(folder):
            with replacing(folder) as aside:
                _make(aside, files, shares, seed, encoding)
                # What is mapped is closed by now: a network's file system would keep it otherwise.
                shutil.rmtree(aside / "samples")
                seal(aside)
    parts = [datasets.Dataset.from_file(str(file)) for file in _parts(folder)]
    return datasets.concatenate_datasets(parts)


def _make(
    folder: Path, files: Sequence[Path], shares: Sequence[float], seed: int, encoding: Encoding
) -> None:
    scratch = folder / "samples"
    scratch.mkdir(parents=True)
    sets = [(dataset(file, Sample, scratch), s) for file, s in zip(files, shares, strict=True)]
    samples = draw(sets, seed)
    if not len(samples):
        raise UserError("sets: their shares draw no conversation; raise a share")
    tokenise(samples, encoding, folder / "tokens.arrow")


def _key(
    files: Sequence[Path], shares: Sequence[float], seed: int, encoding: Encoding, code: str
) -> str:
    """A digest of all that decides the tokens, but for the sizes of images: samples name images
    that a tuning takes for unchanged as long as it has states."""
    decides = [
        [digest(file) for file in files],
        list(shares),
        seed,
        _preprocessing(encoding.preprocessor),
        encoding.max_length,
        encoding.template,
        encoding.loss_on,
        code,
        *(library.__version__ for library in (datasets, tokenizers, transformers)),
    ]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:16]


def _preprocessing(preprocessor: Preprocessor) -> list[object]:
    """What decides how many tokens an image takes, and the digest of the tokenizer's files."""
    with tempfile.TemporaryDirectory() as folder:
        preprocessor.save_pretrained(Path(folder))
        return [digest(Path(folder)), preprocessor.patches, preprocessor.tiling.max_tiles]


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.arrow"))
