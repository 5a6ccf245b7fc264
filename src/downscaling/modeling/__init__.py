"""Models: put together from backbones, read from and written to transformers folders, and fed."""

from .assemble import (
    ModelError,
    assemble,
    load_language_model,
    load_tower,
    load_vision_language_model,
    save,
)
from .preprocess import IGNORED, Preprocessor

__all__ = [
    "IGNORED",
    "ModelError",
    "Preprocessor",
    "assemble",
    "load_language_model",
    "load_tower",
    "load_vision_language_model",
    "save",
]
