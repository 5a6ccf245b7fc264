"""The report of a preset: one page, and beside it a folder with what it shows and links to.

The page works from a disk, without a network. It names nothing outside its folder, so the two can
be moved or sent together. They are the same each time. What is measured lies in a folder of its
own, and the page loads what it shows of it from there.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import shutil
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..audit.shown import interval, points, shown, whole
from ..figures import table_2_lines
from ..records.files import replacing
from ..study.paths import is_measured
from ..study.runs import END_TO_END, GOLD, AnswerSet, Run
from . import samples, stages, verdicts
from .found import Found, Preset, ResultFiles
from .origins import Origins
from .outcomes import RULES, Outcome
from .rows import Rows

PAPER = "https://arxiv.org/abs/2511.17487"
"""The one address that the page names; a reader may follow it, the page does not."""


@dataclasses.dataclass(frozen=True)
class ReportFiles(ResultFiles):
    """What a report is made of, by file.

    Attributes:
        samples: what the sample browser shows.
        costs: the script that brings what the study took; it is not read.
    """

    samples: samples.SampleFiles
    costs: Path


def write(
    root: Path,
    preset: Preset,
    files: ReportFiles,
    page: Path,
    folder: Path,
) -> None:
    """Write a preset's report: the page, and beside it the folder with samples, images and copies
    of the data that it links to. Each is written whole or not at all.

    Args:
        root: the preset's folder.
        preset: the preset.
        files: what the report is made of.
        page: the page.
        folder: what it shows and links to.

    Raises:
        RecordError: a result is missing or is not what it should be.
    """
    found = Found(root, preset, files)
    origins = found.origins
    lines = table_2_lines.lines(preset.sizes, preset.roles)
    rows = Rows(files.scores, files.differences, found.scores, lines)
    linked = [files.scores, files.differences, files.parsers, files.audit, *files.tables.values()]
    linked += [file for both in files.figures.values() for file in both]
    linked = [file for file in linked if not is_measured(origins.inside(str(file)))]
    with replacing(folder) as made:
        browsed = samples.write(root, files.samples, made)
        for file in linked:
            copy = made / origins.inside(str(file))
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copy)
        rows.write(made / "scores", origins, _counted(files, origins))

    def copied(path: str) -> str:
        return path if is_measured(path) else f"{folder.name}/{path}"

    made_of = environment(
        folder=folder.name, copied=copied, image=copied, maker=origins.of, rows=rows
    )
    text = made_of.get_template("page.html").render(
        **found.values(),
        samples=browsed,
        runs=_pooled(browsed),
        outcomes=[(outcome, RULES[outcome]) for outcome in RULES],
        stages=stages.listed([c.stage for c in origins.commands], _tokens(origins, browsed)),
        costs=origins.inside(str(files.costs)),
    )
    with replacing(page) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _counted(files: ReportFiles, origins: Origins) -> dict[AnswerSet, str]:
    """Whose answers and descriptions scores count, each with its file from the preset's folder."""
    counted = {key: origins.inside(str(file)) for key, file in files.samples.answers.items()}
    for (perception, seed, benchmark), file in files.samples.descriptions.items():
        key = AnswerSet(Run(perception, "", ""), seed, benchmark)
        counted[key] = origins.inside(str(file))
    return counted


def _tokens(origins: Origins, shown: samples.Samples) -> dict[str, int]:
    """Tokens by stage: those that tunings read, those that models wrote."""
    end_to_end = sum(run.tokens for run in shown.runs if run.reasoning == END_TO_END)
    return {
        "tune": origins.tokens("tune"),
        "perceive": shown.described,
        "reason": sum(run.tokens for run in shown.runs) - end_to_end,
        "evaluate": end_to_end,
    }


def _pooled(shown: samples.Samples) -> list[dict[str, Any]]:
    """For each run with each seed how many of its answers had each outcome; its place is that of
    its file."""
    rows = []
    for place, run in enumerate(shown.runs):
        total = sum(run.outcomes.values(), Counter[Outcome]())
        rows.append({"place": place, "run": run, "counts": total, "n": total.total()})
    return rows


def environment(**words: Any) -> Environment:
    """The template's words, and those of one page. What a model or a data set wrote is escaped like
    everything else."""
    made = Environment(
        loader=PackageLoader(__package__ or "", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    made.globals |= {
        "drawing": verdicts.drawing,
        "width": verdicts.WIDTH,
        "style": style,
        "script": script,
        "style_digest": _digest(style),
        "script_digest": _digest(script),
        "END_TO_END": END_TO_END,
        "GOLD": GOLD,
        "Outcome": Outcome,
        "PAPER": PAPER,
        "interval": interval,
        **words,
    }
    made.filters |= {"slug": _slug, "shown": shown, "points": points, "count": whole}
    return made


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """As a content security policy names what it allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _slug(text: str) -> str:
    return str(text).replace(" ", "-")
