"""Any image-text-to-text model of transformers, as it is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForImageTextToText
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

from .assemble import ModelError, _load, _placed


def load_image_text_model(folder: Path, precision: str) -> tuple[Any, Any]:
    """A model and its processor from a transformers folder (safetensors, no remote code), on the
    GPU if there is one. precision: "float32" or "bfloat16". Raises ModelError."""
    if not (folder / "config.json").exists():
        raise ModelError(f"{folder}: no model here (config.json is missing)")
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        kind = PROCESSOR_MAPPING.get(type(config), None)
        if kind is None:
            raise ModelError(f"{folder}: transformers has no processor for a {config.model_type}")
        processor = _without_video(kind).from_pretrained(folder)
        model = _load(AutoModelForImageTextToText, folder, getattr(torch, precision))
    except ModelError:
        raise
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder}: {' '.join(str(error).split())[:200]}") from None
    if processor.tokenizer.pad_token is None:
        processor.tokenizer.pad_token = processor.tokenizer.eos_token
    return _placed(model), processor


def _without_video(kind: Any) -> Any:
    """A kind of processor without its part for videos, which would need torchvision."""

    class ImagesAndText(kind):  # type: ignore[misc]
        @classmethod
        def get_attributes(cls) -> list[str]:
            return [name for name in super().get_attributes() if name != "video_processor"]

    return ImagesAndText
