"""Tuning: every stage that trains a vision-language model."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..records.files import read, seed_of
from ..records.rows import Sample
from ..runtime.run_record import recorded
from .verb import Gpus, Out, Params, Root, compute_together_on, plainly

if TYPE_CHECKING:
    from ..study.settings import Tuning

app = typer.Typer()


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
    from ..runtime.devices import place
    from ..study.settings import Tuning

    with plainly():
        compute_together_on(gpus)
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
            states = out.with_name(f".{out.name}.checkpoints-{seed_of(params):x}")
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

    from ..models.assemble import assemble, load_vision_language_model, save
    from ..runtime.devices import place
    from ..training.conversations import Conversations, draw
    from ..training.features import CachedTower, load_features
    from ..training.train import reporting, train

    if len(begin) == 1:
        model, preprocessor = load_vision_language_model(begin[0])
    else:
        language_model, tower = begin
        model, preprocessor = assemble(language_model, tower, settings.images, settings.seed)
    sets = [(read(path, Sample), share) for path, share in shares.items()]
    preprocessor.images = settings.images  # a tuning may tile where the one before did not
    held = load_features(features) if features else None
    conversations = Conversations(
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
        model.model.vision_tower = CachedTower(tower.config)
    reports = reporting(*told) if told else []
    outcome = train(model, conversations, settings, states, reports)
    if place():
        return {}
    model.model.vision_tower = tower
    for parameter in model.parameters():
        parameter.data = parameter.data.to(getattr(torch, settings.precision))
    save(model, preprocessor, out)
    # As the paper's Table 2 counts: samples with an image, the connector's stage left out.
    seen = sum(bool(s.images) for s in conversations.samples)
    seen = seen if settings.learning_rate.language_model else 0
    if len(begin) == 1:
        before = begin[0].with_name(f"{begin[0].name}.run.json")
        seen += json.loads(before.read_text())["visual_samples"]
    drawn = Counter(sample.set for sample in conversations.samples)
    kept = {"samples": len(conversations), "sets": dict(sorted(drawn.items()))}
    return {**kept, "visual_samples": seen, **outcome}
