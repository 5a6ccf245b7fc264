"""From images and text to what a vision-language model reads: pixels, token ids, labels."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from PIL import Image
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.models.llava_onevision.image_processing_pil_llava_onevision import (
    LlavaOnevisionImageProcessorPil,
)

from ..data.load_image import load_image
from ..errors import UserError
from ..records.rows import Turn
from .dialogue import chat, plain

IMAGE = "<image>"
IGNORED = -100  # a label that the loss skips
SETTINGS = "preprocessing.json"


class Preprocessor:
    """Tokenizer and image settings of one model. images: "base" or "anyres"."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, config: Any, images: str) -> None:
        self.tokenizer, self.images = tokenizer, images
        self.side: int = config.vision_config.image_size
        self.patches: int = self.side // config.vision_config.patch_size
        self.pinpoints = config.image_grid_pinpoints
        self.max_tiles = int(config.vision_aspect_ratio.removeprefix("anyres_max_"))
        self._processor = LlavaOnevisionImageProcessorPil(
            image_mean=[0.5] * 3,  # SigLIP's; the class defaults to CLIP's
            image_std=[0.5] * 3,
            size={"height": self.side, "width": self.side},
            image_grid_pinpoints=self.pinpoints,
            do_pad=False,
        )

    @classmethod
    def from_pretrained(cls, folder: Path, config: Any) -> Preprocessor:
        """Read what `save_pretrained` wrote."""
        settings = json.loads((Path(folder) / SETTINGS).read_text())
        return cls(AutoTokenizer.from_pretrained(folder), config, settings["images"])

    def save_pretrained(self, folder: Path) -> None:
        """Write tokenizer and image settings beside a model."""
        self.tokenizer.save_pretrained(folder)
        self._processor.save_pretrained(folder)
        (Path(folder) / SETTINGS).write_text(json.dumps({"images": self.images}) + "\n")

    def pictures(self, paths: Sequence[Path]) -> dict[str, torch.Tensor]:
        """The images of one conversation: `pixel_values` (n, views, 3, side, side), -1 to 1, and
        `image_sizes` (n, 2), height and width in pixels. {} for no image.

        With "base" every image is squashed to one view. With "anyres" a single image becomes its
        base view and its tiles, and each of several images one view padded to a square, as
        LLaVA-OneVision.
        """
        if not paths:
            return {}
        if self.images == "base":
            views = torch.stack([view(path, self.side) for path in paths])
            sizes = torch.full((len(paths), 2), self.side)
            return {"pixel_values": views[:, None], "image_sizes": sizes}
        images = [load_image(path) for path in paths]
        sizes = torch.tensor([[image.height, image.width] for image in images])
        conversations = cast(Any, [images])  # a list of lists, which its annotation leaves out
        processed = self._processor(images=conversations, return_tensors="pt")
        return {"pixel_values": processed["pixel_values"], "image_sizes": sizes}

    def image_tokens(self, sizes: Sequence[tuple[int, int]]) -> list[int]:
        """How many tokens each image of a conversation takes; sizes are (height, width) in pixels.

        One view takes its patches and a newline. An AnyRes image takes its base view, the tiles'
        patches after unpadding, reduced by bilinear resizing where they are more than nine tiles'
        times 1.1 squared, and a newline a row. Counted as transformers packs the features, which
        differs from LLaVA-NeXT for a few sizes: docs/models.md.
        """
        one_view = self.patches**2 + 1
        if self.images == "base" or len(sizes) != 1:
            return [one_view] * len(sizes)
        return [self._anyres_tokens(*sizes[0])]

    def _anyres_tokens(self, height: int, width: int) -> int:
        from transformers.image_processing_utils import select_best_resolution

        best_height, best_width = select_best_resolution((height, width), self.pinpoints)
        rows: int = best_height // self.side * self.patches
        columns: int = best_width // self.side * self.patches
        # As transformers' unpad_image: the padding that is cropped is computed on the feature grid.
        # It rounds to seven decimals before it cuts them off, where LLaVA-NeXT cuts at once and so
        # takes 8.999999 for 8.
        if width / height > columns / rows:
            rows -= 2 * ((rows - int(round(height * (columns / width), 7))) // 2)
        else:
            columns -= 2 * ((columns - int(round(width * (rows / height), 7))) // 2)
        ratio = math.sqrt(rows * columns / (self.max_tiles * self.patches**2))
        if ratio > 1.1:
            rows, columns = int(rows // ratio), int(columns // ratio)
        return self.patches**2 + rows * (columns + 1)

    def ask(
        self, text: str, images: Sequence[Path]
    ) -> tuple[tuple[int, ...], dict[str, torch.Tensor]]:
        """Token ids of a prompt about images that the model is to reply to, and its `pictures`."""
        pictures = self.pictures(images)
        sizes = [(int(h), int(w)) for h, w in pictures["image_sizes"]] if pictures else []
        ids, _ = self.encode([Turn(text, "")], sizes)
        return tuple(ids), pictures

    def count_image_tokens(self, ids: Sequence[int]) -> int:
        """How many of these token ids stand for parts of images."""
        return list(ids).count(cast(int, self.tokenizer.convert_tokens_to_ids(IMAGE)))

    def encode(
        self, turns: Sequence[Turn], sizes: Sequence[tuple[int, int]], template: str = "chat"
    ) -> tuple[list[int], list[int]]:
        """Token ids and labels of a conversation, images (height, width) before the first prompt.

        Labels are the ids where the loss counts (the replies with their end of turn) and IGNORED
        elsewhere. Raises UserError where the text holds the image token itself.
        """
        first = turns[0]
        places = IMAGE * len(sizes) + ("\n" if sizes else "")
        turns = [Turn(places + first.prompt, first.reply), *turns[1:]]
        is_plain = template == "plain"
        pieces = plain(turns, IMAGE) if is_plain else chat(self.tokenizer, turns)
        held = sum(text.count(IMAGE) for text, _ in pieces)
        if held != len(sizes):
            raise UserError(
                f"a conversation about {len(sizes)} images holds {IMAGE} {held} times; "
                f"take it out of {first.prompt[:60]!r} or of its replies"
            )
        counts = iter(self.image_tokens(sizes))
        image = self.tokenizer.convert_tokens_to_ids(IMAGE)
        ids: list[int] = []
        labels: list[int] = []
        for text, counted in pieces:
            piece = self.tokenizer(text, add_special_tokens=False).input_ids
            expanded = [
                t
                for token in piece
                for t in ([token] * next(counts) if token == image else [token])
            ]
            ids += expanded
            labels += expanded if counted else [IGNORED] * len(expanded)
        return ids, labels


def view(path: Path, side: int) -> torch.Tensor:
    """The base view of an image: squashed to a square, (3, side, side), -1 to 1."""
    square = load_image(path).resize((side, side), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.asarray(square, np.float32) / 127.5 - 1).permute(2, 0, 1)


def batch_images(images: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The images of a batch of conversations as a model takes them; {} where none has any.

    `pixel_values` (all images, most views, 3, side, side), padded with zero views; `image_sizes`;
    `batch_num_images`, images a conversation, or one number of at least two where every image has
    one view: transformers then tiles none of them.
    """
    held = [entry for entry in images if entry]
    if not held:
        return {}
    views = max(entry["pixel_values"].shape[1] for entry in held)
    padded = []
    for entry in held:
        pixels = entry["pixel_values"]
        if pixels.shape[1] == views:
            padded.append(pixels)
            continue
        lacking = (pixels.shape[0], views - pixels.shape[1], *pixels.shape[2:])
        padded.append(torch.cat([pixels, pixels.new_zeros(lacking)], dim=1))
    counts = [len(entry["image_sizes"]) for entry in held]
    return {
        "pixel_values": torch.cat(padded),
        "image_sizes": torch.cat([entry["image_sizes"] for entry in held]),
        "batch_num_images": torch.tensor([max(2, sum(counts))] if views == 1 else counts),
    }
