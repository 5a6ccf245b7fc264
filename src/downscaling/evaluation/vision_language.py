"""A vision-language model behind one door, whether this study tuned it or others published it:
texts about images in, greedy replies out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch
from transformers import GenerationConfig

from ..data.load_image import load_image
from ..generation.batching import Prompt
from ..generation.generate import Generated, generate
from ..generation.sampling import Greedy
from ..models.assemble import load_vision_language_model
from ..models.image_text import ImageTextModel, load_image_text_model
from ..models.positions import check_positions
from ..models.preprocess import SETTINGS, Preprocessor
from ..records.rows import PLACE


class Ask(NamedTuple):
    """A text, and the images that it is about. The last `placed` of them stand within the text, as
    in `Turn`, the others before it, with `joint` between them where a model of this study's own
    architecture reads them; models of others have their own way."""

    text: str
    images: Sequence[Path] = ()
    placed: int = 0
    joint: str = ""

    def joined(self) -> Ask:
        """The same with all images within the text."""
        front = len(self.images) - self.placed
        if not front or not self.joint:
            return self
        text = f"{self.joint.join([PLACE] * front)}\n{self.text}"
        return Ask(text, self.images, len(self.images))


class VisionLanguageModel(Protocol):
    """What answers texts about images."""

    def replies(
        self,
        asks: Sequence[Ask],
        max_new_tokens: int,
        batch_size: int,
        progress: Callable[[int], None] | None = None,
    ) -> list[Generated]:
        """A greedy reply to each, in their order. progress: called after every batch with the
        number of replies. Raises PictureError for an image that cannot be read."""


def load(folder: Path, precision: str) -> VisionLanguageModel:
    """The model of a folder, on the GPU if there is one: one that `modeling.save` wrote, or any
    image-text-to-text model of transformers. precision: "float32" or "bfloat16". Raises
    ModelError."""
    if (folder / SETTINGS).exists():
        return Tuned(*load_vision_language_model(folder, precision))
    return Published(load_image_text_model(folder, precision))


@dataclass(frozen=True)
class Tuned:
    """A model of this study's own architecture."""

    model: Any
    preprocessor: Preprocessor

    def replies(
        self,
        asks: Sequence[Ask],
        max_new_tokens: int,
        batch_size: int,
        progress: Callable[[int], None] | None = None,
    ) -> list[Generated]:
        """See `VisionLanguageModel`."""
        return generate(
            self.model,
            self.preprocessor.tokenizer,
            [Prompt(*self._read(ask.joined()), 0) for ask in asks],
            Greedy(max_new_tokens),
            batch_size=batch_size,
            progress=progress,
        )

    def _read(self, ask: Ask) -> tuple[tuple[int, ...], dict[str, torch.Tensor]]:
        return self.preprocessor.ask(ask.text, ask.images, ask.placed)


@dataclass(frozen=True)
class Published:
    """A model of transformers, which reads text and images as its own processor prepares them. Of
    what its folder says of generation only the tokens that end a turn apply."""

    held: ImageTextModel

    def replies(
        self,
        asks: Sequence[Ask],
        max_new_tokens: int,
        batch_size: int,
        progress: Callable[[int], None] | None = None,
    ) -> list[Generated]:
        """See `VisionLanguageModel`."""
        found: dict[int, Generated] = {}
        for sees in (True, False):  # no processor takes a batch of both
            places = [place for place, ask in enumerate(asks) if bool(ask.images) == sees]
            # Like lengths together; the image's share of the length is the processor's to know.
            places.sort(key=lambda place: len(asks[place].text), reverse=True)
            for start in range(0, len(places), batch_size):
                batch = places[start : start + batch_size]
                written = self._write([asks[place] for place in batch], max_new_tokens)
                found |= zip(batch, written, strict=True)
                if progress:
                    progress(len(batch))
        return [found[place] for place in range(len(asks))]

    @torch.inference_mode()
    def _write(self, asks: Sequence[Ask], max_new_tokens: int) -> list[Generated]:
        model, ends = self.held.model, self.held.ends
        inputs = self.held.inputs(
            [self.held.prompt(ask.text, len(ask.images), ask.placed) for ask in asks],
            [[load_image(path) for path in ask.images] for ask in asks],
        )
        config = GenerationConfig(
            do_sample=False,
            max_new_tokens=max_new_tokens,
            eos_token_id=ends,
            pad_token_id=self.held.processor.tokenizer.pad_token_id,
        )
        read = int(inputs["attention_mask"].sum(1).max())
        check_positions(model, read, max_new_tokens, "lower max_new_tokens")
        own, model.generation_config = model.generation_config, GenerationConfig()
        try:
            rows = model.generate(**inputs, generation_config=config)
        finally:
            model.generation_config = own
        return [self._read(row, ends) for row in rows[:, inputs["input_ids"].shape[1] :].tolist()]

    def _read(self, row: list[int], ends: Sequence[int]) -> Generated:
        """A row of new token ids; a row that ended early is padded at its end."""
        length = next((place for place, token in enumerate(row) if token in ends), None)
        written = row if length is None else row[:length]
        return Generated(
            thinking="",
            text=self.held.decode(written),
            tokens=len(written) + (length is not None),
            forced=False,
            truncated=length is None,
        )
