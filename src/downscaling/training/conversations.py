"""Training conversations: drawn from the sets of a stage, encoded once, collated into batches."""

from __future__ import annotations

import random
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch.utils.data import Dataset

from ..errors import PictureError, UserError
from ..models.dialogue import END, START
from ..models.preprocess import DAMAGE, IGNORED, Preprocessor, batch_images
from ..records.files import seed_of
from ..records.rows import Sample


class Conversations(Dataset[dict[str, Any]]):
    """Encoded samples. An item holds `input_ids`, `labels`, `images` (as `Preprocessor.pictures`
    gives them) and `length`; item ~i is item i without a label.

    root: the folder that image paths start from. template: "chat" or "plain". loss_on: "replies",
    or "official" for the marks of turns too (`_marks`). features: a frozen tower's features by
    image path, used in place of pixels. Images are opened when an item is asked for, never kept.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        preprocessor: Preprocessor,
        root: Path,
        max_length: int,
        template: str = "chat",
        loss_on: str = "replies",
        features: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        self.samples, self.preprocessor, self.root = samples, preprocessor, root
        self.features = features
        self.encoded: list[tuple[array[int], array[int]]] = []
        marks = _marks(preprocessor) if loss_on == "official" else frozenset()
        for sample in samples:
            if template == "plain" and len(sample.turns) > 1:
                raise UserError(
                    f"{sample.set} {sample.id}: template plain has room for one turn; "
                    "set template to chat"
                )
            sizes = [self._size(image) for image in sample.images]
            ids, labels = preprocessor.encode(sample.turns, sizes, template)
            if len(ids) > max_length and preprocessor.count_image_tokens(ids[max_length:]):
                raise UserError(
                    f"{sample.set} {sample.id}: its images alone exceed max_length {max_length}; "
                    "raise it"
                )
            labels = [i if i in marks else label for i, label in zip(ids, labels, strict=True)]
            # Arrays: as lists, the tokens of a million conversations would take 100 GB.
            self.encoded.append((array("i", ids[:max_length]), array("i", labels[:max_length])))

    def _size(self, image: str) -> tuple[int, int]:
        if self.preprocessor.images == "base":  # every image takes the same number of tokens
            return (0, 0)
        path = self.root / image
        try:
            with Image.open(path) as opened:
                return opened.height, opened.width
        except DAMAGE as error:
            raise PictureError(
                f"{path}: not a readable image ({error}); delete it and make it again"
            ) from None

    @property
    def lengths(self) -> list[int]:
        """Tokens of each conversation."""
        return [len(ids) for ids, _ in self.encoded]

    @property
    def spare(self) -> dict[str, Any] | None:
        """The shortest conversation with images, without its labels; None if none has images."""
        seen = [i for i, sample in enumerate(self.samples) if sample.images]
        shortest = min(seen, key=lambda i: len(self.encoded[i][0]), default=None)
        return None if shortest is None else self[~shortest]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> dict[str, Any]:
        is_silent, index = index < 0, max(index, ~index)
        ids, labels = self.encoded[index]
        if is_silent:
            labels = array("i", [IGNORED]) * len(ids)
        images = self.samples[index].images
        pictures: dict[str, torch.Tensor] = {}
        if images and self.features is not None:
            stacked = torch.stack([self.features[image] for image in images])
            pictures["pixel_values"] = stacked[:, None, None]
            pictures["image_sizes"] = torch.full((len(images), 2), self.preprocessor.side)
        elif images:
            pictures = self.preprocessor.pictures([self.root / image for image in images])
        return {"input_ids": ids, "labels": labels, "images": pictures, "length": len(ids)}


def _marks(preprocessor: Preprocessor) -> frozenset[int]:
    """The ids that the study's code counts wherever they stand, prompts included: the marks of a
    turn's start and end, and the token of a single newline (its train.py, `preprocess_qwen`)."""
    newline = preprocessor.tokenizer("\n", add_special_tokens=False).input_ids
    known = preprocessor.tokenizer.get_vocab()
    return frozenset(newline) | {known[mark] for mark in (START, END) if mark in known}


def draw(sets: Sequence[tuple[Sequence[Sample], float]], seed: int) -> list[Sample]:
    """The share of each set that a stage trains on, in a random order of all.

    Which samples a share holds depends on the seed and the sample alone, so that a larger share
    holds a smaller one and another set changes nothing.
    """
    drawn: list[Sample] = []
    for samples, share in sets:
        count = round(len(samples) * share)
        drawn += sorted(samples, key=lambda s: seed_of(seed, "draw", s.set, s.id))[:count]
    random.Random(seed_of(seed, "order")).shuffle(drawn)
    return drawn


def collate(
    items: Sequence[Mapping[str, Any]], pad: int, spare: Mapping[str, Any] | None = None
) -> dict[str, torch.Tensor]:
    """A batch: ids, labels and attention mask padded on the right, (items, longest), and images.

    spare: an item with images and no label, which a batch without an image gets besides. It adds
    nothing to the loss, but has all parts of the model take part: where several processes share a
    model, one that leaves a part out has the others wait for ever.
    """
    if spare is not None and not any(item["images"] for item in items):
        items = [*items, spare]
    length = max(item["length"] for item in items)
    ids = torch.full((len(items), length), pad)
    labels = torch.full((len(items), length), IGNORED)
    mask = torch.zeros((len(items), length), dtype=torch.long)
    for row, item in enumerate(items):
        ids[row, : item["length"]] = torch.tensor(item["input_ids"])
        labels[row, : item["length"]] = torch.tensor(item["labels"])
        mask[row, : item["length"]] = 1
    batch = {"input_ids": ids, "labels": labels, "attention_mask": mask}
    return batch | batch_images([item["images"] for item in items])
