"""The report of a preset: one page, and beside it a folder with what it shows and links to.

The page works from a disk, without a network. It names nothing outside its folder, so the two can
be moved or sent together. They are the same each time. What is measured lies in a folder of its
own, and the page loads what it shows of it from there.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..audit import document
from ..audit.text import TRAINED
from ..audit.verdicts import CLAIMS, MEASURED
from ..config.roles import Roles
from ..figures import table_2_lines
from ..records.files import replacing
from ..results.scores import Scores
from ..study.paths import is_measured
from ..study.runs import END_TO_END, GOLD, AnswerSet, Run
from . import samples, stages, tables, verdicts
from .answer import answer
from .origins import Command, Origins
from .outcomes import RULES, Outcome
from .rows import Rows
from .shown import interval, points, shown

AUDIT = "audit/audit.json"
VALIDITY = "tables/validity.csv"
TABLE_2 = "tables/table2.csv"
OVERVIEW = "overview"
PAPER = "https://arxiv.org/abs/2511.17487"
"""The one address that the page names; a reader may follow it, the page does not."""


@dataclasses.dataclass(frozen=True)
class ReportFiles:
    """What a report is made of, by file.

    Attributes:
        audit: the audit.
        scores, differences, parsers: the score tables.
        spread: of a reference, how far trainings lie apart; None without one.
        tables: by their paths from the preset's folder.
        figures: of each figure by name its svg and its csv; what is measured is not read.
        samples: what the sample browser shows.
        records: of every job behind the results.
        costs: the script that brings what the study took; it is not read.
    """

    audit: Path
    scores: Path
    differences: Path
    parsers: Path
    spread: Path | None
    tables: Mapping[str, Path]
    figures: Mapping[str, tuple[Path, Path]]
    samples: samples.SampleFiles
    records: Sequence[Path]
    costs: Path


def write(
    root: Path,
    preset: str,
    sizes: Sequence[str],
    roles: Roles,
    configuration: Mapping[str, Any],
    files: ReportFiles,
    page: Path,
    folder: Path,
) -> None:
    """Write a preset's report: the page, and beside it the folder with samples, images and copies
    of the data that it links to. Each is written whole or not at all.

    Args:
        root: the preset's folder.
        preset: its name.
        sizes: of the language model, largest first.
        roles: which models are the paper's.
        configuration: what is shown of it: all.
        files: what the report is made of.
        page: the page.
        folder: what it shows and links to.

    Raises:
        RecordError: a result is missing or is not what it should be.
    """
    audit = document.read(files.audit)
    scores = Scores.read(files.scores, files.differences, files.samples.parser, files.spread)
    origins = Origins(files.records, root)
    rows = Rows(files.scores, files.differences, scores, table_2_lines.lines(sizes, roles))
    figures = [
        tables.picture(name, origins.inside(str(svg))) for name, (svg, _) in files.figures.items()
    ]
    data = [files.scores, files.differences, files.parsers]
    linked = [*data, files.audit, *files.tables.values()]
    linked += [file for both in files.figures.values() for file in both]
    linked = [file for file in linked if not is_measured(origins.inside(str(file)))]
    with replacing(folder) as made:
        browsed = samples.write(root, files.samples, made)
        for file in linked:
            copy = made / origins.inside(str(file))
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copy)
        rows.write(made / "scores", origins, _counted(files, origins))
    text = (
        _environment(folder.name, origins, rows)
        .get_template("page.html")
        .render(
            preset=preset,
            audit=audit,
            claim_counts=verdicts.counts([claim.verdict for claim in audit.claims]),
            number_counts=verdicts.counts([number.verdict for number in audit.numbers]),
            answer=answer(scores, sizes),
            claims=verdicts.grouped(audit),
            trained=TRAINED,
            numbers=verdicts.about(audit),
            sources=verdicts.sources(),
            rules={"a part or a number": MEASURED, "a claim": CLAIMS},
            validity=tables.validity(VALIDITY, files.tables[VALIDITY]),
            overview=next((f for f in figures if f.name == OVERVIEW), None),
            figures=[figure for figure in figures if figure.name != OVERVIEW],
            table_2=tables.table_2(TABLE_2, files.tables[TABLE_2]),
            always=tables.ALWAYS,
            data=[(path, tables.caption(path)) for path in map(origins.inside, map(str, data))],
            samples=browsed,
            runs=_pooled(browsed),
            outcomes=[(outcome, RULES[outcome]) for outcome in RULES],
            origins=origins,
            configuration=json.dumps(configuration, indent=1, ensure_ascii=False),
            stages=stages.listed([c.stage for c in origins.commands], _tokens(origins, browsed)),
            costs=origins.inside(str(files.costs)),
        )
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


def _environment(folder: str, origins: Origins, rows: Rows) -> Environment:
    """The template's words. What a model or a data set wrote is escaped like everything else."""
    made = Environment(
        loader=PackageLoader(__package__ or "", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def copied(path: str) -> str:
        return path if is_measured(path) else f"{folder}/{path}"

    def maker(path: str) -> Command | None:
        return origins.of(path)

    style, script = (_asset(name) for name in ("page.css", "page.js"))
    made.globals |= {
        "folder": folder,
        "copied": copied,
        "maker": maker,
        "rows": rows,
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
    }
    made.filters |= {"slug": _slug, "shown": shown, "points": points, "count": _count}
    return made


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """As a content security policy names what it allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _slug(text: str) -> str:
    return str(text).replace(" ", "-")


def _count(value: float) -> str:
    """A whole number with its thousands apart."""
    return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
