"""Which of the study's own runs a printed accuracy is about.

Rows of Table 2 and figure 5 are models at sizes of the same name, at any scale.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from ..study.names import END_TO_END, Run
from . import Published, published

MODELS = {
    "Baseline end-to-end (Sec 3)": ("instruct", "image"),
    "Baseline decoupled (Sec 3.3)": ("instruct", "plain"),
    "Caption+Think": ("caption", "think"),
    "Extract+Think from scratch (dagger)": ("extract-scratch", "think"),
    "Extract+Think": ("extract", "think"),
    "Captioning": ("caption", "plain"),
    "Captioning + Visual Extraction Tuning": ("extract", "plain"),
}
"""Tuning and mode of the paper's own models, as `published.csv` names them."""

BENCHMARKS = {"VMCBench in-domain subset": "in-domain", "MMStar": "out-of-domain"}

CATEGORIES = {
    "OCR-VQA": "ocrvqa",
    "TextVQA": "textvqa",
    "ScienceQA": "scienceqa",
    "VQAv2": "vqav2",
    "GQA": "gqa",
    "VizWiz": "vizwiz",
    "CP": "coarse perception",
    "FP": "fine-grained perception",
    "IR": "instance reasoning",
    "LR": "logical reasoning",
    "ST": "science & technology",
    "Math": "math",
    "Average": "average",
}
"""The columns of Table 2, and the categories that scores have for them."""


def place(record: Published) -> tuple[Run, str, str]:
    """The run, benchmark and category whose accuracy the record prints.

    Raises KeyError if the record is about no model of this study.
    """
    tuning, mode = MODELS[record.model]
    reasoning = END_TO_END if mode == "image" else _size(record.reasoning)
    run = Run(f"{tuning}-{_size(record.perception)}", reasoning, mode)
    return run, BENCHMARKS[record.benchmark], CATEGORIES[record.metric]


@cache
def accuracies() -> dict[tuple[Run, str, str], float]:
    """Every printed accuracy of this study's own models, a fraction, by run, benchmark and
    category."""
    return {
        place(record): float(record.value / 100)
        for record in published()
        if record.model in MODELS and record.unit == "% accuracy"
    }


def _size(billions: Decimal | str | None) -> str:
    """The name of a size: 4.0 is 4B."""
    return f"{Decimal(billions or 0).normalize():f}B"
