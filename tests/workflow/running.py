"""Snakemake, run as a user runs it, with its results in a folder of the test's own."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

HOME = Path(__file__).parents[2]


@dataclasses.dataclass(frozen=True)
class Run:
    """What Snakemake said and how it ended."""

    code: int
    text: str

    @property
    def jobs(self) -> Counter[str]:
        """How many jobs of each rule there are to do, without `all`."""
        tables = re.findall(r"^Job stats:\n.*?^total +\d+$", self.text, re.DOTALL | re.MULTILINE)
        rows = re.findall(r"^([\w.-]+) +(\d+)$", tables[0], re.MULTILINE) if tables else []
        return Counter({rule: int(n) for rule, n in rows if rule not in ("all", "total")})

    @property
    def messages(self) -> list[str]:
        """What each job says it does."""
        return sorted(re.findall(r"^Job \d+: (.*)$", self.text, re.MULTILINE))


def snakemake(folder: Path, *arguments: str, home: Path = HOME) -> Run:
    """Run the Snakefile in `home` with its results in `folder`."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(home / "Snakefile")]
    done = subprocess.run(
        [*command, "--directory", str(folder), *arguments],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout)


def preset(name: str) -> list[str]:
    """The options that pick a preset."""
    return [] if name == "miniature" else ["--configfile", str(HOME / f"presets/{name}.yaml")]


def changed(folder: Path, **groups: object) -> list[str]:
    """The options that lay an overlay over the smoke preset."""
    overlay = folder / "overlay.yaml"
    overlay.write_text(json.dumps(groups))
    return [*preset("smoke"), str(overlay)]
