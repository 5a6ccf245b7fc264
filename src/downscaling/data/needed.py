"""What drawn rows need of the sources that hold their images."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ..catalogue.readers import Makes
from ..catalogue.sources import Source
from .draws import Draw, candidates
from .places import behind


@dataclasses.dataclass(frozen=True)
class DrawnSet:
    """A training set or a family, and how its rows are drawn. source: the data set that gives it.
    makes: as of `draws.records`. reader: how the catalogue says that it is read."""

    source: str
    makes: Makes
    name: str
    reader: Any
    draw: Draw


def places(
    name: str,
    sets: Sequence[DrawnSet],
    folders: Mapping[str, Path],
    sources: Mapping[str, Source],
    report: Callable[[str], None] = lambda line: None,
) -> set[str]:
    """The places in the source `name` of the images that may be drawn. folders: of each set's data
    set, in which its annotations lie. Raises RecordError, one line, for annotations that cannot be
    read, and an image whose path leads out of its folder."""
    needed = set[str]()
    for one in sets:
        folder = folders[one.source]
        known = candidates(one.name, one.makes, one.reader, folder, folder, one.draw)
        images = {str(PurePosixPath(image)) for record in known for image in record.images}
        held = [behind(one.source, image, sources) for image in images]
        needed |= {place for holder, place in held if holder == name}
    report(f"{name}: {len(needed):,} images may be drawn")
    return needed
