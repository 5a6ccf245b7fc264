"""Evaluation, decoupled and end to end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ..records.files import read, write
from ..records.rows import Answer, Description, Focus, Question
from ..runtime.run_record import recorded
from .verb import (
    Gpus,
    Official,
    Out,
    Params,
    Paths,
    Root,
    compute_on,
    plainly,
    progress_line,
    prompts_of,
)

if TYPE_CHECKING:
    from ..config.generation import Mode

app = typer.Typer()


@app.command()
def perceive(
    model: Annotated[Path, typer.Option()],
    root: Root,
    benchmark: Annotated[list[str], typer.Option()],
    questions: Paths,
    focus: Paths,
    out: Paths,
    params: Params,
    official: Official = None,
    gpus: Gpus = 0,
) -> None:
    """Describe each question's image with a perception module."""
    compute_on(gpus)
    from ..evaluation.perceive import perceive as run
    from ..evaluation.vision_language import load
    from ..study.settings import Perceive

    settings = Perceive.model_validate_json(params)
    with plainly():
        prompts, loaded = prompts_of(settings.prompts, official), load(model, settings.precision)
        for name, asked, phrases, target in zip(benchmark, questions, focus, out, strict=True):
            with recorded("perceive", params, [model, asked, phrases], target):
                held = read(asked, Question)
                with progress_line(f"perceive {name}", len(held)) as progress:
                    made = run(
                        loaded,
                        root,
                        held,
                        read(phrases, Focus),
                        prompts,
                        settings,
                        progress,
                    )
                write(target, made, Description)


@app.command()
def reason(
    reasoner: Annotated[Path, typer.Option()],
    mode: Annotated[str, typer.Option()],
    questions: Paths,
    descriptions: Paths,
    out: Paths,
    params: Params,
    official: Official = None,
    gpus: Gpus = 0,
) -> None:
    """Answer from descriptions with a reasoning module."""
    compute_on(gpus)
    from ..evaluation.reason import reason as run
    from ..models.assemble import load_language_model
    from ..study.settings import Reason

    settings = Reason.model_validate_json(params)
    with plainly():
        prompts = prompts_of(settings.prompts, official)
        model, tokenizer = load_language_model(reasoner, settings.precision)
        for asked, described, target in zip(questions, descriptions, out, strict=True):
            with recorded("reason", params, [reasoner, asked, described], target):
                held = read(asked, Question)
                texts = read(described, Description)
                perception = target.parent.parent.parent.name
                with progress_line(f"reason {perception}", len(held)) as progress:
                    made = run(
                        model,
                        tokenizer,
                        held,
                        texts,
                        cast("Mode", mode),
                        prompts,
                        settings,
                        progress,
                    )
                write(target, made, Answer)


@app.command()
def evaluate(
    model: Annotated[Path, typer.Option()],
    mode: Annotated[str, typer.Option(help="image or blind")],
    root: Root,
    questions: Paths,
    out: Annotated[Path, typer.Option(help="Folder; one file of answers a benchmark.")],
    params: Params,
    gpus: Gpus = 0,
) -> None:
    """Answer every question with a vision-language model, with its images or blind."""
    compute_on(gpus)
    from ..evaluation.end_to_end import answer
    from ..evaluation.vision_language import load
    from ..prompts.templates import SETS
    from ..study.settings import Evaluate

    settings = Evaluate.model_validate_json(params)
    with plainly():
        held: dict[str, list[Question]] = {}
        for path in questions:
            for question in read(path, Question):
                held.setdefault(question.benchmark, []).append(question)
        prompts, loaded = SETS[settings.prompts], load(model, settings.precision)
        for benchmark, asked in held.items():
            target = out / f"{benchmark}.parquet"
            with recorded("evaluate", params, [model, *questions], target):
                with progress_line(f"evaluate {benchmark}", len(asked)) as progress:
                    blind = mode == "blind"
                    made = answer(loaded, root, asked, blind, prompts, settings, progress)
                write(target, made, Answer)


@app.command()
def phrases(
    official: Annotated[Path, typer.Option(help="The paper's fetched repository.")],
    questions: Annotated[Path, typer.Option()],
    out: Out,
) -> None:
    """Take the published focus phrases of MMStar's questions."""
    from ..prompts import official as repository

    with plainly(), recorded("phrases", None, [official, questions], out):
        asked = read(questions, Question)
        write(out, repository.focus_of(official, asked), Focus)


@app.command()
def accept(
    kind: Annotated[str, typer.Argument(help="descriptions or answers")],
    given: Annotated[Path, typer.Option(help="A file that was made elsewhere.")],
    questions: Annotated[Path, typer.Option()],
    out: Out,
) -> None:
    """Take descriptions or answers that were made elsewhere, if they are to these questions."""
    from ..evaluation.imported_results import KINDS, accepted

    with plainly(), recorded("accept", None, [given, questions], out):
        asked = read(questions, Question)
        write(out, accepted(given, kind, asked), KINDS[kind])
