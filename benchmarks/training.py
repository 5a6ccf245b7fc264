"""Steps a second of this checkout's tunings, beside those of an earlier commit and of transformers'
Trainer as it comes: in one run, alternately, with native arithmetic, on the default study's
mixture; and what portable arithmetic costs.

    python benchmarks/training.py --results results/miniature --rounds 2 --steps 30
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from downscaling.config.block import Numerics
from downscaling.runtime.numerics import environment

ROOT = Path(__file__).parents[1]
SIZES = ("8B", "4B", "1.7B", "0.6B")
BEFORE = "287ab95"
"""The last commit before tunings were made quicker."""


def main() -> None:
    """Measure, print a table of CPU milliseconds a step, ratios and losses, and save it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="of the default study")
    parser.add_argument("--tuning", default="single")
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--before", default=BEFORE, help="a commit")
    parser.add_argument("--out", type=Path, default=Path("training-benchmark.json"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        earlier = Path(folder)
        archive = subprocess.run(
            ["git", "archive", chosen.before], cwd=ROOT, check=True, capture_output=True
        )
        subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
        kinds: dict[str, tuple[Path, str, Numerics]] = {
            "now": (ROOT, "study", "native"),
            "before": (earlier, "study", "native"),
            "transformers": (earlier, "transformers", "native"),
            "now, portable": (ROOT, "study", "portable"),
        }
        table = {}
        for size in chosen.sizes:
            runs: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
            for _ in range(chosen.rounds):
                for kind, (code, trainer, numerics) in kinds.items():
                    runs[kind].append(_steps(code, chosen, size, trainer, numerics))
            table[size] = _row(runs)
            print(size, json.dumps(table[size]), flush=True)
    chosen.out.write_text(json.dumps(table, indent=1) + "\n")


def _steps(
    code: Path, chosen: argparse.Namespace, size: str, trainer: str, numerics: Numerics
) -> dict[str, Any]:
    """What `steps.py` measures with the package of the folder `code`, one thread."""
    measure = [ROOT / "benchmarks/steps.py", chosen.results.resolve(), chosen.tuning, size]
    done = subprocess.run(
        [sys.executable, *map(str, measure), str(chosen.steps), trainer, numerics],
        cwd=code,
        env=os.environ | environment(numerics, 1) | {"PYTHONPATH": str(code / "src")},
        check=True,
        capture_output=True,
        text=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _row(runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    cpu = {kind: median(run["cpu"] for run in measured) for kind, measured in runs.items()}
    pairs = zip(runs["now"][0]["losses"], runs["before"][0]["losses"], strict=True)
    return {
        "milliseconds": {kind: round(1000 * seconds, 1) for kind, seconds in cpu.items()},
        "times_before": round(cpu["before"] / cpu["now"], 2),
        "times_transformers": round(cpu["transformers"] / cpu["now"], 2),
        "portable_costs": round(cpu["now, portable"] / cpu["now"], 2),
        "largest_relative_difference_of_losses": max(abs(a / b - 1) for a, b in pairs),
    }


if __name__ == "__main__":
    main()
