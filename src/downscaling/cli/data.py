"""Data: rendered, or pinned, fetched and read from the published layouts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ..records.files import RecordError
from ..runtime.run_record import recorded
from .verb import Params, plainly

app = typer.Typer()

Lock = Annotated[
    Path, typer.Option(envvar="DOWNSCALING_LOCK", help="The lock of revisions and digests.")
]


@app.command()
def render(
    raw: Annotated[Path, typer.Option()], truth: Annotated[Path, typer.Option()], params: Params
) -> None:
    """Render the miniature's data sets in their published layouts, and the truth about them."""
    from ..miniature import layouts
    from ..study.settings import Render

    with plainly(), recorded("render", params, [], truth):
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
    from ..catalogue import sources as registry
    from ..data import pinning

    sources = registry.load()
    failed = 0
    for name in names or [name for name, source in sources.items() if source.hub]:
        try:
            made = pinning.pin(name, lock, scratch, _say, sources)
            _say(f"{name}: pinned, {len(made.files)} files, {made.bytes:,} bytes")
        except RecordError as error:
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

    from ..data import fetching
    from ..study.plan import MIRRORS

    mirror = mirror or json.loads(os.environ.get(MIRRORS, "{}")).get(name, "")
    with plainly(), recorded("fetch", None, [], out) as about:
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
    from ..catalogue import benchmarks, datasets
    from ..data.prepare import Draw, Places, prepare_benchmark, prepare_test, prepare_train
    from ..study.settings import Prepare

    settings = Prepare.model_validate_json(params)
    folders = _named(images)
    root = source.absolute().parent.parent
    share = settings.missing_share

    def places(records: Path) -> Places:
        return Places(source, root, records, records.with_name(f"{records.stem}.missing.csv"))

    with plainly():
        for set_name, out in _named(train).items():
            training = datasets.load()[source.name].training[set_name]
            draw = Draw(settings.train.get(set_name), settings.seed)
            with recorded("prepare", params, [], out):
                prepare_train(set_name, training, places(out), draw, share)
        for test_name, out in _named(test).items():
            with recorded("prepare", params, [], out):
                if source.name in benchmarks.load():
                    entry = benchmarks.load()[source.name]
                    cells = benchmarks.cells_of(entry, settings.benchmarks[test_name])
                    with tempfile.TemporaryDirectory() as scratch:
                        prepare_benchmark(
                            test_name,
                            source.name,
                            entry.reader,
                            cells,
                            places(out),
                            folders[test_name],
                            Path(scratch),
                        )
                else:
                    questions = datasets.load()[source.name].questions[test_name]
                    draw = Draw(settings.test.get(test_name), settings.seed)
                    prepare_test(test_name, questions, places(out), draw, share)


def _named(pairs: list[str]) -> dict[str, Path]:
    """NAME=PATH options as a dictionary."""
    return {name: Path(path) for name, _, path in (pair.partition("=") for pair in pairs)}
