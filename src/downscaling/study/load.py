"""The study that a configuration describes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..config import reading
from ..config.configuration import REMOVED, parse
from ..config.errors import ConfigError
from .checks import problems
from .study import Study


def load(values: Mapping[str, Any], folder: Path, files: Iterable[Path] = ()) -> Study:
    """The study that a configuration describes.

    Args:
        values: what the configuration's files say, merged.
        folder: the Snakefile's, from which relative paths start.
        files: those files, of which Snakemake, where a key stands twice, takes the last.

    Raises:
        ConfigError: the first key that is wrong or asks for the impossible, in one line.
    """
    given = [reading.read(file) for file in files]
    _check_below(values, folder)
    _check_removed(values, given)
    study = Study(parse(values), folder)
    for problem in problems(study):
        raise ConfigError(f"config: {problem}")
    return study


def read(configuration: Path, overlays: Sequence[Path] = ()) -> Study:
    """The study of a configuration file with overlays, without Snakemake.

    Raises:
        ConfigError: a file is missing or damaged, and as `load`.
    """
    if not configuration.exists():
        raise ConfigError(
            f"{configuration}: no such file; run this in the root of the clone, or name --config"
        )
    default = reading.read(configuration)
    above: Mapping[str, Any] = {}
    for path in overlays:
        shipped = Path("presets", f"{path.stem}.yaml")
        if not path.exists() and shipped.is_file():
            raise ConfigError(f"{path}: no such file; did you mean {shipped}?")
        if path.is_dir():
            raise ConfigError(f"{path}: a folder; allowed: an overlay, such as presets/gpu.yaml")
        above = merged(above, reading.read(path))
    # Snakemake's way: keys of overlays come first, and the order of data sets is one of keys.
    values = merged(merged(above, default), above)
    return load(values, configuration.resolve().parent, (configuration, *overlays))


def _check_below(values: Mapping[str, Any], folder: Path) -> None:
    """Raise ConfigError for an overlay without the preset over which it has to lie, `over`: a key
    of that is not there, or it lies above."""
    over, preset = values.get("over"), values.get("preset")
    if not isinstance(over, str):
        return
    below = reading.read(folder / over)
    is_above = preset == below.get("preset")
    if is_above or not _holds(values, below):
        overlay = "the overlay" if is_above else f"presets/{preset}.yaml"
        raise ConfigError(
            f"config: over: {overlay} lies over {over}, which is not below it; give both, in this "
            f"order: --configfile {over} {'OVERLAY' if is_above else overlay}"
        )


def _check_removed(values: Mapping[str, Any], given: Sequence[Mapping[str, Any]]) -> None:
    """Raise ConfigError for a benchmark that is removed and that none of the files, if any, has."""
    benchmarks = values.get("benchmarks")
    if not given or not isinstance(benchmarks, Mapping):
        return
    groups = [group for file in given if isinstance(group := file.get("benchmarks"), Mapping)]
    known = [name for group in groups for name, value in group.items() if value not in REMOVED]
    for name, value in benchmarks.items():
        if value in REMOVED and name not in known:
            raise ConfigError(
                f"config: benchmarks.{name}: given null, and there is none to remove; allowed: "
                f"null for {', '.join(dict.fromkeys(known))}"
            )


def _holds(values: Mapping[str, Any], below: Mapping[str, Any]) -> bool:
    """Whether all keys of a preset are there, whatever their values are."""
    for key, value in below.items():
        if key not in values:
            return False
        above = values[key]
        if isinstance(value, Mapping) and isinstance(above, Mapping) and not _holds(above, value):
            return False
    return True


def check_command(arguments: Sequence[str]) -> None:
    """Refuse a call of Snakemake that names, behind --configfile, a file which `read` refuses: ends
    the process with one line, before Snakemake looks into the file."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", type=Path, default=[])
    for file in parser.parse_known_args(arguments)[0].configfile:
        try:
            reading.read(file)
        except ConfigError as error:
            sys.exit(str(error))


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """An overlay over a configuration, as Snakemake lays it: groups of keys are merged, everything
    else is replaced."""
    values = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(values.get(key), Mapping)
        values[key] = merged(values[key], value) if both else value
    return values
