"""A finished run as a Workflow Run RO-Crate: `ro-crate-metadata.json` in the preset's folder, which
then is the crate, and beside it the workflow with its configuration.

The crate says what lies in the folder, with sizes and digests, and which command made what of what,
and when. It is JSON-LD: one flat list of entities that name each other. Nothing in it but times
and the commit depends on anything but the folder.
Source: https://w3id.org/ro/wfrun/workflow/0.5, https://w3id.org/ro/wfrun/process/0.5,
https://w3id.org/workflowhub/workflow-ro-crate/1.0, https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..records.files import RecordError, digest, replacing
from .origins import Command, Origins, commit
from .tables import caption

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
RESULTS = {
    "scores/": "every number of the study",
    "figures/": "the figures, each with the data that it shows",
    "tables/": "Table 2, and whether the results are worth reading",
    "audit/": "published numbers and claims beside what was measured",
    "samples/": "every question with its answer, as lmms-eval logs samples",
    "report.html": "the report, a page that works offline",
    "report/": "what the report shows and links to",
}
"""What a run is made for, in words; the folders before the report's are listed file by file."""

WORKFLOW = "workflow/"
SNAKEFILE, CONFIGURATION = f"{WORKFLOW}Snakefile", f"{WORKFLOW}configuration.json"

_KINDS = {
    "": "text/plain",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".smk": "text/plain",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
_COMPLETED = "http://schema.org/CompletedActionStatus"

Entity = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class CrateFiles:
    """What a crate is made of, by file.

    Attributes:
        records: of every job behind the results, the report's included.
        results: the files of scores, figures, tables and audit, and the report's page.
        workflow: the Snakefile and its rules, each with the place of its copy in the crate.
        configuration: the place of the configuration in the crate.
    """

    records: Sequence[Path]
    results: Sequence[Path]
    workflow: Mapping[Path, Path]
    configuration: Path


def write(
    root: Path,
    preset: str,
    configuration: Mapping[str, Any],
    snakemake: str,
    files: CrateFiles,
    out: Path,
) -> None:
    """Write the crate's metadata to `out`, and into the crate the workflow and the whole
    configuration of this run.

    Args:
        root: the preset's folder, which is the crate.
        preset: its name.
        configuration: every value that the workflow was given.
        snakemake: the version that the run was made with.
        files: what the crate is made of.
        out: its metadata.

    Raises:
        RecordError: a result is missing, or there is no record.
    """
    for source, copy in files.workflow.items():
        with replacing(copy) as temporary:
            shutil.copyfile(source, temporary)
    text = json.dumps(configuration, indent=1, ensure_ascii=False)
    with replacing(files.configuration) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    crate = _Crate(root, preset, files, Origins(files.records, root))
    text = json.dumps(
        {"@context": CONTEXT, "@graph": crate.describe(snakemake)}, indent=1, ensure_ascii=False
    )
    with replacing(out) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


class _Crate:
    """The entities of a crate, each of which is added once."""

    def __init__(self, root: Path, preset: str, files: CrateFiles, origins: Origins) -> None:
        self.preset, self.origins = preset, origins
        self.entities: dict[str, Entity] = {}
        copies = [*files.workflow.values(), files.configuration]
        self.files = {f.relative_to(root).as_posix(): f for f in (*files.results, *copies)}
        self.digests = {
            inside: sha256
            for command in origins.commands
            for path, sha256 in (command.inputs | command.outputs).items()
            if (inside := origins.inside(path)) != path
        }

    def describe(self, snakemake: str) -> list[Entity]:
        """All entities: the crate itself, its workflow, its files, and the commands behind them."""
        origins = self.origins
        times = [time for command in origins.commands for time in command.times]
        if not times:
            raise RecordError(f"{self.preset}: no record says when it was made; make it anew")
        workflow = self._workflow(snakemake)
        results = [self._result(path) for path in RESULTS]
        software = self._software(origins)
        steps = [self._step(command, software) for command in origins.commands]
        run = self.add(
            "#run",
            "CreateAction",
            name=f"the run of {self.preset}",
            description=f"{len(steps)} commands on {', '.join(sorted(origins.devices))}",
            instrument=_to(SNAKEFILE),
            object=_to(CONFIGURATION),
            result=results,
            actionStatus=_COMPLETED,
            **_during(times),
        )
        # What lies in a folder that is a part itself, or in none.
        held = {part["@id"] for e in self.entities.values() for part in _list(e.get("hasPart"))}
        parts = [
            id
            for id, entity in self.entities.items()
            if {"File", "Dataset"} & {*_list(entity["@type"])} and id not in held
        ]
        profiles = [self._profile(address) for address in PROFILES]
        head: list[Entity] = [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "about": _to("./"),
                "conformsTo": [_to(CRATE), _to(list(PROFILES)[-1])],
            },
            {
                "@id": "./",
                "@type": "Dataset",
                "name": f"Downscaling Intelligence, reproduced: {self.preset}",
                "description": "Everything that one run of the study made, from its data to its "
                "report, with the workflow that made it.",
                "datePublished": max(times).isoformat(timespec="seconds"),
                "license": "No license has been stated.",
                "conformsTo": profiles,
                "mainEntity": workflow,
                "hasPart": [_to(id) for id in parts],
                "mentions": [run, *steps],
            },
        ]
        return [*head, *self.entities.values()]

    def add(self, id: str, kind: str | list[str], **properties: Any) -> Entity:
        """Add an entity unless it is there; a reference to it. What is empty is left out, and a
        list of one is that one, as the format recommends."""
        if id not in self.entities:
            kept = {name: _plain(value) for name, value in properties.items() if value}
            self.entities[id] = {"@id": id, "@type": kind, **kept}
        return _to(id)

    def _workflow(self, snakemake: str) -> Entity:
        language = self.add(
            "#snakemake",
            "ComputerLanguage",
            name="Snakemake",
            url=_to("https://snakemake.github.io"),
            version=snakemake,
        )
        asked = self._parameter("configuration", CONFIGURATION)
        main = self.add(
            SNAKEFILE,
            ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
            conformsTo=_to("https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"),
            description="the study as one directed graph",
            programmingLanguage=language,
            version=commit(Path(__file__).parent) or __version__,
            input=asked,
            output=[self._parameter(path.strip("/"), path) for path in RESULTS],
            **self._facts(SNAKEFILE),
        )
        wanted = "every value that the workflow was given, presets and options merged"
        self._file(CONFIGURATION, description=wanted, exampleOfWork=asked)
        rules = sorted(path for path in self.files if path.endswith(".smk"))
        held = [self._file(path) for path in rules]
        self.add(WORKFLOW, "Dataset", name="workflow", hasPart=[main, _to(CONFIGURATION), *held])
        return main

    def _parameter(self, name: str, path: str) -> Entity:
        """What the workflow takes or gives, and where it lies."""
        return self.add(
            f"#parameter-{name}",
            "FormalParameter",
            name=name,
            additionalType="Dataset" if path.endswith("/") else "File",
            conformsTo=_to("https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"),
            workExample=_to(path),
        )

    def _result(self, path: str) -> Entity:
        """A result. Raises RecordError where it is missing."""
        more = {
            "description": RESULTS[path],
            "exampleOfWork": _to(f"#parameter-{path.strip('/')}"),
        }
        if not path.endswith("/"):
            return self._file(path, **more)
        held = [self._file(file) for file in sorted(self.files) if file.startswith(path)]
        return self.add(path, "Dataset", name=path.strip("/"), hasPart=held, **more)

    def _part(self, path: str) -> Entity:
        """A file or folder of the run."""
        return (
            self.add(path, "Dataset", name=path.strip("/"))
            if path.endswith("/")
            else self._file(path)
        )

    def _file(self, path: str, **more: Any) -> Entity:
        if path not in self.entities:
            about = caption(path)
            more = {"description": about.text} | more
            self.add(path, "File", **self._facts(path), **more)
        return _to(path)

    def _facts(self, path: str) -> Entity:
        """What is known of a file: of one that the crate reads its size and digest, of another the
        digest that was recorded."""
        file = self.files.get(path)
        if file is not None and not file.is_file():
            raise RecordError(f"{file}: no such result; make it with snakemake {file}")
        return {
            "name": path,
            "contentSize": str(file.stat().st_size) if file else "",
            "encodingFormat": _KINDS.get(Path(path).suffix, "application/octet-stream"),
            "sha256": digest(file) if file else self.digests.get(path, ""),
        }

    def _software(self, origins: Origins) -> Entity:
        """The package whose commands ran, with the libraries that they used."""
        used = [
            self.add(
                f"https://pypi.org/project/{name}/{version}/"
                if name != "python"
                else f"https://docs.python.org/release/{version}/",
                "SoftwareApplication",
                name=name,
                url=_to("https://www.python.org" if name == "python" else _home(name)),
                version=version,
            )
            for name, versions in sorted(origins.libraries.items())
            for version in sorted(versions)
        ]
        return self.add(
            "#downscaling",
            "SoftwareApplication",
            name="downscaling",
            version=__version__,
            softwareRequirements=used,
        )

    def _step(self, command: Command, software: Entity) -> Entity:
        """One job: what it read and made, as far as that lies in the crate."""
        return self.add(
            f"#command-{command.place}",
            "CreateAction",
            name=f"{command.stage} {command.made[0]}",
            description=command.text,
            instrument=software,
            object=[self._part(path) for path in command.read],
            result=[self._part(path) for path in command.made],
            actionStatus=_COMPLETED,
            **_during(command.times),
        )

    def _profile(self, address: str) -> Entity:
        version = address.rsplit("/", 1)[-1]
        return self.add(address, "CreativeWork", name=PROFILES[address], version=version)


def _home(name: str) -> str:
    return f"https://pypi.org/project/{name}/"


def _to(id: str) -> Entity:
    return {"@id": id}


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _during(times: list[datetime.datetime]) -> Entity:
    """When an action started and ended, where that is known."""
    if not times:
        return {}
    return {
        "startTime": min(times).isoformat(timespec="seconds"),
        "endTime": max(times).isoformat(timespec="seconds"),
    }
