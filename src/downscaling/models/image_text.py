"""Any image-text-to-text model of transformers, as it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import AutoConfig, AutoModelForImageTextToText
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

from ..errors import ModelError
from ..records.rows import PLACE
from .assemble import _load, _placed, check_vocabulary
from .dialogue import written
from .folder import check_model
from .reading import reading
from .spelling import as_text


@dataclass(frozen=True)
class ImageTextModel:
    """A model with its processor, which knows its chat format and cuts its images."""

    model: Any
    processor: Any

    def prompt(self, text: str, images: int, placed: int = 0) -> str:
        """A request about so many images in the model's chat format, in which only the template
        writes tokens. placed: how many of the images stand within the text, as in `Turn`; whether
        a template keeps them there is its own matter."""
        image = {"type": "image"}
        first, *later = (
            {"type": "text", "text": as_text(self.processor.tokenizer, part)}
            for part in text.split(PLACE, placed)
        )
        content = [*[image] * (images - placed), first]
        for part in later:
            content += [image, part]
        message = [{"role": "user", "content": content}]
        return str(written(self.processor, message, add_generation_prompt=True))

    def inputs(self, prompts: Sequence[str], images: Sequence[Sequence[Image.Image]]) -> Any:
        """What the model takes for a batch of prompts, each with its images, padded on the left
        whatever the processor would do. Either all prompts are about images or none is."""
        return self.processor(
            text=list(prompts),
            images=[list(seen) for seen in images] if any(images) else None,
            padding=True,
            padding_side="left",
            add_special_tokens=False,  # the chat format holds them
            return_tensors="pt",
        ).to(self.model.device, self.model.dtype)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of token ids, special tokens left out."""
        return str(
            self.processor.tokenizer.decode(
                list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )

    @property
    def ends(self) -> list[int]:
        """The tokens that end a turn: those that the model's folder names, or the tokenizer's."""
        named = self.model.generation_config.eos_token_id
        named = self.processor.tokenizer.eos_token_id if named is None else named
        return list(named) if isinstance(named, list) else [named]


def load_image_text_model(folder: Path, precision: str) -> ImageTextModel:
    """A model from a transformers folder (safetensors, no remote code), on the GPU if there is one.
    precision: "float32" or "bfloat16". Raises ModelError."""
    check_model(folder)
    with reading(folder):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        kind = PROCESSOR_MAPPING.get(type(config), None)
        if kind is None:
            raise ModelError(f"{folder}: transformers has no processor for a {config.model_type}")
        processor = _without_video(kind).from_pretrained(folder, trust_remote_code=False)
    model = _load(AutoModelForImageTextToText, folder, getattr(torch, precision))
    check_vocabulary(model, processor.tokenizer, folder)
    image = getattr(model.config, "image_token_id", None)
    if image is not None and image not in processor.tokenizer.get_vocab().values():
        raise ModelError(
            f"{folder}/config.json: image_token_id is {image}, which is no token of its tokenizer; "
            "give model and tokenizer of one folder"
        )
    if not (processor.chat_template or processor.tokenizer.chat_template):
        raise ModelError(f"{folder}: no chat template; put one into chat_template.jinja")
    if processor.tokenizer.pad_token is None:
        processor.tokenizer.pad_token = processor.tokenizer.eos_token
    return ImageTextModel(_placed(model), processor)


def _without_video(kind: Any) -> Any:
    """A kind of processor without its part for videos, which would need torchvision."""

    class ImagesAndText(kind):  # type: ignore[misc]
        @classmethod
        def get_attributes(cls) -> list[str]:
            return [name for name in super().get_attributes() if name != "video_processor"]

    return ImagesAndText
