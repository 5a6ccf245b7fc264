"""A place to pin and fetch in: the shipped registry, a lock and a preset's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from downscaling.catalogue.sources import Source, load
from downscaling.data import lock
from downscaling.data.fetching import Part, fetch
from downscaling.data.pinning import pin
from downscaling.records.files import RecordError
from loopback import Hub


class Place:
    """A lock, a folder for sources and a scratch folder; pins and fetches there."""

    def __init__(self, folder: Path, sources: dict[str, Source]) -> None:
        self.lock, self.raw = folder / "sources.lock", folder / "preset" / "raw"
        self.scratch, self.sources = folder / "scratch", sources
        self.said: list[str] = []

    def pin(self, name: str) -> lock.Pin:
        return pin(name, self.lock, self.scratch, self.said.append, self.sources)

    def fetch(self, name: str, mirror: str = "", part: Part | None = None) -> Path:
        fetch(name, self.lock, self.raw / name, mirror, self.said.append, self.sources, part)
        return self.raw / name

    def names(self, name: str) -> list[str]:
        """The files of a fetched source, hidden ones too."""
        files = (path for path in (self.raw / name).rglob("*") if not path.is_dir())
        return sorted(path.relative_to(self.raw / name).as_posix() for path in files)

    def refused(self, name: str, mirror: str = "", part: Part | None = None) -> str:
        """The one line with which a fetch ends; nothing is left in the source's place."""
        with pytest.raises(RecordError) as caught:
            self.fetch(name, mirror, part)
        assert not (self.raw / name).exists()
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
def place(tmp_path: Path, hub: Hub) -> Place:
    """The registry as it ships, with the sets on the web moved to the loopback hub."""
    moved = {
        name: source.model_copy(update={"address": f"{hub.address}/web/{name}/"})
        if source.address
        else source
        for name, source in load().items()
    }
    return Place(tmp_path, moved)
