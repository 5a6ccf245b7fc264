"""The study's fixed names: data sets, families, and what one run is called."""

from __future__ import annotations

from .runs import END_TO_END, GOLD, ReasoningJob, Run

__all__ = ["END_TO_END", "GOLD", "ReasoningJob", "Run"]

SINGLE_IMAGE = (
    *("ocrvqa", "textvqa", "scienceqa", "vqav2", "gqa", "vizwiz"),
    *("imagenet", "grounding"),
)
MULTI_IMAGE = (
    *("spot-the-difference", "image-edit", "visual-story", "text-rich-vqa", "multi-image-vqa"),
    *("puzzle", "perceptual-similarity"),
)
FAMILIES = SINGLE_IMAGE + MULTI_IMAGE
"""The fifteen families of the paper's Table 1."""

SETS = {
    "coin": SINGLE_IMAGE,
    "m4": MULTI_IMAGE,
    "blip558k": ("blip558k",),
    "allava": ("allava",),
}
"""Which published data set each training set comes from."""

EXTRACTION = "extraction"
"""The extraction data: written by the teacher, or, where rows of it are asked for, as released."""

PUBLISHED_SETS = SETS | {
    "nights": ("nights",),
    "pieapp": ("pieapp",),
    "vet-382k": (EXTRACTION,),
}
"""The same where nothing is rendered: M4-Instruct, as published, lacks a part of one family."""

TESTS = {"coin": SINGLE_IMAGE, "m4": MULTI_IMAGE}
"""Which data set the test questions of each family come from, where all is rendered."""

PUBLISHED_TESTS = {"coin": SINGLE_IMAGE, "interleave-bench": MULTI_IMAGE}
"""The same as published: M4-Instruct itself has no test rows."""

TRUTH = {"vmcbench": "in-domain", "mmstar": "out-of-domain"}
"""Where the miniature's truth about each published benchmark lies, in `truth/`."""

INSTRUCT, CAPTION = "instruct", "caption"
EXTRACT, SCRATCH = "extract", "extract-scratch"

FAMILY_STEPS = (("internvl2.5-8b", "internvl2.5-2b"), ("gemma3-12b", "gemma3-4b"))
"""Perception modules of other families, the larger first, that the paper's Table A1 compares: the
names under which a configuration runs them."""
