"""Where a user lets a verb write. A verb replaces what lies there, so whoever names another place
than they mean would lose it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError


@dataclass(frozen=True)
class Product:
    """What a verb makes.

    Attributes:
        what: it in words, with an article.
        is_folder: whether it is a folder, or else a file.
        is_one: whether what lies at a path, which is not empty, is one.
    """

    what: str
    is_folder: bool
    is_one: Callable[[Path], bool]


def check_destination(out: Path, product: Product, reads: Iterable[Path | None] = ()) -> None:
    """Raise UserError unless a product may be made at `out`: nothing lies there but an empty folder
    or an earlier product, and nothing is lost or mixed up by it.

    reads: the files and folders that the verb reads.
    """
    place = _real(out)
    if _real(Path.cwd()).is_relative_to(place):
        raise UserError(f"{out}: holds the folder in which you work; name another place")
    for read in filter(None, reads):
        if place == _real(read):
            raise UserError(f"{out}: is read to make it; name another place")
        if _real(read).is_relative_to(place):
            raise UserError(f"{out}: holds {read}, which is read; name another place")
        if place.is_relative_to(_real(read)):
            raise UserError(f"{out}: lies in {read}, which is read; name another place")
    if not out.parent.is_dir():
        raise UserError(f"{out}: there is no folder {out.parent}; make it, or name another place")
    if not out.exists():
        return
    if out.is_dir() != product.is_folder or not (out.is_dir() or out.is_file()):
        kind = "folder" if product.is_folder else "file"
        raise UserError(f"{out}: is no {kind}, and {product.what} is one; name another place")
    is_empty = product.is_folder and not any(out.iterdir())
    if not is_empty and not product.is_one(out):
        raise UserError(
            f"{out}: is not {product.what} and is not replaced; name another place, or move it away"
        )


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
