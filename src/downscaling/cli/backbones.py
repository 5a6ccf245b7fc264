"""Backbones: shipped, pretrained or converted; the vision tower probed and its features kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..records.files import read
from ..records.rows import Sample
from ..runtime.run_record import recorded
from .verb import Gpus, Out, Params, Paths, Root, compute_on, plainly, progress_line

app = typer.Typer()


@app.command()
def backbone(name: str, shipped: Annotated[Path, typer.Option()], out: Out) -> None:
    """Copy a shipped backbone after its digest was checked."""
    from ..miniature import shelf

    with plainly(), recorded("backbone", None, [shipped / name], out):
        shelf.take(shipped, name, out)


@app.command()
def pretrain(name: str, out: Out, params: Params, gpus: Gpus = 0) -> None:
    """Pretrain a language model of the miniature's ladder, or its vision tower."""
    compute_on(gpus)
    from ..miniature import pretraining
    from ..study import settings

    with plainly(), recorded("pretrain", params, [], out):
        if name == "tower":
            tower = settings.Tower.model_validate_json(params)
            with progress_line("pretrain tower", tower.steps) as progress:
                pretraining.pretrain_tower(tower, out, progress)
        else:
            language = settings.LanguageModel.model_validate_json(params)
            with progress_line(f"pretrain {name}", language.steps) as progress:
                pretraining.pretrain_language_model(language, out, progress)


@app.command()
def shelve(backbones: Annotated[Path, typer.Option()], out: Out) -> None:
    """Put pretrained backbones on the shelf that ships with the repository, with their digests."""
    from ..miniature import shelf

    with plainly():
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
    from ..models.converters.llava_next import convert as run

    with plainly(), recorded("convert", None, [checkpoint], out):
        run(checkpoint, out, backbone, tower)


@app.command()
def convert_internvl(
    checkpoint: Annotated[Path, typer.Option(help="Folder of an InternVL 2.5 as published.")],
    form: Annotated[
        Path,
        typer.Option(help="Folder of the same shape in transformers' form; no weights needed."),
    ],
    out: Out,
) -> None:
    """Turn a published InternVL 2.5 into a transformers folder; no weight may be left."""
    from ..models.converters.internvl import convert_internvl as run

    with plainly(), recorded("convert-internvl", None, [checkpoint, form], out):
        run(checkpoint, form, out)


@app.command()
def probe(tower: Annotated[Path, typer.Option()], out: Out, params: Params, gpus: Gpus = 0) -> None:
    """Probe what the vision tower's features tell of shapes, colours and digits."""
    compute_on(gpus)
    from ..miniature.probe import probe as run
    from ..study.settings import Probe

    with plainly(), recorded("probe", params, [tower], out):
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
    compute_on(gpus)
    from ..study.settings import Features
    from ..training.features import compute_features

    settings = Features.model_validate_json(params)
    with plainly(), recorded("features", params, [tower, *samples], out):
        found = (s for path in samples for s in read(path, Sample))
        images = sorted({image for sample in found for image in sample.images})
        with progress_line("features", len(images)) as progress:
            compute_features(tower, root, images, out, settings.batch_size, progress)
