"""The command `downscaling`: what a user does beside the graph.

Each verb imports what is heavy when it runs, after the environment is set in which it computes as a
job does. The stages of the graph are jobs of Snakemake's rules; `job` does one of them alone."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from . import __version__
from .config import reading
from .errors import UserError
from .records.destination import Product, check_destination
from .runtime import numerics
from .runtime.plainly import shown_plainly

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Config = Annotated[Path, typer.Option(help="What they lie over.")]
AsJson = Annotated[bool, typer.Option("--json", help="Values for programs.")]
Lock = Annotated[Path, typer.Option(help="The lock of revisions and digests.")]
Seed = Annotated[
    int | None, typer.Option(help="Of the models and of draws; by default the study's first.")
]
Preset = Annotated[
    list[Path] | None, typer.Option(help="An overlay, such as presets/released.yaml.")
]
UnderPreset = Annotated[Path, typer.Option(help="What it lies over.")]
Out = Annotated[Path, typer.Option(help="What is written, whole or not at all.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"downscaling {__version__}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """What lies beside the graph; the stages of the study are run by snakemake."""
    if context.invoked_subcommand != "job":  # whose settings say how it computes
        os.environ.update(numerics.environment("portable", threads=1))


@app.command(epilog="Example: downscaling job job.json")
def job(
    file: Annotated[Path, typer.Argument(help="A job as JSON, as its rule hands it over.")],
) -> None:
    """Do one job of the graph, as a rule does."""
    with shown_plainly():
        task = reading.read_json(file, largest=100_000_000)
        try:
            numerics.set_environment(task["settings"], task["threads"])
            from .runtime.job import Task, perform

            given = Task(**task)
        except (AttributeError, KeyError, TypeError, ValueError):
            allowed = "the fields of runtime.job.Task, as a rule hands them over"
            raise UserError(f"{file}: no job; allowed: {allowed}") from None
    perform(given)


@app.command(epilog="Example: downscaling plan presets/paper.yaml")
def plan(
    presets: Annotated[
        list[Path] | None, typer.Argument(help="Overlays, such as presets/gpu.yaml.")
    ] = None,
    config: Config = Path("config.yaml"),
    utilisation: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Share of a GPU's peak that models reach.")
    ] = 0.4,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Tuning recomputes activations.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a preset will cost: jobs, tokens, GPU-hours, disk and downloads."""
    from .study.load import read

    with shown_plainly():
        study = read(config, presets or [])
        from .planning.jobs import Jobs
        from .planning.report import estimate
        from .stages.graph import all_jobs

        jobs = Jobs((job.stage_name, job.key) for job in all_jobs(study))
        costs = estimate(study, jobs, utilisation, recompute)
        typer.echo(json.dumps(costs.values(), indent=1) if as_json else costs.text())


@app.command(epilog="Example: downscaling doctor presets/released.yaml")
def doctor(
    presets: Annotated[
        list[Path] | None, typer.Argument(help="Overlays, such as presets/paper.yaml.")
    ] = None,
    config: Config = Path("config.yaml"),
    as_json: AsJson = False,
) -> None:
    """Say whether a preset can run here, before it does: machine, sources, models. Nothing is
    fetched but the beginnings of files. Ends with 1 where something has to be done first."""
    from .doctor import finding as found
    from .doctor.examine import examine
    from .doctor.machine import Machine
    from .planning.jobs import Jobs
    from .stages.graph import all_jobs
    from .study.load import read

    with shown_plainly():
        study = read(config, presets or [])
        jobs = Jobs((job.stage_name, job.key) for job in all_jobs(study))
        findings = list(examine(study, jobs, Machine()))
    show = found.as_json if as_json else found.as_text
    typer.echo(show(study.configuration.preset, findings))
    raise typer.Exit(0 if found.are_good(findings) else 1)


@app.command(epilog="Example: downscaling verify presets/smoke.yaml")
def verify(
    presets: Annotated[
        list[Path] | None, typer.Argument(help="Overlays, such as presets/gpu.yaml.")
    ] = None,
    config: Config = Path("config.yaml"),
    as_json: AsJson = False,
) -> None:
    """Say whether every file of a preset's results is still what its job made. Ends with 1 where
    one was changed or swapped or is missing, and names what to make anew."""
    from .study.load import read

    with shown_plainly():
        study = read(config, presets or [])
        from .verification import finding as found
        from .verification.verify import verify as verify_study

        findings = verify_study(study)
    show = found.as_json if as_json else found.as_text
    typer.echo(show(study.configuration.preset, findings, presets or []))
    raise typer.Exit(1 if findings else 0)


@app.command(epilog="Example: downscaling report --out report-light.html")
def report(
    out: Out,
    presets: Annotated[
        list[Path] | None, typer.Argument(help="Overlays, such as presets/gpu.yaml.")
    ] = None,
    config: Config = Path("config.yaml"),
) -> None:
    """Write a finished study's light report: one file to send or to publish, without samples. A
    clone makes it of the small results that are in git."""
    from .records.files import NoFileError
    from .study.command import command
    from .study.load import read

    with shown_plainly():
        study = read(config, presets or [])
        from .report import light
        from .stages import report as stage

        settings, root = stage.settings(study), Path(study.paths.root)
        product = Product("a light report", False, light.is_light)
        check_destination(out, product, [config, *(presets or []), root])
        try:
            light.write(
                root,
                stage.preset(settings),
                stage.results(settings, stage.inputs(study), root),
                study.paths.report(),
                out,
            )
        except NoFileError as error:
            made = f"make it with: {command(presets or [])}"
            raise UserError(f"{error.path}: no such file; {made}") from None
    typer.echo(f"{out}: the light report of {study.configuration.preset}")


@app.command(epilog="Example: downscaling restore --remote mine")
def restore(
    remote: Annotated[
        str | None, typer.Option(help="A remote of DVC's; by default the default one.")
    ] = None,
) -> None:
    """Bring a clone its results from a DVC remote, hold them against their records, and settle
    their dates, so that snakemake has nothing to do. Ends with 1 where something is missing."""
    from .study.load import read

    with shown_plainly():
        if not Path("config.yaml").exists():
            raise UserError(f"{Path.cwd()}: no config.yaml; run this in the root of the clone")
        study = read(Path("config.yaml"))
        from .verification.restore import restore as restore_study

        wrong = restore_study(study, remote)
    for item in wrong:
        _say(f"downscaling: {item.line}")
    if wrong:
        _say(f"{study.configuration.preset}: not restored, {len(wrong)} found")
        raise typer.Exit(1)
    typer.echo(f"{study.configuration.preset}: restored; snakemake has nothing to do")


@app.command(epilog="Example: downscaling pin mmstar my-benchmark.toml")
def pin(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help="Names of the catalogue, or TOML files of your own; by default all on the hub.",
        ),
    ] = None,
    lock: Lock = Path("sources.lock"),
    scratch: Annotated[
        Path, typer.Option(help="For what must be fetched to be measured; a mirror for fetch.")
    ] = Path(".pinning"),
) -> None:
    """Ask the homes of sources for their newest revision, and write it to the lock."""
    from .catalogue import sources as catalogue
    from .data import lock as locks
    from .data import pinning

    own = [Path(name) for name in names or () if name.endswith(".toml")]
    with shown_plainly():
        sources = catalogue.load(own)
        check_destination(lock, Product("a lock of sources", False, locks.is_lock), own)
        # Files are put into the folder, and nothing that lies in it is taken away.
        check_destination(scratch, Product("a folder", True, lambda folder: True), [lock, *own])
        asked = [name.removesuffix(".toml").rpartition("/")[2] for name in names or ()]
        asked = asked or [name for name, source in sources.items() if source.hub]
        are_pinned = pinning.pin_all(asked, lock, scratch, _say, sources)
    raise typer.Exit(0 if are_pinned else 1)


@app.command(epilog="Example: downscaling fetch vmcbench --out vmcbench")
def fetch(
    name: Annotated[str, typer.Argument(metavar="SOURCE", help="A name of the catalogue.")],
    out: Annotated[Path, typer.Option(help="The source's folder, as raw/<source>.")],
    lock: Lock = Path("sources.lock"),
    mirror: Annotated[
        str, typer.Option(help="A folder or address that holds <source>/<file> in its stead.")
    ] = "",
) -> None:
    """Bring a source to its folder, as the lock has it: resumed, checked, unpacked."""
    from .data import fetching
    from .data.places import is_address

    with shown_plainly():
        held = Path(mirror) / name if mirror and not is_address(mirror) else None
        is_made = functools.partial(fetching.is_made_of, name=name, lock_file=lock)
        product = Product(f"a folder that fetch made of {name}", True, is_made)
        check_destination(out, product, [lock, held])
        came = fetching.fetch(name, lock, out, mirror, _say)
    typer.echo(f"{out}: {name}, {len(came.pin.files)} files, {came.pin.bytes:,} bytes")


@app.command(
    epilog="Example: downscaling convert --checkpoint raw --backbone qwen3-0.6b --out extract"
)
def convert(
    checkpoint: Annotated[Path, typer.Option(help="Folder of a LLaVA-NeXT checkpoint.")],
    backbone: Annotated[Path, typer.Option(help="The language model that it was tuned from.")],
    out: Out,
    tower: Annotated[
        Path | None, typer.Option(help="Its vision tower, where that is not SigLIP so400m.")
    ] = None,
) -> None:
    """Turn a released LLaVA-NeXT checkpoint into a transformers folder; no weight may be left."""
    from .models.converters import llava_next
    from .models.folder import is_model

    product = Product("a converted model", True, lambda folder: is_model(folder, "llava_onevision"))
    with shown_plainly():
        check_destination(out, product, [checkpoint, backbone, tower])
        llava_next.convert(checkpoint, out, backbone, tower)
    typer.echo(f"{out}: {checkpoint} as a transformers folder")


@app.command(
    epilog="Example: downscaling convert-internvl --checkpoint raw --form form --out internvl"
)
def convert_internvl(
    checkpoint: Annotated[Path, typer.Option(help="Folder of an InternVL 2.5 as published.")],
    form: Annotated[
        Path,
        typer.Option(help="Folder of the same shape in transformers' form; no weights needed."),
    ],
    out: Out,
) -> None:
    """Turn a published InternVL 2.5 into a transformers folder; no weight may be left."""
    from .models.converters import internvl
    from .models.folder import is_model

    product = Product("a converted model", True, lambda folder: is_model(folder, "internvl"))
    with shown_plainly():
        check_destination(out, product, [checkpoint, form])
        internvl.convert_internvl(checkpoint, form, out)
    typer.echo(f"{out}: {checkpoint} as a transformers folder")


@app.command(epilog="Example: downscaling shelve --backbones my-backbones --out other-backbones")
def shelve(
    backbones: Annotated[Path, typer.Option(help="A folder with one folder a backbone.")], out: Out
) -> None:
    """Put pretrained backbones on the shelf that ships with the repository, with their digests."""
    from .doctor.models import check_backbones
    from .miniature import shelf

    with shown_plainly():
        check_destination(out, Product("a shelf of backbones", True, shelf.is_shelf), [backbones])
        check_backbones(backbones)
        names = shelf.put(backbones, out)
    typer.echo(f"{out}: {', '.join(names)} and {shelf.MANIFEST}")


@app.command(epilog="Example: downscaling audit reference/miniature")
def audit(
    file: Annotated[
        Path,
        typer.Argument(metavar="AUDIT", help="A results folder, its audit.json, or a reference."),
    ] = Path("results/miniature/audit/audit.json"),
    published: Annotated[
        bool, typer.Option("--published", help="Hold the paper against itself; needs no run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail if a claim is contradicted.")
    ] = False,
) -> None:
    """Show what became of the paper's numbers and claims: in a run, or against each other."""
    from .audit import document, itself, text
    from .audit.verdicts import Measured
    from .comparison.audit_reference import audit_reference
    from .comparison.reference import is_reference

    if published:
        findings = itself.against_itself()
        listed = [vars(finding) for finding in findings]
        typer.echo(json.dumps(listed, indent=1) if as_json else text.report(findings))
        return
    with shown_plainly():
        found = audit_reference(file) if is_reference(file) else document.read(file)
    typer.echo(found.model_dump_json(indent=1) if as_json else text.summary(found))
    if strict and any(claim.verdict == Measured.CONTRADICTED for claim in found.claims):
        raise typer.Exit(1)


@app.command(epilog="Example: downscaling compare results/miniature")
def compare(
    a: Annotated[Path, typer.Argument(help="A results folder, or a reference.")],
    b: Annotated[
        Path | None,
        typer.Argument(help="The same; by default the reference of A's preset."),
    ] = None,
    brief: Annotated[bool, typer.Option("--brief", help="One line.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether a run reproduced another, or the reference. Ends with 0 where it is identical or
    within the spread of trainings, with 1 where it is not, with 2 where nothing can be compared."""
    from .comparison import text
    from .comparison.compare import REPRODUCED
    from .comparison.compare import compare as compare_folders

    with shown_plainly(code=2):
        comparison = compare_folders(a, b)
    if as_json:
        typer.echo(json.dumps(text.values(comparison), indent=1))
    else:
        typer.echo(text.brief(comparison) if brief else text.full(comparison))
    raise typer.Exit(0 if comparison.answer in REPRODUCED else 1)


@app.command(epilog="Example: downscaling reference new results/miniature results/miniature-seeds")
def reference(
    out: Annotated[Path, typer.Argument(help="The reference's folder.")],
    default: Annotated[Path, typer.Argument(help="The results folder of a finished run.")],
    others: Annotated[
        list[Path], typer.Argument(help="Results folders, or references, with further seeds.")
    ],
) -> None:
    """Make a reference: what runs of one study are held against."""
    from .comparison import make_reference

    product = Product("a reference", True, make_reference.is_made)
    with shown_plainly():
        # A reference to which seeds are added may be made anew in its place.
        check_destination(out, product, [default, *(other for other in others if other != out)])
        seeds = make_reference.make_reference(out, default, others)
    typer.echo(f"{out}: the reference of {default}, seeds {', '.join(seeds)}")


@app.command(epilog="Example: downscaling rescore reference/miniature scores")
def rescore(
    reference: Annotated[Path, typer.Argument(help="A reference's folder.")],
    out: Annotated[Path, typer.Argument(help="The folder of the score tables.")],
) -> None:
    """Make the score tables of a reference anew from its graded answers; nothing is trained."""
    from .comparison import rescore as rescoring

    product = Product("a folder of score tables alone", True, rescoring.is_rescored)
    with shown_plainly():
        check_destination(out, product, [reference])
        rescoring.rescore(reference, out)
    typer.echo(f"{out}: the score tables of {reference}")


@app.command(epilog='Example: downscaling ask photo.png "what is it?" --option cat --option dog')
def ask(
    image: Annotated[Path, typer.Argument(help="An image file.")],
    question: Annotated[str, typer.Argument(help="A question about it.")],
    option: Annotated[
        list[str] | None, typer.Option(help="What may be answered; once for each option.")
    ] = None,
    perception: Annotated[
        str, typer.Option(help="What describes the image: a model of the study, or a folder.")
    ] = "",
    reasoning: Annotated[
        str, typer.Option(help="What answers: a size or model of the study, or a folder.")
    ] = "",
    think: Annotated[
        bool,
        typer.Option("--think/--no-think", help="Think step by step first, as Extract+Think does."),
    ] = True,
    focus: Annotated[
        str, typer.Option(help="What to look for; by default the largest size writes it.")
    ] = "",
    seed: Seed = None,
    preset: Preset = None,
    config: UnderPreset = Path("config.yaml"),
    as_json: AsJson = False,
) -> None:
    """Ask one question about one image: what to look for, what is seen, what follows from it.

    By default Extract+Think of a finished default run answers.
    """
    from transformers.utils.logging import disable_progress_bar

    from .asking import text
    from .asking.ask import Asked, values
    from .asking.ask import ask as steps_of
    from .asking.modules import default_run, module, seed_of
    from .stages.modules import perception_models, reasoning_models
    from .study.load import read

    disable_progress_bar()  # of loading weights
    with shown_plainly():
        study = read(config, preset or [])
        drawn = seed_of(study, seed)
        seeing, reading = perception_models(study, str(drawn)), reasoning_models(study)
        if not (perception and reasoning):
            run = default_run(study)
            perception, reasoning = perception or run.perception, reasoning or run.reasoning
        asked = Asked(
            image=image,
            text=question,
            options=tuple(option or ()),
            focus=focus or module(study.sizes[0], reading, study.folder),
            perception=module(perception, seeing, study.folder),
            reasoning=module(reasoning, reading, study.folder),
            mode="think" if think else "plain",
            seed=drawn,
        )
        if as_json:
            typer.echo(json.dumps(values(asked, list(steps_of(study, asked))), indent=1))
            return
        shown = text.Terminal(lambda words: typer.echo(words, nl=False), bool(asked.options))
        typer.echo(text.opening(asked))
        for step in steps_of(study, asked, listen=shown.listen):
            shown.show(step)


@app.command(
    epilog="Example: downscaling demo --perception extract-1.7B --reasoning 4B --reasoning 0.6B"
)
def demo(
    perception: Annotated[
        list[str] | None,
        typer.Option(help="What describes the image, as of ask: left, then right; once is both."),
    ] = None,
    reasoning: Annotated[
        list[str] | None,
        typer.Option(help="What answers, as of ask: left, then right; once is both."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Of 127.0.0.1; 0 takes one that is free.")
    ] = 7860,
    seed: Seed = None,
    preset: Preset = None,
    config: UnderPreset = Path("config.yaml"),
) -> None:
    """Serve a page on this machine alone that asks two pairs of modules one question side by side.
    Needs gradio.

    By default Extract+Think answers beside the baseline, of a finished default run.
    """
    from transformers.utils.logging import disable_progress_bar

    from .asking.demo import serve
    from .asking.modules import seed_of
    from .asking.offered import offer
    from .stages.modules import perception_models, reasoning_models
    from .study.load import read

    disable_progress_bar()  # of loading weights
    with shown_plainly():
        study = read(config, preset or [])
        drawn = seed_of(study, seed)
        seeing, reading = perception_models(study, str(drawn)), reasoning_models(study)
        offered = offer(study, seeing, reading, perception or (), reasoning or (), drawn)
        serve(study, offered, port, typer.echo)


@app.command(epilog="Example: downscaling parse-answers replies.csv")
def parse_answers(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="Columns reply, and options separated by |.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show which option each answer parser reads in replies of your own."""
    from .scoring import tried

    with shown_plainly():
        readings = tried.read(file)
    values = [reading.values() for reading in readings]
    typer.echo(json.dumps(values, indent=1) if as_json else tried.table(readings))


def _say(line: str) -> None:
    typer.echo(line, err=True)
