"""The command `downscaling`: one verb a stage of the study, one file a group of them. Each verb
imports what is heavy when it runs."""

from __future__ import annotations

import typer

from . import backbones, costs, data, evaluation, scores, teacher, tuning, verdicts

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Stages of the study; the Snakefile runs them in order.",
)
for stage in (costs, data, backbones, tuning, teacher, evaluation, scores, verdicts):
    app.add_typer(stage.app)
