"""All checks of a preset, in the order in which a user can mend what they find."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ..errors import UserError
from ..planning.jobs import Jobs
from ..planning.report import workload_of
from ..study.study import Study
from . import hosts, room, rows, sources
from .finding import Finding
from .hosts import Wanted
from .machine import Machine
from .rows import Layout

OFFICIAL = "official"


def examine(study: Study, jobs: Jobs, machine: Machine) -> Iterator[Finding]:
    """What every check finds: of the machine, then of what is fetched.

    jobs: those of the study's graph. Raises UserError, one line, for a configuration or a lock that
    cannot be used.
    """
    work = workload_of(study, jobs)
    yield room.memory(study, machine, jobs)
    finding, found = room.gpus(study, machine, jobs)
    yield room.disk(study, machine, work)
    yield finding
    if found:
        yield from room.layouts(study, found, work)
    yield from rows.own_files(study)
    yield from fetched(study, jobs)


def fetched(study: Study, jobs: Jobs) -> Iterator[Finding]:
    """What the checks of sources and of fetched models find. A host that does not answer is told of
    once. Arguments and errors: as of `examine`."""
    wanted = hosts.wanted(study, jobs)
    if not wanted:
        return
    yield hosts.locked(study, wanted)
    reached = hosts.reached([one for one in wanted if not one.is_here])
    yield from reached.values()
    silent = {host for host, finding in reached.items() if not finding.is_good}
    asked = [one for one in wanted if one.is_here or one.host not in silent]
    if any(one.is_asked_of_hub and not one.is_here for one in asked):
        yield hosts.token()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        layouts = {one.name: rows.layouts(study, one.name) for one in asked}
        readers = {name: [layout.reader for layout in of] for name, of in layouts.items()}
        lent = [
            file
            for one in asked
            for layout in layouts[one.name]
            if (file := rows.lent(layout, one.source))
        ]
        seen = sources.look(asked, readers, lent, root)
        for findings in seen.values():
            yield from findings
        well = [one for one in asked if all(found.colour == "green" for found in seen[one.name])]
        folders = {
            one.name: one.folder.absolute() if one.is_here else sources.scratch(one, root)
            for one in well
        }
        for one in well:
            if one.source.kind == "data" and not one.is_here:
                for layout in layouts[one.name]:
                    yield _read(layout, one, folders, root)
        if OFFICIAL in folders:
            yield from _official(study, folders[OFFICIAL])
        weights = [one for one in well if one.source.kind == "weights"]
        if weights:
            from . import models

            yield from models.look(study, {one.name: folders[one.name] for one in weights})


def _read(layout: Layout, one: Wanted, folders: Mapping[str, Path], root: Path) -> Finding:
    """Whether the first rows of a source can be read, with the file of another that they need.
    folders: of the sources that are well."""
    folder = sources.scratch(one, root)
    if file := rows.lent(layout, one.source):
        if file.source not in folders:
            told = f"not looked at: {file.file} of {file.source}, which it needs, was not seen"
            return Finding(layout.check, told, is_seen=False)
        link = folder / file.place
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(folders[file.source] / file.file)
    return rows.read(layout, folder, root, _other_layout(layout.reader.reader, one))


def _other_layout(reader: str, one: Wanted) -> str:
    """What to do about a source that has another layout than its reader."""
    its = "pinned" if one.pin else "newest"
    return (
        f"its {its} revision has another layout than {reader}: name the revision that has this one "
        f"in its entry in the catalogue, or correct the entry (CONTRIBUTING.md); then: downscaling "
        f"pin {one.name}"
    )


def _official(study: Study, folder: Path) -> Iterator[Finding]:
    """Whether the paper's repository holds what the study reads of it where it is read."""
    from ..prompts import official, official_texts

    asked: list[tuple[str, Callable[[Path], object], str]] = [
        ("prompts", official.prompts, "set prompts: own")
    ]
    if study.configuration.reasoning.thinking == "official":
        asked.append(("thinking", official_texts.reflexive_ids, "set reasoning.thinking: own"))
    if study.data.published_phrases():
        asked.append(("phrases", official_texts.focus, "set prompts: own"))
    for name, read, otherwise in asked:
        check = f"official {name}"
        try:
            read(folder)
        except UserError as error:
            told = str(error).replace(f"{folder}/", "")
            yield Finding(check, told, f"{otherwise}, or the revision that was meant")
        else:
            yield Finding(check, "read from the paper's repository")
