"""`python -m downscaling` is the command `downscaling`."""

from .cli import app

app(prog_name="downscaling")
