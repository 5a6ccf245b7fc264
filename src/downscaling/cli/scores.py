"""Scores, sample logs, figures and tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..records.files import read
from ..records.rows import Question
from ..runtime.run_record import recorded
from .verb import Out, Params, Root, given, plainly, tuned

app = typer.Typer()


@app.command()
def score(
    root: Root,
    scores: Annotated[Path, typer.Option()],
    differences: Annotated[Path, typer.Option()],
    readers: Annotated[Path, typer.Option()],
    summary: Annotated[Path, typer.Option()],
    params: Params,
) -> None:
    """Turn all answers and descriptions into scores with intervals."""
    from ..results import score as run
    from ..study.settings import Scoring

    with plainly(), recorded("score", params, [], scores):
        run.score(root, scores, differences, readers, summary, Scoring.model_validate_json(params))


@app.command()
def export(root: Root, scores: Annotated[Path, typer.Option()], out: Out, params: Params) -> None:
    """Write every question with its answer, as lmms-eval logs samples."""
    from ..results import sample_logs as samples
    from ..study.settings import Exporting

    with plainly(), recorded("export", params, [scores], out):
        samples.write(root, scores, out, Exporting.model_validate_json(params))


@app.command()
def validity(
    scores: Annotated[Path, typer.Option()],
    out: Out,
    params: Params,
    probe: Annotated[
        Path | None, typer.Option(help="Of the tower; left out where no truth is known.")
    ] = None,
) -> None:
    """Say whether the results are worth reading: the validity table."""
    import json

    from ..figures.drawing import save_table
    from ..figures.results import load
    from ..figures.validity import validity as check
    from ..study.settings import Reading

    settings = Reading.model_validate_json(params)
    with plainly(), recorded("validity", params, given(scores, probe), out):
        chance = {}
        for family in settings.families:
            asked = read(scores.parents[1] / f"data/{family}/test.parquet", Question)
            guesses = [1 / len(q.options) if q.options else 0.0 for q in asked]
            chance[family] = sum(guesses) / len(guesses)
        held = _read_by(load(scores), settings.reader)
        probed = json.loads(probe.read_text()) if probe else None
        checked = check(held, probed, chance, settings.sizes)
        save_table(checked, out)


@app.command()
def figure(
    scores: Annotated[Path, typer.Option()],
    differences: Annotated[Path, typer.Option()],
    out: Annotated[Path, typer.Option(help="Folder; three files a figure.")],
    params: Params,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[FIGURE]...", help="By default all.")
    ] = None,
) -> None:
    """Draw figures: PNG, SVG and the plotted data as CSV."""
    from ..figures.drawing import FIGURES, save
    from ..figures.results import load
    from ..study.settings import Reading

    settings = Reading.model_validate_json(params)
    with plainly():
        held = _read_by(load(scores), settings.reader)
        compared = load(differences)
        for name in names or FIGURES:
            with recorded("figure", params, [scores, differences], out / name):
                drawn, data = FIGURES[name](held, compared, settings.sizes)
                save(name, drawn, data, out / name)


@app.command()
def latency(
    scores: Annotated[Path, typer.Option()],
    root: Root,
    out: Annotated[Path, typer.Option(help="The figure, without its suffixes.")],
    params: Params,
) -> None:
    """Draw figure A9: accuracy against the seconds that this run took for a question."""
    from ..figures import figure_a9
    from ..figures.drawing import save
    from ..figures.results import load
    from ..study.settings import Reading

    settings = Reading.model_validate_json(params)
    with plainly(), recorded("latency", params, [scores], out):
        held = _read_by(load(scores), settings.reader)
        drawn, data = figure_a9.draw(held, root, settings.sizes)
        save(out.name, drawn, data, out)


@app.command()
def table(name: str, scores: Annotated[Path, typer.Option()], out: Out, params: Params) -> None:
    """Write the paper's Table 2 as CSV, with the training samples that each row's model saw."""
    from ..figures import table_2
    from ..figures.drawing import save_table
    from ..figures.results import load
    from ..study.settings import Reading

    settings = Reading.model_validate_json(params)
    with plainly(), recorded("table", params, [scores], out):
        seen = {t: kept["visual_samples"] for t, kept in tuned(scores.parents[1]).items()}
        held = _read_by(load(scores), settings.reader)
        save_table(table_2.table(held, settings.sizes, seen), out)


def _read_by(scores: Any, reader: str) -> Any:
    """The rows of one reader of answers, and those that no reader made."""
    return scores[scores.reader.isin([reader, ""])]
