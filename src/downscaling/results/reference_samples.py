"""Which training samples of a run a printed count is of.

A count is named by its id in `published.csv`; or, as in `claims.csv`, by a row of Table 2
(`t2.et_06_17.visual_samples`, in millions).
"""

from __future__ import annotations

import dataclasses

from ..catalogue.datasets import tested_families
from ..catalogue.paper_numbers import published
from .reference import MODELS, place

THOUSAND, MILLION = 1_000, 1_000_000
SINGLE_IMAGE = tested_families(rendered=False)["coin"]
MULTI_IMAGE = tested_families(rendered=False)["interleave-bench"]

_SINGLE = {
    "t1.si.OCR-VQA": "ocrvqa",
    "t1.si.VQAv2": "vqav2",
    "t1.si.ImageNet": "imagenet",
    "t1.si.VizWiz": "vizwiz",
    "t1.si.Grounding": "grounding",
    "t1.si.ScienceQA": "scienceqa",
    "t1.si.TextVQA": "textvqa",
    "t1.si.GQA": "gqa",
}
_MULTI = {
    "t1.mi.Spot-the-Difference": ("spot-the-difference",),
    "t1.mi.Text-rich": ("text-rich-vqa",),
    "t1.mi.Image": ("image-edit",),
    "t1.mi.Multi-image": ("multi-image-vqa",),
    "t1.mi.Visual": ("visual-story",),
    "t1.mi.Puzzle": ("puzzle",),
    "t1.mi.Perceptual": ("perceptual-similarity", "nights", "pieapp"),
}


@dataclasses.dataclass(frozen=True)
class Count:
    """The samples of a tuning: those of some sets, or all. Or, where `visual`, those with an image
    of this tuning and of those before it, the connector's left out. `unit` is how many make 1."""

    tuning: str
    sets: tuple[str, ...] = ()
    visual: bool = False
    unit: int = THOUSAND


COUNTS = {
    **{id: Count("single", (name,)) for id, name in _SINGLE.items()},
    **{id: Count("instruct", names) for id, names in _MULTI.items()},
    "data.si_total": Count("single"),
    "data.mi_total": Count("instruct", (*MULTI_IMAGE, "nights", "pieapp")),
    "data.mi_replay": Count("instruct", SINGLE_IMAGE),
    "data.blip": Count("connector"),
    "data.allava": Count("caption"),
    "data.vet": Count("extract"),
    **{
        f"{record.id.removesuffix('.in.avg')}.visual_samples": Count(
            place(record)[0].perception.rpartition("-")[0], visual=True, unit=MILLION
        )
        for record in published()
        if record.id.startswith("t2.") and record.id.endswith(".in.avg") and record.model in MODELS
    },
}
"""Every printed count that a run keeps, by its name."""
