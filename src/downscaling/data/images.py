"""Images of the published sets: paths that stay in their folder, bytes that are an image."""

from __future__ import annotations

import io
import os
from collections.abc import Collection
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from ..errors import LargePictureError, PictureError, disk_error
from ..records.files import RecordError
from .load_image import load_image
from .readers.omissions import MissingImageError, RowError

MAX_BYTES = 64 * 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
"""The first bytes of a PNG file."""


class DamagedImageError(MissingImageError):
    """A row needs an image that is there and cannot be read; the message says why."""

    def __init__(self, image: str, reason: str) -> None:
        super().__init__(image)
        self.args = (reason,)


def leads_out(name: str) -> bool:
    """Whether a name is anything but a path that stays inside the folder it is relative to."""
    path = PurePosixPath(name)
    return (
        path.is_absolute()
        or bool(PureWindowsPath(name).anchor)
        or "\\" in name
        or "\0" in name
        or ".." in path.parts
        or not path.parts
    )


class ImageFolder:
    """The folder that the image paths of a set are relative to; `root` is the preset's.

    seen: the images, by their paths relative to `root`, that alone are looked at: any other is
    taken to be there, as where only those were fetched that drawn rows need. None: all of them.
    """

    def __init__(self, folder: Path, root: Path, seen: Collection[str] | None = None) -> None:
        self.seen = seen
        self.folder = Path(os.path.abspath(folder))
        self.prefix = inside(self.folder, root)
        self._found: dict[str, str | None] = {}
        self._damaged: dict[str, str] = {}

    def find(self, name: str, where: str) -> str | None:
        """The image's path relative to the preset's folder; None where no such file exists. The
        image is decoded, once, so that damage shows here and not hours later in a tuning; nothing
        is asked about one that is not among those `seen`.

        where: file and row that name it. Raises DamagedImageError for a file that is no image, or a
        damaged one, and RecordError for a path that is absolute or leads out of the folder, and for
        a file of more than MAX_BYTES or MAX_PIXELS.
        """
        if name not in self._found:
            self._found[name] = self._check(name, where)
        if name in self._damaged:
            raise DamagedImageError(name, self._damaged[name])
        return self._found[name]

    def _check(self, name: str, where: str) -> str | None:
        """As `find`, but for damage, which it keeps in `_damaged`."""
        if leads_out(name):
            raise RecordError(
                f"{where}: image {name!r} is refused: not a path inside {self.folder}"
            )
        path = PurePosixPath(name)
        if self.seen is not None and f"{self.prefix}/{path}" not in self.seen:
            return f"{self.prefix}/{path}"
        file = self.folder / path
        try:
            if not file.is_file():
                return None
        except OSError as error:  # a name that no file system takes
            refusal = RecordError(f"{where}: image {name!r} is refused: {error.strerror}")
            raise disk_error(error, file) or refusal from None
        if file.stat().st_size > MAX_BYTES:
            raise RecordError(f"{where}: image {name!r} is refused: more than {MAX_BYTES} bytes")
        try:
            load_image(file, f"image {name!r}")
        except LargePictureError as error:
            raise RecordError(f"{where}: {error}") from None
        except PictureError as error:
            self._damaged[name] = str(error)
        return f"{self.prefix}/{path}"


def inside(folder: Path, root: Path) -> str:
    """A folder's path relative to the preset's, `root`. Raises RecordError if it lies outside."""
    try:
        return Path(os.path.abspath(folder)).relative_to(os.path.abspath(root)).as_posix()
    except ValueError:
        raise RecordError(f"{folder}: not inside {root}, which paths are relative to") from None


def png_bytes(cell: Any, where: str) -> bytes:
    """The image in a parquet cell (bytes, or a struct that holds them) as the bytes of a PNG file.

    A PNG is passed on as it is; other formats become one. Either is decoded first. where: file and
    row, for errors. Raises RowError for what is no image or a damaged one, and RecordError for what
    is too large.
    """
    data = cell.get("bytes") if isinstance(cell, dict) else cell
    if not isinstance(data, bytes) or not data:
        raise RowError("holds no image bytes")
    if len(data) > MAX_BYTES:
        raise RecordError(f"{where}: image is refused: more than {MAX_BYTES} bytes")
    try:
        image = load_image(io.BytesIO(data), "image")
    except LargePictureError as error:
        raise RecordError(f"{where}: {error}") from None
    except PictureError as error:
        raise RowError(str(error)) from None
    if data.startswith(PNG):
        return data
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
