"""What a study will cost, before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .verb import plainly

app = typer.Typer()


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

    from ..planning.presets import read
    from ..planning.report import estimate as planning_estimate

    with plainly():
        planned = read(config, presets or [])
        estimate = planning_estimate(planned, config.resolve().parent, utilisation, recompute)
        typer.echo(json.dumps(estimate.values(), indent=1) if json_ else estimate.text())
