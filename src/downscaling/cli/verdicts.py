"""The audit, the report and the crate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..records.rows import Score
from ..runtime.run_record import recorded
from .verb import Params, Root, plainly, tuned

app = typer.Typer()


@app.command()
def audit(
    made: Annotated[
        Path, typer.Argument(metavar="AUDIT", help="An audit, to show or to make.")
    ] = Path("results/miniature/audit/audit.json"),
    scores: Annotated[Path | None, typer.Option(help="Make the audit of these.")] = None,
    differences: Annotated[Path | None, typer.Option(help="Beside the scores.")] = None,
    params: Params = "",
    scale: Annotated[str, typer.Option(help="miniature or published")] = "miniature",
    published: Annotated[
        bool, typer.Option("--published", help="Hold the paper against itself; needs no run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if a claim is contradicted.")] = (
        False
    ),
) -> None:
    """Judge the paper's numbers and claims: by a run, or against each other."""
    import json

    from ..audit import itself, text

    if published:
        findings = itself.against_itself()
        listed = [vars(finding) for finding in findings]
        typer.echo(json.dumps(listed, indent=1) if as_json else text.report(findings))
        return
    from ..audit import document
    from ..audit.verdicts import Measured

    if bool(scores) != bool(differences):
        raise typer.BadParameter("--scores and --differences go together")
    with plainly():
        if scores and differences:
            with recorded("audit", params, [scores, differences], made):
                document.write(_judge(scores, differences, params, scale), made)
        found = document.read(made)
    typer.echo(found.model_dump_json(indent=1) if as_json else text.summary(found))
    if strict and any(claim.verdict == Measured.CONTRADICTED for claim in found.claims):
        raise typer.Exit(1)


@app.command()
def report(
    root: Root,
    out: Annotated[Path, typer.Option(help="The page; a folder of its name lies beside it.")],
    params: Params,
) -> None:
    """Write the report of a preset: verdicts, figures, tables, samples, provenance and costs."""
    from ..report import page as room
    from ..study.settings import Reporting

    with plainly():
        room.write(root, out, out.with_suffix(""), Reporting.model_validate_json(params))


@app.command()
def crate(
    root: Root,
    snakefile: Annotated[Path, typer.Option(help="Of the workflow; a copy goes into the crate.")],
    snakemake: Annotated[str, typer.Option(help="The version of Snakemake that ran it.")],
    out: Annotated[Path, typer.Option(help="The crate's metadata, in the preset's folder.")],
    params: Params,
) -> None:
    """Describe a finished run as a Workflow Run RO-Crate."""
    from ..report import crate as room
    from ..study.settings import Packing

    with plainly():
        room.write(root, snakefile, snakemake, out, Packing.model_validate_json(params))


def _judge(scores: Path, differences: Path, params: str, scale: str) -> Any:
    from ..audit.estimates import Tables, Tuned
    from ..audit.measured import against_the_paper
    from ..results.tables import Difference, read_table
    from ..study.settings import Reading

    settings = Reading.model_validate_json(params)
    tables = Tables(
        read_table(scores, Score),
        read_table(differences, Difference),
        settings.sizes,
        settings.reader,
        {
            tuning: Tuned(kept["samples"], kept["visual_samples"], kept.get("sets", {}))
            for tuning, kept in tuned(scores.parents[1]).items()
        },
    )
    return against_the_paper(tables, settings.preset, settings.reader, scale)
