"""A finished run as a Workflow Run RO-Crate: `ro-crate-metadata.json` in the preset's folder, which
then is the crate, and beside it the workflow with its configuration.

The crate says what lies in the folder, with sizes and digests, and which command made what of what,
and when. It is JSON-LD: one flat list of entities that name each other. It holds measurements:
times, devices, the commit. Nothing else in it depends on anything but the folder.
Source: https://w3id.org/ro/wfrun/workflow/0.5, https://w3id.org/ro/wfrun/process/0.5,
https://w3id.org/workflowhub/workflow-ro-crate/1.0, https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..records.files import NoFileError, RecordError, digest, replacing
from ..runtime import measurement
from ..runtime.measurement import Measurement
from .entities import CONTEXT, CRATE, PROFILES, Entities, Entity, during, listed, reference
from .origins import Command, Origins, commit
from .tables import caption

RESULTS = {
    "scores/": "every number of the study",
    "figures/": "the figures, each with the data that it shows",
    "tables/": "Table 2, and whether the results are worth reading",
    "audit/": "published numbers and claims beside what was measured",
    "samples/": "every question with its answer, as lmms-eval logs samples",
    "report.html": "the report, a page that works offline",
    "report/": "what the report shows and links to",
    "measured/": "what the study took on its machine; it differs from run to run",
}
"""What a run is made for, in words; folders but samples and report are listed file by file."""

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


@dataclasses.dataclass(frozen=True)
class CrateFiles:
    """What a crate is made of, by file.

    Attributes:
        records, measurements: of every job behind the results, the report's included.
        results: the files of scores, figures, tables, audit and costs, and the report's page.
        workflow: the Snakefile and its rules, each with the place of its copy in the crate.
        configuration: the place of the configuration in the crate.
    """

    records: Sequence[Path]
    measurements: Sequence[Path]
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
    """What a crate says of a run and of its files."""

    def __init__(self, root: Path, preset: str, files: CrateFiles, origins: Origins) -> None:
        self.preset, self.origins = preset, origins
        self.measurements = [measurement.read(file) for file in files.measurements]
        self.entities = Entities()
        copies = [*files.workflow.values(), files.configuration]
        self.files = {f.relative_to(root).as_posix(): f for f in (*files.results, *copies)}
        recorded = [command.inputs | command.outputs for command in origins.commands]
        self.digests = {
            inside: sha256
            for digests in (*recorded, *(taken.digests for taken in self.measurements))
            for path, sha256 in digests.items()
            if (inside := origins.inside(path)) != path
        }

    def describe(self, snakemake: str) -> list[Entity]:
        """All entities: the crate itself, its workflow, its files, and the commands behind them."""
        origins, measurements = self.origins, self.measurements
        if not measurements:
            raise RecordError(f"{self.preset}: no record says when it was made; make it anew")
        devices = {taken.device for taken in measurements}
        pythons = {taken.python for taken in measurements}
        workflow = self._workflow(snakemake)
        results = [self._result(path) for path in RESULTS]
        software = self.entities.add_software(origins.libraries | {"python": pythons})
        steps = [
            self._step(command, taken, software)
            for command, taken in zip(origins.commands, measurements, strict=True)
        ]
        run = self.entities.add(
            "#run",
            "CreateAction",
            name=f"the run of {self.preset}",
            description=f"{len(steps)} commands on {', '.join(sorted(devices))}",
            instrument=reference(SNAKEFILE),
            object=reference(CONFIGURATION),
            result=results,
            actionStatus=_COMPLETED,
            **during(measurements),
        )
        # What lies in a folder that is a part itself, or in none.
        inside = {part["@id"] for entity in self.entities for part in listed(entity.get("hasPart"))}
        parts = [
            entity["@id"]
            for entity in self.entities
            if {"File", "Dataset"} & {*listed(entity["@type"])} and entity["@id"] not in inside
        ]
        profiles = [self.entities.add_profile(address) for address in PROFILES]
        head: list[Entity] = [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "about": reference("./"),
                "conformsTo": [reference(CRATE), reference(list(PROFILES)[-1])],
            },
            {
                "@id": "./",
                "@type": "Dataset",
                "name": f"Downscaling Intelligence, reproduced: {self.preset}",
                "description": "Everything that one run of the study made, from its data to its "
                "report, with the workflow that made it.",
                "datePublished": max(taken.ended for taken in measurements),
                "license": "No license has been stated.",
                "conformsTo": profiles,
                "mainEntity": workflow,
                "hasPart": [reference(id) for id in parts],
                "mentions": [run, *steps],
            },
        ]
        return [*head, *self.entities]

    def _workflow(self, snakemake: str) -> Entity:
        language = self.entities.add(
            "#snakemake",
            "ComputerLanguage",
            name="Snakemake",
            url=reference("https://snakemake.github.io"),
            version=snakemake,
        )
        asked = self._parameter("configuration", CONFIGURATION)
        main = self.entities.add(
            SNAKEFILE,
            ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
            conformsTo=reference(
                "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
            ),
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
        copies = [self._file(path) for path in rules]
        self.entities.add(
            WORKFLOW, "Dataset", name="workflow", hasPart=[main, reference(CONFIGURATION), *copies]
        )
        return main

    def _parameter(self, name: str, path: str) -> Entity:
        """What the workflow takes or gives, and where it lies."""
        return self.entities.add(
            f"#parameter-{name}",
            "FormalParameter",
            name=name,
            additionalType="Dataset" if path.endswith("/") else "File",
            conformsTo=reference("https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"),
            workExample=reference(path),
        )

    def _result(self, path: str) -> Entity:
        """A result. Raises RecordError where it is missing."""
        more = {
            "description": RESULTS[path],
            "exampleOfWork": reference(f"#parameter-{path.strip('/')}"),
        }
        if not path.endswith("/"):
            return self._file(path, **more)
        files = [self._file(file) for file in sorted(self.files) if file.startswith(path)]
        return self.entities.add(path, "Dataset", name=path.strip("/"), hasPart=files, **more)

    def _part(self, path: str) -> Entity:
        """A file or folder of the run."""
        return (
            self.entities.add(path, "Dataset", name=path.strip("/"))
            if path.endswith("/")
            else self._file(path)
        )

    def _file(self, path: str, **more: Any) -> Entity:
        if path not in self.entities:
            about = caption(path)
            more = {"description": about.text} | more
            self.entities.add(path, "File", **self._facts(path), **more)
        return reference(path)

    def _facts(self, path: str) -> Entity:
        """What is known of a file: of one that the crate reads its size and digest, of another the
        digest that was recorded."""
        file = self.files.get(path)
        if file is not None and not file.is_file():
            raise NoFileError(file)
        return {
            "name": path,
            "contentSize": str(file.stat().st_size) if file else "",
            "encodingFormat": _KINDS.get(Path(path).suffix, "application/octet-stream"),
            "sha256": digest(file) if file else self.digests.get(path, ""),
        }

    def _step(self, command: Command, taken: Measurement, software: Entity) -> Entity:
        """One job: what it read and made, as far as that lies in the crate."""
        return self.entities.add(
            f"#command-{command.place}",
            "CreateAction",
            name=f"{command.stage} {command.made[0]}",
            description=command.text,
            instrument=software,
            object=[self._part(path) for path in command.read],
            result=[self._part(path) for path in command.made],
            actionStatus=_COMPLETED,
            **during([taken]),
        )
