"""Training conversations as tokens: drawn from the sets of a stage and encoded once."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import datasets
import numpy as np

from ..data.load_image import image_size
from ..errors import UserError
from ..models.dialogue import END, START
from ..models.preprocess import Preprocessor
from ..records.files import seed_of
from ..records.rows import Turn

TOKENS = datasets.Features(
    {
        "set": datasets.Value("string"),
        "images": datasets.List(datasets.Value("string")),
        "input_ids": datasets.List(datasets.Value("int32")),
        "labels": datasets.List(datasets.Value("int32")),
        "length": datasets.Value("int32"),
    }
)
ROWS_A_PROCESS = 10_000  # of fewer rows, a process costs more time than it saves


def draw(sets: Sequence[tuple[datasets.Dataset, float]], seed: int) -> datasets.Dataset:
    """The share of each set that a stage trains on, in a random order of all.

    Which samples a share holds depends on the seed and the sample alone, so that a larger share
    holds a smaller one and another set changes nothing.
    """
    drawn: list[int] = []
    before = 0
    for samples, share in sets:
        names = zip(samples["set"][:], samples["id"][:], strict=True)
        seeds = [seed_of(seed, "draw", *name) for name in names]
        count = round(len(samples) * share)
        drawn += [before + i for i in sorted(range(len(samples)), key=seeds.__getitem__)[:count]]
        before += len(samples)
    random.Random(seed_of(seed, "order")).shuffle(drawn)
    return datasets.concatenate_datasets([samples for samples, _ in sets]).select(drawn)


@dataclass(frozen=True)
class Encoding:
    """How a conversation becomes tokens and labels.

    Attributes:
        preprocessor: of the model that is tuned.
        root: the folder that image paths start from.
        max_length: tokens at which a conversation is cut.
        template: "chat" or "plain".
        loss_on: "replies", or "official" for the marks of turns too (`marks`).
    """

    preprocessor: Preprocessor
    root: Path
    max_length: int
    template: str = "chat"
    loss_on: str = "replies"

    def __call__(self, sample: Mapping[str, Any]) -> dict[str, Any]:
        """A row of `TOKENS` for a row of samples. Raises UserError for a conversation that the
        template has no room for, or an image of which lies beyond `max_length`."""
        turns = [Turn(**turn) for turn in sample["turns"]]
        name = f"{sample['set']} {sample['id']}"
        if self.template == "plain" and len(turns) > 1:
            raise UserError(f"{name}: template plain has room for one turn; set template to chat")
        sizes = [self._size(image) for image in sample["images"]]
        ids, labels = self.preprocessor.encode(turns, sizes, self.template)
        cut = self.max_length
        if len(ids) > cut and self.preprocessor.count_image_tokens(ids[cut:]):
            raise UserError(f"{name}: an image lies beyond max_length {cut}; raise it")
        if self.loss_on == "official":
            pairs = zip(ids, labels, strict=True)
            labels = [i if i in self.marks else label for i, label in pairs]
        return {
            "set": sample["set"],
            "images": sample["images"],
            "input_ids": np.array(ids[:cut], np.int32),
            "labels": np.array(labels[:cut], np.int32),
            "length": min(len(ids), cut),
        }

    @cached_property
    def marks(self) -> frozenset[int]:
        """The ids that the study's code counts wherever they stand, prompts included: the marks of
        a turn's start and end, and the token of a single newline (its train.py,
        `preprocess_qwen`)."""
        tokenizer = self.preprocessor.tokenizer
        newline = tokenizer("\n", add_special_tokens=False).input_ids
        known = tokenizer.get_vocab()
        return frozenset(newline) | {known[mark] for mark in (START, END) if mark in known}

    def _size(self, image: str) -> tuple[int, int]:
        if self.preprocessor.images == "base":  # every image takes the same number of tokens
            return (0, 0)
        return image_size(self.root / image)


def tokenise(samples: datasets.Dataset, encoding: Encoding, file: Path) -> datasets.Dataset:
    """The rows of `TOKENS` for these samples, in their order, memory-mapped from an Arrow file; of
    many samples by several processes, each of which writes a file of its own beside it."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    workers = min(cores, len(samples) // ROWS_A_PROCESS)
    datasets.enable_progress_bars()
    return samples.map(
        encoding,
        remove_columns=samples.column_names,
        features=TOKENS,
        num_proc=workers if workers > 1 else None,
        cache_file_name=str(file),
        load_from_cache_file=False,
        new_fingerprint="tokens",  # or it would hash the tokenizer
        desc="tokenising conversations",
    )
