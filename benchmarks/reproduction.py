"""How often `downscaling compare` errs, by simulation with known variances.

python benchmarks/reproduction.py [scores.csv]

Averages are drawn as they hang together in a study: a part of the variance between trainings is
common to all models of a size, a part to all averages of a model, the rest is each average's own.
Of the models in the score table five trainings are the reference, one is compared.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from downscaling.comparison.averages import averages
from downscaling.comparison.prediction import allowed_outside, far_level, half_width
from downscaling.records.rows import Score
from downscaling.results.tables import read_table
from downscaling.study.runs import GOLD

SEEDS, STUDIES = 5, 4000
SHARED = ((0.0, 0.0), (0.0, 0.5), (0.3, 0.3), (0.5, 0.3), (0.0, 0.8), (0.8, 0.0), (0.6, 0.4))
"""Shares of the variance: of a size, of a model."""
FALLS = (2, 3, 4, 6, 8, 10)
"""In standard deviations of one training."""
Mask = NDArray[np.bool_]


class Studies:
    """Simulated studies with the averages of a real one. `models` says whose each average is."""

    def __init__(self, models: list[str]) -> None:
        self.models = np.array(models)
        self.sizes = np.array([model.rpartition("-")[2] for model in models])

    def alarms(self, of_size: float, of_model: float, fall: NDArray[np.float64]) -> float:
        """How often a study is called not reproduced whose averages fall by so much."""
        draw = np.random.default_rng(0)
        own = 1 - of_size - of_model
        values = np.sqrt(max(own, 0)) * draw.standard_normal((STUDIES, SEEDS + 1, len(self.models)))
        for share, groups in ((of_size, self.sizes), (of_model, self.models)):
            names, whose = np.unique(groups, return_inverse=True)
            common = draw.standard_normal((STUDIES, SEEDS + 1, len(names)))
            values += np.sqrt(share) * common[:, :, whose]
        known, new = values[:, :SEEDS], values[:, SEEDS] - fall
        apart = np.abs(new - known.mean(axis=1)) / known.std(axis=1, ddof=1)
        near, far = (
            half_width(1.0, SEEDS, 1, SEEDS, 10**9, level)
            for level in (0.95, far_level(len(self.models)))
        )
        outside = (apart > near).sum(axis=1) > allowed_outside(self.models)
        return float((outside | (apart > far).any(axis=1)).mean())


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path("results/miniature/scores/scores.csv")
    parser.add_argument("scores", nargs="?", type=Path, default=default)
    rows = averages(read_table(parser.parse_args().scores, Score), "robust")
    models = [row.perception for row in rows if row.perception != GOLD]
    studies = Studies(models)
    total = len(models)
    print(
        f"{total} averages of {len(set(models))} models; {allowed_outside(models)} may be outside"
    )
    print("\nfalse alarms\nof a size  of a model  called not reproduced")
    for of_size, of_model in SHARED:
        alarms = studies.alarms(of_size, of_model, np.zeros(total))
        print(f"{of_size:<11}{of_model:<12}{alarms:.3f}")
    none = np.zeros(total, bool)
    first = none.copy()
    first[0] = True
    falls: dict[str, Mask] = {
        "all": ~none,
        "every second": np.arange(total) % 2 == 0,
        "the smallest size": studies.sizes == "0.6B",
        "extraction": np.char.startswith(studies.models, "extract"),
        "one average": first,
    }
    print(f"\npower, a size .3, a model .3\n{'what falls':20}", *(f"{d:>5} sd" for d in FALLS))
    for name, mask in falls.items():
        powers = [studies.alarms(0.3, 0.3, fall * mask) for fall in FALLS]
        print(f"{name:14}{int(mask.sum()):>6}", *(f"{power:8.2f}" for power in powers))


if __name__ == "__main__":
    main()
