"""From prompts to the tensors of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Prompt:
    """One question, ready for a model.

    ids: token ids of the prompt in chat format; each image's place already holds as many image
        tokens as the model makes features of it.
    images: empty for text, else `pixel_values` (images, patches, 3, height, width) and
        `image_sizes` (images, 2; height and width of each in pixels), in the order of the places.
        More than one patch of a single image means AnyRes; of several images the model takes the
        first patch, the base view, alone (LLaVA-OneVision's rule).
    seed: the sampling seed of this question.
    """

    ids: tuple[int, ...]
    images: Mapping[str, torch.Tensor]
    seed: int

    @property
    def patched(self) -> bool:
        """Whether the model cuts the prompt's image into patches (AnyRes)."""
        if not self.images:
            return False
        images, patches = self.images["pixel_values"].shape[:2]
        return images == 1 and patches > 1


def batches(prompts: Sequence[Prompt], batch_size: int) -> list[list[int]]:
    """Indices of prompts, at most `batch_size` a batch, like lengths together, longest first so
    that too large a batch fails at once. Prompts with an AnyRes image stand apart (`collate`).

    Raises ValueError for a prompt that no model could answer.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}, must be at least 1")
    for number, prompt in enumerate(prompts):
        _check(number, prompt)
    found = []
    for patched in (False, True):
        kind = [number for number, prompt in enumerate(prompts) if prompt.patched == patched]
        kind.sort(key=lambda number: -len(prompts[number].ids))
        found += [kind[at : at + batch_size] for at in range(0, len(kind), batch_size)]
    return found


def collate(
    batch: Sequence[Prompt], pad: int, device: torch.device, dtype: torch.dtype
) -> dict[str, torch.Tensor]:
    """The model's inputs for a batch: `input_ids` and `attention_mask` (rows, longest prompt),
    padded on the left, and, where there are images, those of all rows along the first dimension.

    transformers (LlavaOnevisionModel.get_image_features) reads `batch_num_images` as the number of
    images in each row and cuts an image into patches where that number is 1. A row with the base
    view of one image has no number of its own, so AnyRes rows never share a batch with others:
    theirs are all 1, and for the others one number above 1 stands for all images together.
    """
    width = max(len(prompt.ids) for prompt in batch)
    ids = torch.full((len(batch), width), pad)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(batch):
        ids[row, width - len(prompt.ids) :] = torch.tensor(prompt.ids)
        mask[row, width - len(prompt.ids) :] = 1
    inputs = {"input_ids": ids.to(device), "attention_mask": mask.to(device)}
    pictures = [prompt.images for prompt in batch if prompt.images]
    if not pictures:
        return inputs
    pixels = [images["pixel_values"] for images in pictures]
    if batch[0].patched:
        number = torch.ones(len(pixels), dtype=torch.long)
    else:
        pixels = [values[:, :1] for values in pixels]
        number = torch.tensor([max(2, sum(len(values) for values in pixels))])
    most = max(values.shape[1] for values in pixels)
    padded = [
        torch.nn.functional.pad(values, (0, 0) * 3 + (0, most - values.shape[1]))
        for values in pixels
    ]
    sizes = torch.cat([images["image_sizes"] for images in pictures])
    return inputs | {
        "pixel_values": torch.cat(padded).to(device, dtype),
        "image_sizes": sizes.to(device),
        "batch_num_images": number,
    }


def _check(number: int, prompt: Prompt) -> None:
    if not prompt.ids:
        raise ValueError(f"prompt {number} is empty")
    if not prompt.images:
        return
    if set(prompt.images) != {"pixel_values", "image_sizes"}:
        raise ValueError(
            f"prompt {number}: images hold {sorted(prompt.images)}, "
            "must be pixel_values and image_sizes"
        )
    pixels, sizes = prompt.images["pixel_values"], prompt.images["image_sizes"]
    if pixels.ndim != 5 or pixels.shape[1] < 1 or tuple(sizes.shape) != (len(pixels), 2):
        raise ValueError(
            f"prompt {number}: pixel_values of shape {tuple(pixels.shape)} and image_sizes of "
            f"shape {tuple(sizes.shape)}, must be (images, patches, 3, height, width) and "
            "(images, 2)"
        )
