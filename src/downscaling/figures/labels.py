"""The names that a reader of the paper recognises, for the identifiers of the score tables."""

from __future__ import annotations

from collections.abc import Sequence

FAMILIES = {
    "ocrvqa": "OCR-VQA",
    "textvqa": "TextVQA",
    "scienceqa": "ScienceQA",
    "vqav2": "VQAv2",
    "gqa": "GQA",
    "vizwiz": "VizWiz",
    "imagenet": "ImageNet",
    "grounding": "Grounding",
    "spot-the-difference": "Spot-the-Difference",
    "image-edit": "Image Edit Instruction",
    "visual-story": "Visual Story Telling",
    "text-rich-vqa": "Text-rich VQA",
    "multi-image-vqa": "Multi-image VQA",
    "puzzle": "Puzzle",
    "perceptual-similarity": "Perceptual Similarity",
}
"""The fifteen families of the paper's Table 1: eight of one image, then seven of several."""

SINGLE_IMAGE = tuple(FAMILIES)[:8]

POINTS = "points"
"""The unit of differences between accuracies."""

BENCHMARKS = {"in-domain": "In-domain", "out-of-domain": "Out-of-domain"}
"""The paper's VMCBench subset and MMStar, by the part that they play."""

CATEGORIES = {
    "in-domain": {name: FAMILIES[name] for name in tuple(FAMILIES)[:6]},
    "out-of-domain": {
        "coarse perception": "Coarse perception",
        "fine-grained perception": "Fine-grained perception",
        "instance reasoning": "Instance reasoning",
        "logical reasoning": "Logical reasoning",
        "science & technology": "Science & technology",
        "math": "Math",
    },
}
"""The six columns that Table 2 gives for each benchmark, in its order."""

ABBREVIATIONS = {
    "coarse perception": "CP",
    "fine-grained perception": "FP",
    "instance reasoning": "IR",
    "logical reasoning": "LR",
    "science & technology": "ST",
    "math": "Math",
}
"""MMStar's own short names, as Table 2 prints them."""


def arrow(large: str, small: str) -> str:
    """A step from one model or size to a smaller one as readers write it, "8B → 0.6B"."""
    return f"{large} → {small}"


def step(sizes: Sequence[str]) -> str:
    """The step from the largest to the smallest size."""
    return arrow(sizes[0], sizes[-1])


def small(sizes: Sequence[str]) -> list[str]:
    """The two smallest sizes, smallest first: those that the paper carries to its Table 2."""
    return list(reversed(sizes))[:2]


def larger(sizes: Sequence[str], size: str) -> str | None:
    """The size one step above, or None for the largest."""
    place = sizes.index(size)
    return sizes[place - 1] if place else None
