"""The entities of an RO-Crate: one flat list of JSON objects that name each other by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import __version__
from ..runtime.measurement import Measurement

CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
]
CRATE = "https://w3id.org/ro/crate/1.1"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}

Entity = dict[str, Any]


class Entities:
    """Entities in the order in which they were added, each once."""

    def __init__(self) -> None:
        self._by_id: dict[str, Entity] = {}

    def __contains__(self, id: str) -> bool:
        return id in self._by_id

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._by_id.values())

    def add(self, id: str, kind: str | list[str], **properties: Any) -> Entity:
        """Add an entity unless it is there; a reference to it. What is empty is left out, and a
        list of one is that one, as the format recommends."""
        if id not in self._by_id:
            kept = {name: _plain(value) for name, value in properties.items() if value}
            self._by_id[id] = {"@id": id, "@type": kind, **kept}
        return reference(id)

    def add_profile(self, address: str) -> Entity:
        """A profile that the crate follows."""
        version = address.rsplit("/", 1)[-1]
        return self.add(address, "CreativeWork", name=PROFILES[address], version=version)

    def add_software(self, libraries: Mapping[str, set[str]]) -> Entity:
        """The package whose jobs ran, with the versions of the libraries that they used."""
        used = [
            self.add(
                f"https://pypi.org/project/{name}/{version}/"
                if name != "python"
                else f"https://docs.python.org/release/{version}/",
                "SoftwareApplication",
                name=name,
                url=reference(_home(name)),
                version=version,
            )
            for name, versions in sorted(libraries.items())
            for version in sorted(versions)
        ]
        return self.add(
            "#downscaling",
            "SoftwareApplication",
            name="downscaling",
            version=__version__,
            softwareRequirements=used,
        )


def reference(id: str) -> Entity:
    """How one entity names another."""
    return {"@id": id}


def listed(value: Any) -> list[Any]:
    """The values of a property, of which one stands without a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


def during(jobs: Sequence[Measurement]) -> Entity:
    """When an action of these jobs started and ended."""
    return {
        "startTime": min(job.started for job in jobs),
        "endTime": max(job.ended for job in jobs),
    }


def _home(name: str) -> str:
    return "https://www.python.org" if name == "python" else f"https://pypi.org/project/{name}/"


def _plain(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
