"""Tokenised conversations as a model trains on them: with their images, collated into batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow.compute as pc
import torch
from torch.utils.data import Dataset

from ..models.preprocess import IGNORED, Preprocessor, batch_images


class Conversations(Dataset[dict[str, Any]]):
    """Conversations, of which tokens stay on disk and images are opened when an item is asked for.

    An item holds `input_ids`, `labels`, `images` (as `Preprocessor.pictures` gives them) and
    `length`; item ~i is item i without a label.

    Args:
        tokens: rows of `tokens.TOKENS`.
        preprocessor: of the model that is tuned.
        root: the folder that image paths start from.
        features: a frozen tower's features by image path, used in place of pixels.

    Attributes:
        lengths: tokens of each conversation.
        visual: which conversations have images.
    """

    def __init__(
        self,
        tokens: datasets.Dataset,
        preprocessor: Preprocessor,
        root: Path,
        features: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        self.preprocessor, self.root, self.features = preprocessor, root, features
        # Arrow's own columns: made into numpy's by datasets, an item would take many times as long.
        columns = ("input_ids", "labels", "images")
        self.columns = {name: tokens.with_format("arrow")[name][:] for name in columns}
        self.lengths: list[int] = tokens["length"][:]
        counts = pc.list_value_length(self.columns["images"]).to_pylist()
        self.visual = [index for index, count in enumerate(counts) if count]

    @property
    def spare(self) -> dict[str, Any] | None:
        """The shortest conversation with images, without its labels; None if none has images."""
        shortest = min(self.visual, key=self.lengths.__getitem__, default=None)
        return None if shortest is None else self[~shortest]

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, index: int) -> dict[str, Any]:
        is_silent, index = index < 0, max(index, ~index)
        row = {name: column[index] for name, column in self.columns.items()}
        ids, labels = (row[name].values.to_numpy() for name in ("input_ids", "labels"))
        if is_silent:
            labels = np.full_like(labels, IGNORED)
        images = row["images"].as_py()
        pictures: dict[str, torch.Tensor] = {}
        if images and self.features is not None:
            features = torch.stack([self.features[image] for image in images])
            pictures["pixel_values"] = features[:, None, None]
            pictures["image_sizes"] = torch.full((len(images), 2), self.preprocessor.side)
        elif images:
            pictures = self.preprocessor.pictures([self.root / image for image in images])
        return {"input_ids": ids, "labels": labels, "images": pictures, "length": len(ids)}


def collate(
    items: Sequence[Mapping[str, Any]], pad: int, spare: Mapping[str, Any] | None = None
) -> dict[str, torch.Tensor]:
    """A batch: ids and labels padded on the right, (items, longest), and images.

    A mask of the padding would change nothing, for a causal model looks to the left; and with one,
    attention is computed with a mask of (longest, longest) numbers a conversation.

    spare: an item with images and no label, which a batch without an image gets besides. It adds
    nothing to the loss, but has all parts of the model take part: where several processes share a
    model, one that leaves a part out has the others wait for ever.
    """
    if spare is not None and not any(item["images"] for item in items):
        items = [*items, spare]
    length = max(item["length"] for item in items)
    # numpy copies a short row in a fifth of torch's time.
    ids = np.full((len(items), length), pad)
    labels = np.full((len(items), length), IGNORED)
    for row, item in enumerate(items):
        ids[row, : item["length"]] = item["input_ids"]
        labels[row, : item["length"]] = item["labels"]
    batch = {"input_ids": torch.from_numpy(ids), "labels": torch.from_numpy(labels)}
    return batch | batch_images([item["images"] for item in items])
