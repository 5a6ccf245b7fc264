"""The command `downscaling`: one verb a stage. Each verb imports what is heavy when it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from . import records
from .provenance import recorded

if TYPE_CHECKING:
    from . import extraction
    from .prompts import Prompts
    from .study.configuration import Mode
    from .study.settings import Tuning

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Stages of the study; the Snakefile runs them in order.",
)

Params = Annotated[str, typer.Option(help="The verb's values, as one JSON object.")]
Out = Annotated[Path, typer.Option(help="What the verb writes, whole or not at all.")]
Root = Annotated[Path, typer.Option(help="The preset's folder, from which image paths start.")]
Gpus = Annotated[int, typer.Option(help="GPUs given to this job; 0 computes on the CPU.")]
Paths = Annotated[list[Path], typer.Option()]
Lock = Annotated[
    Path, typer.Option(envvar="DOWNSCALING_LOCK", help="The lock of revisions and digests.")
]
Shard = Annotated[str, typer.Option(help="Which rows: 2-of-3 is the second third.")]
Dropped = Annotated[list[Path], typer.Option(help="The rows that the teacher failed on, and why.")]
Scenes = Annotated[Path | None, typer.Option(help="The truth, for the miniature's oracle.")]
Official = Annotated[
    Path | None, typer.Option(help="The paper's fetched repository, for its own prompts.")
]
TeacherModel = Annotated[Path | None, typer.Option(help="The folder of a transformers teacher.")]


@contextmanager
def _plainly() -> Iterator[None]:
    """Show an expected error as its one line; anything else keeps its traceback."""
    from .devices import DeviceError
    from .study import StudyError

    try:
        yield
    except (records.RecordError, DeviceError, StudyError, FileNotFoundError, ValueError) as error:
        if type(error) is ValueError and "\n" in str(error):
            raise
        typer.echo(f"downscaling: {error}", err=True)
        raise typer.Exit(1) from None


def _compute_on(gpus: int) -> None:
    """Take the job's GPUs and fix what would make results depend on the machine's mood."""
    from .devices import claim

    claim(gpus)
    _fix_algorithms()


def _compute_together_on(gpus: int) -> None:
    """As `_compute_on`; with several GPUs, the command goes on as one process for each."""
    from .devices import claim, launch, place

    rank = place()
    if rank is None:
        claim(gpus)
        if gpus > 1:
            launch(gpus)
    _fix_algorithms()
    import torch

    if rank is not None and torch.cuda.is_available():
        torch.cuda.set_device(rank)


def _fix_algorithms() -> None:
    import torch

    torch.use_deterministic_algorithms(True, warn_only=True)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress line on standard error (a log file gets one every few seconds)."""
    from tqdm import tqdm

    quiet = 0.2 if sys.stderr.isatty() else 5.0
    with tqdm(total=total, desc=what, mininterval=quiet) as bar:
        yield lambda done: bar.update(done) and None


@app.command()
def plan(
    presets: Annotated[
        list[Path] | None, typer.Argument(help="Overlays, such as presets/gpu.yaml.")
    ] = None,
    config: Annotated[Path, typer.Option(help="What they lie over.")] = Path("config.yaml"),
    utilisation: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Share of a GPU's peak that models reach.")
    ] = 0.4,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Tuning recomputes activations.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Values for programs.")] = False,
) -> None:
    """Say what a preset will cost: jobs, tokens, GPU-hours, disk and downloads."""
    import json

    from . import planning

    with _plainly():
        planned = planning.read(config, presets or [])
        estimate = planning.estimate(planned, config.resolve().parent, utilisation, recompute)
        typer.echo(json.dumps(estimate.values(), indent=1) if json_ else estimate.text())


# data


@app.command()
def render(
    raw: Annotated[Path, typer.Option()], truth: Annotated[Path, typer.Option()], params: Params
) -> None:
    """Render the miniature's data sets in their published layouts, and the truth about them."""
    from .miniature import layouts
    from .study.settings import Render

    with _plainly(), recorded("render", params, [], truth):
        layouts.write(raw, truth, Render.model_validate_json(params))


@app.command()
def pin(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="By default all that lie on the hub."),
    ] = None,
    lock: Lock = Path("sources.lock"),
    scratch: Annotated[
        Path, typer.Option(help="For what must be fetched to be measured; a mirror for fetch.")
    ] = Path(".pinning"),
) -> None:
    """Ask the homes of sources for their newest revision, and write it to the lock."""
    from .sources import pinning, registry

    sources = registry.load()
    failed = 0
    for name in names or [name for name, source in sources.items() if source.hub]:
        try:
            made = pinning.pin(name, lock, scratch, _say, sources)
            _say(f"{name}: pinned, {len(made.files)} files, {made.bytes:,} bytes")
        except records.RecordError as error:
            _say(f"downscaling: {error}")
            failed += 1
    raise typer.Exit(1 if failed else 0)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="SOURCE")],
    out: Annotated[Path, typer.Option(help="The source's folder, as raw/<source>.")],
    lock: Lock = Path("sources.lock"),
    mirror: Annotated[
        str, typer.Option(help="A folder or address that holds <source>/<file> in its stead.")
    ] = "",
) -> None:
    """Bring a source to its folder, as the lock has it: resumed, checked, unpacked."""
    import json
    import os

    from .sources import fetching
    from .study import MIRRORS

    mirror = mirror or json.loads(os.environ.get(MIRRORS, "{}")).get(name, "")
    with _plainly(), recorded("fetch", None, [], out) as about:
        pin = fetching.fetch(name, lock, out, mirror, _say)
        about |= {"revision": pin.revision, "files": len(pin.files), "bytes": pin.bytes}


def _say(line: str) -> None:
    typer.echo(line, err=True)


@app.command()
def prepare(
    name: Annotated[str, typer.Argument(metavar="SOURCE")],
    source: Annotated[Path, typer.Option()],
    params: Params,
    train: Annotated[list[str], typer.Option(help="SET=FILE")] = [],
    test: Annotated[list[str], typer.Option(help="NAME=FILE")] = [],
    images: Annotated[list[str], typer.Option(help="BENCHMARK=FOLDER")] = [],
) -> None:
    """Read a source in its published layout and write the records of its sets."""
    from . import sources
    from .study.settings import Prepare

    settings = Prepare.model_validate_json(params)
    folders = _named(images)
    with _plainly():
        for set_name, out in _named(train).items():
            most = settings.train.get(set_name)
            with recorded("prepare", params, [], out):
                sources.prepare_train(
                    set_name,
                    source,
                    out,
                    settings.missing_share,
                    None if most is None else sources.Most(most, settings.seed),
                )
        for test_name, out in _named(test).items():
            most = settings.test.get(test_name)
            with recorded("prepare", params, [], out):
                sources.prepare_test(
                    test_name,
                    source,
                    out,
                    settings.benchmarks.get(test_name),
                    folders.get(test_name),
                    settings.missing_share,
                    None if most is None else sources.Most(most, settings.seed),
                )


# backbones


@app.command()
def backbone(name: str, shipped: Annotated[Path, typer.Option()], out: Out) -> None:
    """Copy a shipped backbone after its digest was checked."""
    from .miniature import shelf

    with _plainly(), recorded("backbone", None, [shipped / name], out):
        shelf.take(shipped, name, out)


@app.command()
def pretrain(name: str, out: Out, params: Params, gpus: Gpus = 0) -> None:
    """Pretrain a language model of the miniature's ladder, or its vision tower."""
    _compute_on(gpus)
    from .miniature import pretraining
    from .study import settings

    with _plainly(), recorded("pretrain", params, [], out):
        if name == "tower":
            tower = settings.Tower.model_validate_json(params)
            with _progress("pretrain tower", tower.steps) as progress:
                pretraining.pretrain_tower(tower, out, progress)
        else:
            language = settings.LanguageModel.model_validate_json(params)
            with _progress(f"pretrain {name}", language.steps) as progress:
                pretraining.pretrain_language_model(language, out, progress)


@app.command()
def shelve(backbones: Annotated[Path, typer.Option()], out: Out) -> None:
    """Put pretrained backbones on the shelf that ships with the repository, with their digests."""
    from .miniature import shelf

    with _plainly():
        shelf.put(backbones, out)


@app.command()
def convert(
    checkpoint: Annotated[Path, typer.Option(help="Folder of a LLaVA-NeXT checkpoint.")],
    backbone: Annotated[Path, typer.Option(help="The language model that it was tuned from.")],
    out: Out,
    tower: Annotated[
        Path | None, typer.Option(help="Its vision tower, where that is not SigLIP so400m.")
    ] = None,
) -> None:
    """Turn a released LLaVA-NeXT checkpoint into a transformers folder; no weight may be left."""
    from .modeling.convert import convert as run

    with _plainly(), recorded("convert", None, [checkpoint], out):
        run(checkpoint, out, backbone, tower)


@app.command()
def probe(tower: Annotated[Path, typer.Option()], out: Out, params: Params, gpus: Gpus = 0) -> None:
    """Probe what the vision tower's features tell of shapes, colours and digits."""
    _compute_on(gpus)
    from .miniature.probe import probe as run
    from .study.settings import Probe

    with _plainly(), recorded("probe", params, [tower], out):
        run(tower, out, Probe.model_validate_json(params).seed)


@app.command()
def features(
    tower: Annotated[Path, typer.Option()],
    samples: Paths,
    root: Root,
    out: Out,
    params: Params,
    gpus: Gpus = 0,
) -> None:
    """Compute a frozen vision tower's features of all training images, once for every size."""
    _compute_on(gpus)
    from .study.settings import Features
    from .tuning import compute_features

    settings = Features.model_validate_json(params)
    with _plainly(), recorded("features", params, [tower, *samples], out):
        found = (s for path in samples for s in records.read(path, records.Sample))
        images = sorted({image for sample in found for image in sample.images})
        with _progress("features", len(images)) as progress:
            compute_features(tower, root, images, out, settings.batch_size, progress)


# tuning


@app.command()
def tune(
    language_model: Annotated[Path, typer.Option()],
    tower: Annotated[Path, typer.Option()],
    samples: Annotated[list[str], typer.Option(help="FILE=SHARE")],
    root: Root,
    out: Out,
    params: Params,
    start: Annotated[
        Path | None, typer.Option(help="The model that this tuning starts from.")
    ] = None,
    features: Annotated[Path | None, typer.Option(help="A frozen tower's features.")] = None,
    logs: Annotated[Path | None, typer.Option(help="The folder of learning curves.")] = None,
    report_to: Annotated[
        str, typer.Option(envvar="DOWNSCALING_REPORT_TO", help="tensorboard, wandb or both.")
    ] = "",
    gpus: Gpus = 0,
) -> None:
    """Tune a vision-language model; an interrupted call goes on where it was."""
    from .devices import place
    from .study.settings import Tuning

    with _plainly():
        _compute_together_on(gpus)
        settings = Tuning.model_validate_json(params)
        begin = [start] if start else [language_model, tower]
        pairs = (pair.rpartition("=") for pair in samples)
        shares = {Path(path): float(share) for path, _, share in pairs}
        # Of several processes the first one writes.
        record: AbstractContextManager[dict[str, Any]] = nullcontext({})
        if not place():
            record = recorded("tune", params, [*begin, *shares], out)
        with record as about:
            told = (report_to.split(",") if report_to else [], logs) if logs else None
            # The states of an interrupted tuning lie beside the output, which Snakemake removes;
            # another configuration never resumes from them.
            states = out.with_name(f".{out.name}.checkpoints-{records.seed_of(params):x}")
            about |= _tune(begin, shares, root, out, settings, features, states, told)


def _tune(
    begin: list[Path],
    shares: dict[Path, float],
    root: Path,
    out: Path,
    settings: Tuning,
    features: Path | None,
    states: Path,
    told: tuple[list[str], Path] | None,
) -> dict[str, Any]:
    import json
    from collections import Counter

    import torch

    from . import modeling, tuning
    from .devices import place
    from .tuning.conversations import draw

    if len(begin) == 1:
        model, preprocessor = modeling.load_vision_language_model(begin[0])
    else:
        language_model, tower = begin
        model, preprocessor = modeling.assemble(
            language_model, tower, settings.images, settings.seed
        )
    sets = [(records.read(path, records.Sample), share) for path, share in shares.items()]
    preprocessor.images = settings.images  # a tuning may tile where the one before did not
    held = tuning.load_features(features) if features else None
    conversations = tuning.Conversations(
        draw(sets, settings.seed),
        preprocessor,
        root,
        settings.max_length,
        settings.template,
        settings.loss_on,
        held,
    )
    tower = model.model.vision_tower
    if held is not None:
        model.model.vision_tower = tuning.CachedTower(tower.config)
    reports = tuning.reporting(*told) if told else []
    outcome = tuning.train(model, conversations, settings, states, reports)
    if place():
        return {}
    model.model.vision_tower = tower
    for parameter in model.parameters():
        parameter.data = parameter.data.to(getattr(torch, settings.precision))
    modeling.save(model, preprocessor, out)
    # As the paper's Table 2 counts: samples with an image, the connector's stage left out.
    seen = sum(bool(s.images) for s in conversations.samples)
    seen = seen if settings.learning_rate.language_model else 0
    if len(begin) == 1:
        before = begin[0].with_name(f"{begin[0].name}.run.json")
        seen += json.loads(before.read_text())["visual_samples"]
    drawn = Counter(sample.set for sample in conversations.samples)
    kept = {"samples": len(conversations), "sets": dict(sorted(drawn.items()))}
    return {**kept, "visual_samples": seen, **outcome}


# the teacher


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
    _compute_on(gpus)
    from .decoupled import observe as run
    from .journal import resumed
    from .modeling import load_language_model
    from .study.settings import Observe

    settings = Observe.model_validate_json(params)
    with _plainly(), ExitStack() as journals:
        model, tokenizer = load_language_model(reasoner, settings.precision)
        for path, target in zip([*questions, *samples], out, strict=True):
            about = ["observe", params, shard, records.digest(path)]
            journal = journals.enter_context(resumed(target, about))
            with recorded("observe", params, [reasoner, path], target):
                asked = _asked(path, shard if path in samples else None)
                phrases = run(model, tokenizer, asked, settings, journal)
                records.write(target, phrases, records.Focus)


def _asked(path: Path, shard: str | None) -> list[tuple[str, str]]:
    """The questions of a file as (id, text); the turns of a training set's shard are its
    questions."""
    if shard is None:
        return [(q.id, q.text) for q in records.read(path, records.Question)]
    from . import extraction

    samples = extraction.shard(records.read(path, records.Sample), shard)
    return [pair for sample in samples for pair in extraction.asked(sample)]


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
    gpus: Gpus = 0,
) -> None:
    """Teacher, first step: turn each image's question-answer pairs into statements."""
    from . import extraction
    from .journal import resumed

    # Journals stay until all sets are done: Snakemake removes what a failed job has written.
    with _plainly(), ExitStack() as journals:
        teacher = _teacher(params, root, scenes, model, gpus)
        for path, target, lost in zip(samples, out, dropped, strict=True):
            about = ["statements", params, shard, records.digest(path), str(model)]
            journal = journals.enter_context(resumed(target, about))
            with recorded("statements", params, _given(path, model), target):
                held = extraction.shard(records.read(path, records.Sample), shard)
                with _progress(f"statements {path.parent.name}", len(held)) as progress:
                    made, failed = extraction.make_statements(held, teacher, journal, progress)
                records.write(lost, failed, extraction.Dropped)
                records.write(target, made, extraction.Statements)


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
    gpus: Gpus = 0,
) -> None:
    """Teacher, second step: describe each image so that the description holds its statements."""
    from . import extraction
    from .journal import resumed

    with _plainly(), ExitStack() as journals:
        teacher = _teacher(params, root, scenes, model, gpus)
        for stated, path, target, lost in zip(statements, samples, out, dropped, strict=True):
            about = ["depict", params, records.digest(stated), records.digest(path), str(model)]
            journal = journals.enter_context(resumed(target, about))
            with recorded("depict", params, _given(stated, path, model), target):
                held = records.read(path, records.Sample)
                told = records.read(stated, extraction.Statements)
                with _progress(f"depict {path.parent.name}", len(told)) as progress:
                    made, failed = extraction.make_descriptions(
                        held, told, teacher, journal, progress
                    )
                records.write(lost, failed, extraction.Dropped)
                records.write(target, made, extraction.Depiction)


def _given(*paths: Path | None) -> list[Path]:
    """The inputs that there are."""
    return [path for path in paths if path is not None]


def _teacher(
    params: str, root: Path, scenes: Path | None, model: Path | None, gpus: int
) -> extraction.Teacher:
    """The teacher that the settings name; how its replies are got stands in the environment."""
    import os

    from .prompts import SETS
    from .study.settings import Teach
    from .study.teachers import ENGINE, Batches, Server

    settings, how = Teach.model_validate_json(params), os.environ.get(ENGINE, "{}")
    if settings.asking is None:
        from .miniature.teacher import Oracle

        if scenes is None:
            raise ValueError("the oracle teacher needs --scenes, the miniature's truth")
        return Oracle(scenes)
    from .extraction.prompted import Engine, Prompted

    engine: Engine
    if settings.engine == "openai":
        from .extraction.served import Served

        engine = Served(settings.asking, Server.model_validate_json(how))
    else:
        if model is None or settings.precision is None:
            raise ValueError("a teacher of transformers needs --model, its folder")
        _compute_on(gpus)
        from .extraction.local import Local

        size = Batches.model_validate_json(how).batch_size
        engine = Local(model, settings.precision, settings.asking, size)
    return Prompted(engine, settings.asking, SETS[settings.prompts], root, settings.seed)


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
    from . import extraction
    from .study.settings import Converse

    settings = Converse.model_validate_json(params)
    sets: dict[Path, list[Path]] = {path: [] for path in samples}
    for file, _, folder in (pair.partition("=") for pair in taught):
        sets[Path(file)].append(Path(folder))
    folders = [folder for shards in sets.values() for folder in shards]
    with _plainly(), recorded("converse", params, [*folders, *samples], out):
        extraction.converse(sets, out, report, _prompts(settings.prompts, official))


def _prompts(name: str, official: Path | None) -> Prompts:
    """The templates of a name; the paper's own are read from its repository."""
    from .prompts import SETS
    from .sources import official as repository

    return repository.prompts(official) if official else SETS[name]


# decoupled and end-to-end evaluation


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
    _compute_on(gpus)
    from .decoupled import perceive as run
    from .study.settings import Perceive
    from .vision_language import load

    settings = Perceive.model_validate_json(params)
    with _plainly():
        prompts, loaded = _prompts(settings.prompts, official), load(model, settings.precision)
        for name, asked, phrases, target in zip(benchmark, questions, focus, out, strict=True):
            with recorded("perceive", params, [model, asked, phrases], target):
                held = records.read(asked, records.Question)
                with _progress(f"perceive {name}", len(held)) as progress:
                    made = run(
                        loaded,
                        root,
                        held,
                        records.read(phrases, records.Focus),
                        prompts,
                        settings,
                        progress,
                    )
                records.write(target, made, records.Description)


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
    _compute_on(gpus)
    from .decoupled import reason as run
    from .modeling import load_language_model
    from .study.settings import Reason

    settings = Reason.model_validate_json(params)
    with _plainly():
        prompts = _prompts(settings.prompts, official)
        model, tokenizer = load_language_model(reasoner, settings.precision)
        for asked, described, target in zip(questions, descriptions, out, strict=True):
            with recorded("reason", params, [reasoner, asked, described], target):
                held = records.read(asked, records.Question)
                texts = records.read(described, records.Description)
                with _progress(f"reason {target.parent.parent.parent.name}", len(held)) as progress:
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
                records.write(target, made, records.Answer)


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
    _compute_on(gpus)
    from .end_to_end import answer
    from .prompts import SETS
    from .study.settings import Evaluate
    from .vision_language import load

    settings = Evaluate.model_validate_json(params)
    with _plainly():
        held: dict[str, list[records.Question]] = {}
        for path in questions:
            for question in records.read(path, records.Question):
                held.setdefault(question.benchmark, []).append(question)
        prompts, loaded = SETS[settings.prompts], load(model, settings.precision)
        for benchmark, asked in held.items():
            target = out / f"{benchmark}.parquet"
            with recorded("evaluate", params, [model, *questions], target):
                with _progress(f"evaluate {benchmark}", len(asked)) as progress:
                    blind = mode == "blind"
                    made = answer(loaded, root, asked, blind, prompts, settings, progress)
                records.write(target, made, records.Answer)


@app.command()
def phrases(
    official: Annotated[Path, typer.Option(help="The paper's fetched repository.")],
    questions: Annotated[Path, typer.Option()],
    out: Out,
) -> None:
    """Take the published focus phrases of MMStar's questions."""
    from .sources import official as repository

    with _plainly(), recorded("phrases", None, [official, questions], out):
        asked = records.read(questions, records.Question)
        records.write(out, repository.focus_of(official, asked), records.Focus)


@app.command()
def accept(
    kind: Annotated[str, typer.Argument(help="descriptions or answers")],
    given: Annotated[Path, typer.Option(help="A file that was made elsewhere.")],
    questions: Annotated[Path, typer.Option()],
    out: Out,
) -> None:
    """Take descriptions or answers that were made elsewhere, if they are to these questions."""
    from .given import KINDS, accepted

    with _plainly(), recorded("accept", None, [given, questions], out):
        asked = records.read(questions, records.Question)
        records.write(out, accepted(given, kind, asked), KINDS[kind])


# scores, figures, tables


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
    from .scoring import run
    from .study.settings import Scoring

    with _plainly(), recorded("score", params, [], scores):
        run.score(root, scores, differences, readers, summary, Scoring.model_validate_json(params))


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

    from . import figures
    from .figures.validity import validity as check
    from .study.settings import Reading

    settings = Reading.model_validate_json(params)
    with _plainly(), recorded("validity", params, _given(scores, probe), out):
        chance = {}
        for family in settings.families:
            asked = records.read(
                scores.parents[1] / f"data/{family}/test.parquet", records.Question
            )
            guesses = [1 / len(q.options) if q.options else 0.0 for q in asked]
            chance[family] = sum(guesses) / len(guesses)
        held = _read_by(figures.load(scores), settings.reader)
        probed = json.loads(probe.read_text()) if probe else None
        checked = check(held, probed, chance, settings.sizes)
        figures.save_table(checked, out)


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
    from . import figures
    from .study.settings import Reading

    settings = Reading.model_validate_json(params)
    with _plainly():
        held = _read_by(figures.load(scores), settings.reader)
        compared = figures.load(differences)
        for name in names or figures.FIGURES:
            with recorded("figure", params, [scores, differences], out / name):
                drawn, data = figures.FIGURES[name](held, compared, settings.sizes)
                figures.save(name, drawn, data, out / name)


@app.command()
def latency(
    scores: Annotated[Path, typer.Option()],
    root: Root,
    out: Annotated[Path, typer.Option(help="The figure, without its suffixes.")],
    params: Params,
) -> None:
    """Draw figure A9: accuracy against the seconds that this run took for a question."""
    from . import figures
    from .figures import figure_a9
    from .study.settings import Reading

    settings = Reading.model_validate_json(params)
    with _plainly(), recorded("latency", params, [scores], out):
        held = _read_by(figures.load(scores), settings.reader)
        drawn, data = figure_a9.draw(held, root, settings.sizes)
        figures.save(out.name, drawn, data, out)


@app.command()
def table(name: str, scores: Annotated[Path, typer.Option()], out: Out, params: Params) -> None:
    """Write the paper's Table 2 as CSV, with the training samples that each row's model saw."""
    from . import figures
    from .figures import table_2
    from .study.settings import Reading

    settings = Reading.model_validate_json(params)
    with _plainly(), recorded("table", params, [scores], out):
        seen = {t: kept["visual_samples"] for t, kept in _tuned(scores.parents[1]).items()}
        held = _read_by(figures.load(scores), settings.reader)
        figures.save_table(table_2.table(held, settings.sizes, seen), out)


# verdicts


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

    from . import audit as room

    if published:
        findings = room.against_itself()
        listed = [vars(finding) for finding in findings]
        typer.echo(json.dumps(listed, indent=1) if as_json else room.report(findings))
        return
    from .audit import document
    from .audit.verdicts import Measured

    if bool(scores) != bool(differences):
        raise typer.BadParameter("--scores and --differences go together")
    with _plainly():
        if scores and differences:
            with recorded("audit", params, [scores, differences], made):
                document.write(_judge(scores, differences, params, scale), made)
        found = document.read(made)
    typer.echo(found.model_dump_json(indent=1) if as_json else room.summary(found))
    if strict and any(claim.verdict == Measured.CONTRADICTED for claim in found.claims):
        raise typer.Exit(1)


@app.command()
def report(
    root: Root,
    out: Annotated[Path, typer.Option(help="The page; a folder of its name lies beside it.")],
    params: Params,
) -> None:
    """Write the report of a preset: verdicts, figures, tables, samples, provenance and costs."""
    from . import report as room
    from .study.settings import Reporting

    with _plainly():
        room.write(root, out, out.with_suffix(""), Reporting.model_validate_json(params))


def _tuned(root: Path) -> dict[str, dict[str, Any]]:
    """What the records of a preset's models say, by tuning: alike at every size and seed."""
    import json

    return {
        path.name.removesuffix(".run.json").rpartition("-")[0]: json.loads(path.read_text())
        for path in sorted(root.glob("models/seed-*/*.run.json"))
    }


def _judge(scores: Path, differences: Path, params: str, scale: str) -> Any:
    from .audit.estimates import Tables, Tuned
    from .audit.measured import against_the_paper
    from .scoring.tables import Difference, read_table
    from .study.settings import Reading

    settings = Reading.model_validate_json(params)
    tables = Tables(
        read_table(scores, records.Score),
        read_table(differences, Difference),
        settings.sizes,
        settings.reader,
        {
            tuning: Tuned(kept["samples"], kept["visual_samples"], kept.get("sets", {}))
            for tuning, kept in _tuned(scores.parents[1]).items()
        },
    )
    return against_the_paper(tables, settings.preset, settings.reader, scale)


def _read_by(scores: Any, reader: str) -> Any:
    """The rows of one reader of answers, and those that no reader made."""
    return scores[scores.reader.isin([reader, ""])]


def _named(pairs: list[str]) -> dict[str, Path]:
    """NAME=PATH options as a dictionary."""
    return {name: Path(path) for name, _, path in (pair.partition("=") for pair in pairs)}
