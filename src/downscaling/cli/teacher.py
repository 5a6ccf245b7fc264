"""Extraction data: focus phrases, and what a teacher writes."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..records.files import digest, read, write
from ..records.rows import Focus, Question, Sample
from ..runtime.run_record import recorded
from .verb import (
    Gpus,
    Official,
    Out,
    Params,
    Paths,
    Root,
    compute_on,
    given,
    plainly,
    progress_line,
    prompts_of,
)

if TYPE_CHECKING:
    from ..extraction.teacher import Teacher

app = typer.Typer()

Shard = Annotated[str, typer.Option(help="Which rows: 2-of-3 is the second third.")]
Dropped = Annotated[list[Path], typer.Option(help="The rows that the teacher failed on, and why.")]
Scenes = Annotated[Path | None, typer.Option(help="The truth, for the miniature's oracle.")]
TeacherModel = Annotated[Path | None, typer.Option(help="The folder of a transformers teacher.")]


@app.command()
def observe(
    reasoner: Annotated[Path, typer.Option()],
    out: Paths,
    params: Params,
    questions: Paths = [],
    samples: Paths = [],
    shard: Shard = "1-of-1",
    gpus: Gpus = 0,
) -> None:
    """Write what to observe for each question of a benchmark, or each turn of training samples."""
    compute_on(gpus)
    from ..extraction.focus_phrases import observe as run
    from ..models.assemble import load_language_model
    from ..runtime.resume_log import resumed
    from ..study.settings import Observe

    settings = Observe.model_validate_json(params)
    with plainly(), ExitStack() as journals:
        model, tokenizer = load_language_model(reasoner, settings.precision)
        for path, target in zip([*questions, *samples], out, strict=True):
            about = ["observe", params, shard, digest(path)]
            journal = journals.enter_context(resumed(target, about))
            with recorded("observe", params, [reasoner, path], target):
                asked = _asked(path, shard if path in samples else None)
                phrases = run(model, tokenizer, asked, settings, journal)
                write(target, phrases, Focus)


def _asked(path: Path, shard: str | None) -> list[tuple[str, str]]:
    """The questions of a file as (id, text); the turns of a training set's shard are its
    questions."""
    if shard is None:
        return [(q.id, q.text) for q in read(path, Question)]
    from ..extraction.steps import asked as extraction_asked
    from ..extraction.steps import shard as extraction_shard

    samples = extraction_shard(read(path, Sample), shard)
    return [pair for sample in samples for pair in extraction_asked(sample)]


@app.command()
def statements(
    samples: Paths,
    root: Root,
    out: Paths,
    dropped: Dropped,
    params: Params,
    shard: Shard = "1-of-1",
    scenes: Scenes = None,
    model: TeacherModel = None,
    official: Official = None,
    gpus: Gpus = 0,
) -> None:
    """Teacher, first step: turn each image's question-answer pairs into statements."""
    from ..extraction.steps import make_statements
    from ..extraction.steps import shard as extraction_shard
    from ..extraction.teacher import Dropped as extraction_Dropped
    from ..extraction.teacher import Statements
    from ..runtime.resume_log import resumed

    # Journals stay until all sets are done: Snakemake removes what a failed job has written.
    with plainly(), ExitStack() as journals:
        teacher = _teacher(params, root, scenes, model, official, gpus)
        for path, target, lost in zip(samples, out, dropped, strict=True):
            about = ["statements", params, shard, digest(path), str(model)]
            journal = journals.enter_context(resumed(target, about))
            with recorded("statements", params, given(path, model, official), target):
                held = extraction_shard(read(path, Sample), shard)
                with progress_line(f"statements {path.parent.name}", len(held)) as progress:
                    made, failed = make_statements(held, teacher, journal, progress)
                write(lost, failed, extraction_Dropped)
                write(target, made, Statements)


@app.command()
def depict(
    statements: Paths,
    samples: Paths,
    root: Root,
    out: Paths,
    dropped: Dropped,
    params: Params,
    scenes: Scenes = None,
    model: TeacherModel = None,
    official: Official = None,
    gpus: Gpus = 0,
) -> None:
    """Teacher, second step: describe each image so that the description holds its statements."""
    from ..extraction.steps import make_descriptions
    from ..extraction.teacher import Depiction, Statements
    from ..extraction.teacher import Dropped as extraction_Dropped
    from ..runtime.resume_log import resumed

    with plainly(), ExitStack() as journals:
        teacher = _teacher(params, root, scenes, model, official, gpus)
        for stated, path, target, lost in zip(statements, samples, out, dropped, strict=True):
            about = ["depict", params, digest(stated), digest(path), str(model)]
            journal = journals.enter_context(resumed(target, about))
            with recorded("depict", params, given(stated, path, model, official), target):
                held = read(path, Sample)
                told = read(stated, Statements)
                with progress_line(f"depict {path.parent.name}", len(told)) as progress:
                    made, failed = make_descriptions(held, told, teacher, journal, progress)
                write(lost, failed, extraction_Dropped)
                write(target, made, Depiction)


def _teacher(
    params: str,
    root: Path,
    scenes: Path | None,
    model: Path | None,
    official: Path | None,
    gpus: int,
) -> Teacher:
    """The teacher that the settings name; how its replies are got stands in the environment."""
    import os

    from ..config.teacher import ENGINE, Batches, Server
    from ..study.settings import Teach

    settings, how = Teach.model_validate_json(params), os.environ.get(ENGINE, "{}")
    if settings.asking is None:
        from ..miniature.teacher import Oracle

        if scenes is None:
            raise ValueError("the oracle teacher needs --scenes, the miniature's truth")
        return Oracle(scenes)
    from ..extraction.prompted import Engine, Prompted

    engine: Engine
    if settings.engine == "openai":
        from ..extraction.served import Served

        engine = Served(settings.asking, Server.model_validate_json(how))
    else:
        if model is None or settings.precision is None:
            raise ValueError("a teacher of transformers needs --model, its folder")
        compute_on(gpus)
        from ..extraction.local import Local

        size = Batches.model_validate_json(how).batch_size
        engine = Local(model, settings.precision, settings.asking, size)
    prompts = prompts_of(settings.prompts, official)
    return Prompted(engine, settings.asking, prompts, root, settings.seed)


@app.command()
def converse(
    samples: Paths,
    taught: Annotated[list[str], typer.Option(help="SAMPLES=FOLDER of a shard, in their order.")],
    out: Out,
    report: Annotated[Path, typer.Option()],
    params: Params,
    official: Official = None,
) -> None:
    """Turn the teacher's descriptions into training conversations; list every row dropped."""
    from ..extraction.steps import converse as extraction_converse
    from ..study.settings import Converse

    settings = Converse.model_validate_json(params)
    sets: dict[Path, list[Path]] = {path: [] for path in samples}
    for file, _, folder in (pair.partition("=") for pair in taught):
        sets[Path(file)].append(Path(folder))
    folders = [folder for shards in sets.values() for folder in shards]
    with plainly(), recorded("converse", params, [*folders, *samples], out):
        extraction_converse(sets, out, report, prompts_of(settings.prompts, official))
