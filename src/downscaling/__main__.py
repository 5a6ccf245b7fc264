"""`python -m downscaling` is the command `downscaling`."""

from downscaling.cli import app

app(prog_name="downscaling")
