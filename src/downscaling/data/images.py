"""Images of the published sets: paths that stay in their folder, bytes that are an image."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from PIL import Image

from ..records.files import RecordError

MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 100_000_000
_FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF")
# What Pillow's formats raise on bytes that are not what they promise.
_DAMAGE = (
    *(
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        LookupError,
        TypeError,
        OverflowError,
    ),
    *(struct.error, zlib.error),
)


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
    """The folder that the image paths of a set are relative to; `root` is the preset's."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = Path(os.path.abspath(folder))
        self.prefix = inside(self.folder, root)
        self._found: dict[str, str | None] = {}

    def find(self, name: str, where: str) -> str | None:
        """The image's path relative to the preset's folder; None where no such file exists.

        where: file and row that name it. Raises RecordError for a path that is absolute or leads
        out of the folder, and for a file that is too large or no image.
        """
        if name not in self._found:
            self._found[name] = self._check(name, where)
        return self._found[name]

    def _check(self, name: str, where: str) -> str | None:
        if leads_out(name):
            raise RecordError(
                f"{where}: image {name!r} is refused: not a path inside {self.folder}"
            )
        path = PurePosixPath(name)
        file = self.folder / path
        try:
            if not file.is_file():
                return None
        except OSError as error:  # a name that no file system takes
            raise RecordError(f"{where}: image {name!r} is refused: {error.strerror}") from None
        if file.stat().st_size > MAX_BYTES:
            raise RecordError(f"{where}: image {name!r} is refused: more than {MAX_BYTES} bytes")
        with _open_image(file, f"{where}: image {name!r}") as image:
            try:
                image.verify()
            except _DAMAGE as error:
                raise RecordError(
                    f"{where}: image {name!r} is refused: damaged ({error})"
                ) from None
        return f"{self.prefix}/{path}"


def inside(folder: Path, root: Path) -> str:
    """A folder's path relative to the preset's, `root`. Raises RecordError if it lies outside."""
    try:
        return Path(os.path.abspath(folder)).relative_to(os.path.abspath(root)).as_posix()
    except ValueError:
        raise RecordError(f"{folder}: not inside {root}, which paths are relative to") from None


def png_bytes(cell: Any, where: str) -> bytes:
    """The image in a parquet cell (bytes, or a struct that holds them) as the bytes of a PNG file.

    A PNG is passed on as it is; other formats are decoded. where: file and row, for errors. Raises
    RecordError for what is too large or no image.
    """
    data = cell.get("bytes") if isinstance(cell, dict) else cell
    if not isinstance(data, bytes) or not data:
        raise RecordError(f"{where}: holds no image bytes")
    if len(data) > MAX_BYTES:
        raise RecordError(f"{where}: image is refused: more than {MAX_BYTES} bytes")
    with _open_image(io.BytesIO(data), f"{where}: image") as image:
        try:
            image.load()
        except _DAMAGE as error:
            raise RecordError(f"{where}: image is refused: damaged ({error})") from None
        if image.format == "PNG":
            return data
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "PNG")
        return buffer.getvalue()


def _open_image(file: Path | io.BytesIO, what: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged below
            image = Image.open(file, formats=_FORMATS)
    except Image.DecompressionBombError:
        raise RecordError(f"{what} is refused: more than {MAX_PIXELS} pixels") from None
    except _DAMAGE as error:
        raise RecordError(f"{what} is refused: not an image ({error})") from None
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise RecordError(f"{what} is refused: more than {MAX_PIXELS} pixels")
    return image
