"""The call of Snakemake that makes results, for a user to copy."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from ..config import reading
from ..config.errors import ConfigError


def command(overlays: Sequence[Path], *targets: str) -> str:
    """The call that makes some targets of a study of these overlays, or all of it. Options stand
    before their targets."""
    files = ["--configfile", *map(str, overlays)] if overlays else []
    return shlex.join(["snakemake", "--cores", "all", *files, *targets])


def makes(target: str, folder: Path) -> str:
    """How to make a file of a preset's results whose overlays nobody named.

    folder: the Snakefile's; the overlays that it has are known by their names.
    """
    preset = Path(target).parts[1]
    overlays = _overlays(preset, folder)
    if overlays is None:
        return f"make {target} with snakemake and the overlays of the preset {preset}"
    return f"make it with: {command(overlays, target)}"


def _overlays(preset: str, folder: Path) -> list[Path] | None:
    """The overlays of a preset, in order; None where they are not among those of the folder."""
    overlay = Path("presets", f"{preset}.yaml")
    try:
        if reading.read(folder / "config.yaml").get("preset") == preset:
            return []
        values = reading.read(folder / overlay)
    except ConfigError:
        return None
    over = values.get("over")
    below = [Path(over)] if isinstance(over, str) else []
    return [*below, overlay] if values.get("preset") == preset else None
