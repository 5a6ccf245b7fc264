"""The images of questions, as the sample browser shows them."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path

from ..data.load_image import load_image
from ..errors import disk_error
from ..records.files import RecordError

COPIED = (".png", ".jpg", ".jpeg", ".webp", ".gif")
"""Kinds of images that a browser shows as they are."""
SMALL = 256 * 1024
"""Bytes up to which an image is copied as it is; a larger one is shown reduced."""
SIDE = 1024
"""Pixels of the longer side of a reduced image."""


class Pictures:
    """Copies images to a folder, each under the digest of its bytes."""

    def __init__(self, root: Path, folder: Path) -> None:
        """root: the folder from which names of images start. folder: of the copies; it is made."""
        self.root, self.folder = root, folder
        folder.mkdir(parents=True)
        self.add = cache(self._add)

    def _add(self, image: str) -> str:
        """The name of a copy. Raises RecordError where there is no such image, PictureError where a
        large one is damaged."""
        path = self.root / image
        try:
            picture, suffix = path.read_bytes(), path.suffix.lower()
            if len(picture) > SMALL or suffix not in COPIED:
                picture, suffix = _reduced(path), ".jpg"
        except OSError as error:
            refusal = RecordError(f"{path}: no readable image ({error})")
            raise disk_error(error, path) or refusal from error
        name = hashlib.sha256(picture).hexdigest()[:20] + suffix
        copy = self.folder / name
        if not copy.exists():
            copy.write_bytes(picture)
        return name


def _reduced(path: Path) -> bytes:
    small = load_image(path)
    small.thumbnail((SIDE, SIDE))
    jpeg = io.BytesIO()
    small.save(jpeg, "JPEG", quality=85)
    return jpeg.getvalue()
