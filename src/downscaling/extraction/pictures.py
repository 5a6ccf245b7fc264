"""The teacher's view of an image."""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image

from ..data.load_image import load_image


def teacher_view(path: Path, shape: str, side: int) -> Image.Image:
    """An image as RGB, bicubic. shape "aspect": shrunk in proportion to at most side x side pixels
    of area, a smaller one as it is; "square": squashed to side x side whatever its proportions, as
    in the official code. Raises PictureError."""
    image = load_image(path)
    if shape == "square":
        return image.resize((side, side), Image.Resampling.BICUBIC)
    scale = math.sqrt(side * side / (image.width * image.height))
    if scale >= 1:
        return image
    size = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
    return image.resize(size, Image.Resampling.BICUBIC)
