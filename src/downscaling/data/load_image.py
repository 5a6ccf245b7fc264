"""The one function that opens an image: whatever a file holds becomes RGB, upright, on white.

docs/sources.md lists what it does with each mode of Pillow's.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from ..errors import LargePictureError, PictureError, disk_error

MAX_PIXELS = 100_000_000
warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # of images that MAX_PIXELS judges
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""What is opened, by its first bytes and not by its name. Pillow opens an MPO as a JPEG."""
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What Pillow's formats raise on bytes that are not what they promise."""


def load_image(file: Path | BinaryIO, name: str = "") -> Image.Image:
    """An image's first frame, decoded whole, as RGB without any `info`: turned as its EXIF
    orientation says, transparent pixels on white, grey of more than 8 bits scaled to 8.

    name: what errors call it, the path where it is left out. Raises LargePictureError for more than
    MAX_PIXELS, before any is decoded, and PictureError for what is no image, or a damaged one.
    """
    with _opened(file, name) as image:
        image.load()
        orientation = _orientation(image)
        upright = _rgb(image)
        # The orientation alone is carried over: any other tag of an EXIF may be faulty.
        upright.getexif()[ExifTags.Base.Orientation] = orientation
        return ImageOps.exif_transpose(upright)


def image_size(file: Path) -> tuple[int, int]:
    """Height and width, in pixels, of what `load_image` gives, from the head of a file (a PNG is
    decoded, as its EXIF may stand at its end). Raises as `load_image` does for what is no image or
    too large; finds no other damage."""
    with _opened(file) as image:
        # Pillow itself turns a TIFF: its size is already that of the upright image.
        if image.format != "TIFF" and _orientation(image) in (5, 6, 7, 8):
            return image.width, image.height
        return image.height, image.width


@contextmanager
def _opened(file: Path | BinaryIO, name: str = "") -> Iterator[Image.Image]:
    """An image within a block that may decode it; what the block raises on damage is told of it."""
    name = name or str(file)
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            yield image
    except Image.DecompressionBombError:
        raise LargePictureError(
            f"{name} is refused: more than {MAX_PIXELS:,} pixels; make it smaller"
        ) from None
    except FileNotFoundError:
        raise PictureError(f"{name}: no such image; check the name") from None
    except _DAMAGE as error:
        unknown = isinstance(error, UnidentifiedImageError)
        reason = f"none of {', '.join(FORMATS)}" if unknown else str(error)
        refusal = PictureError(f"{name}: not a readable image ({reason}); replace it")
        raise disk_error(error, file if isinstance(file, Path) else name) or refusal from None


def _orientation(image: Image.Image) -> int:
    """An image's EXIF orientation, 1 to 8; 1, upright, where its EXIF is damaged."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _DAMAGE:
        return 1


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _grey(image)
    if image.has_transparency_data:
        seen = Image.new("RGBA", image.size, "white")
        seen.alpha_composite(image.convert("RGBA"))
        image = seen
    rgb = image.convert("RGB")
    # A transparent colour that stayed here would make processors turn whatever has it white.
    rgb.info = {}
    return rgb


def _grey(image: Image.Image) -> Image.Image:
    """Grey of 16 bits, of 32 or as floats in 8 bits, which Pillow would cut off at 255.

    Of 16 bits the higher eight are kept, as Pillow does with colours of 16 bits. Of the others no
    range is known: the least value becomes black and the greatest white.
    """
    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        grey = values >> 8
    else:
        finite = values[np.isfinite(values)].astype(np.float64)
        least, greatest = finite.min(), finite.max()
        share = (values - least) / ((greatest - least) or 1.0)
        grey = np.rint(np.nan_to_num(share, nan=0.0, posinf=1.0, neginf=0.0) * 255)
    clear = image.info.get("transparency")
    alpha = np.full(values.shape, 255) if clear is None else np.where(values == clear, 0, 255)
    return Image.fromarray(np.stack([grey, alpha], axis=-1).astype(np.uint8), "LA")
