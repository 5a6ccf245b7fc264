"""From images and text to what a vision-language model reads: pixels, token ids, labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from PIL import Image
from transformers import (
    AutoTokenizer,
    LlavaNextProcessor,
    LlavaProcessor,
    PreTrainedTokenizerBase,
    ProcessorMixin,
)
from transformers.models.llava_onevision.image_processing_pil_llava_onevision import (
    LlavaOnevisionImageProcessorPil,
)

from ..data.load_image import load_image
from ..errors import UserError
from ..records.rows import Turn
from .dialogue import IMAGE, chat, has_newlines, plain
from .tiling import Tiling

IGNORED = -100  # a label that the loss skips
SETTINGS = "preprocessing.json"


class Preprocessor:
    """Tokenizer and image settings of one model. images: "base", "anyres" or "anyres-official"."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, config: Any, images: str) -> None:
        self.tokenizer, self.images = tokenizer, images
        self.tiling = Tiling.of(config)
        self.side, self.patches = self.tiling.side, self.tiling.patches
        self._processor = LlavaOnevisionImageProcessorPil(
            image_mean=[0.5] * 3,  # SigLIP's; the class defaults to CLIP's
            image_std=[0.5] * 3,
            size={"height": self.side, "width": self.side},
            image_grid_pinpoints=self.tiling.shapes,
            do_pad=False,
        )

    @classmethod
    def from_pretrained(cls, folder: Path, config: Any) -> Preprocessor:
        """Read what `save_pretrained` wrote."""
        settings = json.loads((Path(folder) / SETTINGS).read_text())
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        return cls(tokenizer, config, settings["images"])

    def save_pretrained(self, folder: Path) -> None:
        """Write tokenizer and image settings beside a model, for this class and for transformers'
        AutoProcessor."""
        self._of_transformers().save_pretrained(folder)
        (Path(folder) / SETTINGS).write_text(json.dumps({"images": self.images}) + "\n")

    def _of_transformers(self) -> ProcessorMixin:
        """A processor of transformers that reads a question about one image as `ask` does.

        LLaVA-OneVision's own has a part for videos, which needs torchvision. LLaVA-NeXT's counts
        the same tokens, up to where a map is reduced: it knows of no `max_tiles`, and the model
        refuses what it then counts. LLaVA's counts one view. The pixels are OneVision's, which
        tells the model sizes, with a tile behind the base view that `assemble.NO_TILES` leaves out.
        """
        known: dict[str, Any] = {
            "tokenizer": self.tokenizer,
            "patch_size": self.side // self.patches,
            "vision_feature_select_strategy": "full",
        }
        if self.images != "base":
            return LlavaNextProcessor(self._processor, **known)
        one_view = LlavaOnevisionImageProcessorPil(
            rescale_factor=1 / 127.5,  # to the bit what `view` computes
            image_mean=[1.0] * 3,
            image_std=[1.0] * 3,
            size={"height": self.side, "width": self.side},
            image_grid_pinpoints=[[self.side, self.side]],
            do_pad=False,
        )
        return LlavaProcessor(one_view, num_additional_image_tokens=1, **known)  # the newline

    def pictures(self, paths: Sequence[Path]) -> dict[str, torch.Tensor]:
        """The images of one conversation: `pixel_values` (n, views, 3, side, side), -1 to 1, and
        `image_sizes` (n, 2), height and width in pixels (`_size`). {} for no image.

        With "base" every image is squashed to one view. With "anyres", official or not, a single
        image becomes its base view and its tiles, and each of several images one view padded to a
        square, as LLaVA-OneVision.
        """
        if not paths:
            return {}
        if self.images == "base":
            views = torch.stack([view(path, self.side) for path in paths])
            sizes = torch.full((len(paths), 2), self.side)
            return {"pixel_values": views[:, None], "image_sizes": sizes}
        images = [load_image(path) for path in paths]
        sizes = torch.tensor([self._size(image.height, image.width) for image in images])
        conversations = cast(Any, [images])  # a list of lists, which its annotation leaves out
        processed = self._processor(images=conversations, return_tensors="pt")
        return {"pixel_values": processed["pixel_values"], "image_sizes": sizes}

    def image_tokens(self, sizes: Sequence[tuple[int, int]], newlines: bool = True) -> list[int]:
        """How many tokens each image of a conversation takes; sizes are (height, width) in pixels.

        One view takes its patches and a newline. An AnyRes image takes its base view, the tiles'
        patches after unpadding, reduced by bilinear resizing where they are more than nine tiles'
        times 1.1 squared, and a newline a row. newlines: whether there are any (`has_newlines`).
        """
        one_view = self.patches**2 + newlines
        if self.images == "base" or len(sizes) != 1:
            return [one_view] * len(sizes)
        rows, columns = self.tiling.kept(*self._size(*sizes[0]))
        return [self.patches**2 + rows * (columns + newlines)]

    def _size(self, height: int, width: int) -> tuple[int, int]:
        """The size that the model is told of an image, by which it crops."""
        if self.images == "anyres-official":
            return self.tiling.as_official(height, width)
        return height, width

    def ask(
        self, text: str, images: Sequence[Path], placed: int = 0
    ) -> tuple[tuple[int, ...], dict[str, torch.Tensor]]:
        """Token ids of a prompt about images that the model is to reply to, and its `pictures`.

        placed: how many of the images stand within the text, as in `Turn`.
        """
        pictures = self.pictures(images)
        sizes = [(int(h), int(w)) for h, w in pictures["image_sizes"]] if pictures else []
        ids, _ = self.encode([Turn(text, "", placed)], sizes)
        return tuple(ids), pictures

    def count_image_tokens(self, ids: Sequence[int]) -> int:
        """How many of these token ids stand for parts of images."""
        return list(ids).count(cast(int, self.tokenizer.convert_tokens_to_ids(IMAGE)))

    def encode(
        self, turns: Sequence[Turn], sizes: Sequence[tuple[int, int]], template: str = "chat"
    ) -> tuple[list[int], list[int]]:
        """Token ids and labels of a conversation about images of these sizes (height, width), those
        that no turn has placed before the first prompt.

        Labels are the ids where the loss counts (the replies with their end of turn) and IGNORED
        elsewhere. Raises UserError where turns place other images than there are.
        """
        leading = len(sizes) - sum(turn.placed for turn in turns)
        if template == "plain":
            pieces = plain(self.tokenizer, turns[0], len(sizes))
        else:
            pieces = chat(self.tokenizer, turns, leading)
        places = sum(text.count(IMAGE) for text, _ in pieces)
        if places != len(sizes):
            raise UserError(
                f"a conversation about {len(sizes)} images has {places} places for them, at "
                f"{turns[0].prompt[:60]!r}; make its records anew"
            )
        counts = iter(self.image_tokens(sizes, has_newlines(template)))
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
