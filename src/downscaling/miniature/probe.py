"""A linear probe of the vision tower: what its features tell before a language model reads them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from statsmodels.stats.proportion import proportion_confint
from transformers import AutoModel

from ..models.finite import check_finite
from ..records.files import replacing
from .tower import pixels_of
from .world import Scene, scene

TRAINING, TESTING = 1500, 500  # pictures


@torch.inference_mode()
def probe(tower: Path, out: Path, seed: int) -> None:
    """Fit a logistic regression a property on each cell's feature and test it on other pictures.

    Writes JSON: for shape, color, size and each digit of a sign the accuracy over things (or signs)
    with its 95 % Wilson interval and n. Testing pictures use the handwriting that training never
    saw.
    """
    model = AutoModel.from_pretrained(tower, use_safetensors=True, trust_remote_code=False).eval()
    check_finite(model, tower)
    model = getattr(model, "vision_model", model)
    rng = random.Random(seed)
    pictures = {
        split: [scene(rng, split=split) for _ in range(count)]
        for split, count in (("train", TRAINING), ("test", TESTING))
    }
    features = {
        split: model(pixels_of(worlds), output_hidden_states=True).hidden_states[-1].numpy()
        for split, worlds in pictures.items()
    }
    results = {}
    for asked in ("shape", "color", "size", "digit 1", "digit 2"):
        x, y = _cells(pictures["train"], features["train"], asked)
        fitted = LogisticRegression(max_iter=2000).fit(x, y)
        x, y = _cells(pictures["test"], features["test"], asked)
        right = int((fitted.predict(x) == y).sum())
        low, high = proportion_confint(right, len(y), method="wilson")
        ends = {"low": float(low), "high": min(1.0, float(high))}
        results[asked] = {"value": right / len(y), **ends, "n": len(y)}
    with replacing(out) as temporary:
        temporary.write_text(json.dumps(results, indent=1) + "\n")


def _cells(worlds: list[Scene], features: np.ndarray, asked: str) -> tuple[np.ndarray, np.ndarray]:
    """Features (cells, width) of the cells that hold the property, and its values (cells,)."""
    occupied: list[tuple[np.ndarray, str]] = []
    for world, cells in zip(worlds, features, strict=True):
        if not asked.startswith("digit"):
            occupied += [(cells[thing.cell], getattr(thing, asked)) for thing in world.things]
        elif world.sign:
            occupied.append((cells[world.sign.cell], str(world.sign.digits[int(asked[-1]) - 1])))
    cell_features, values = zip(*occupied, strict=True)
    return np.stack(cell_features), np.array(values)
