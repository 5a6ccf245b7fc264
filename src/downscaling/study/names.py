"""The study's fixed names: data sets, families, and what one run is called."""

from __future__ import annotations

from ..catalogue import benchmarks, datasets
from .runs import END_TO_END, GOLD, ReasoningJob, Run

__all__ = ["END_TO_END", "GOLD", "ReasoningJob", "Run"]

SINGLE_IMAGE = datasets.tested_families(rendered=False)["coin"]
MULTI_IMAGE = datasets.tested_families(rendered=False)["interleave-bench"]
FAMILIES = datasets.families()
"""The fifteen families of the paper's Table 1."""

SETS = datasets.training_sets(rendered=True)
"""Which published data set each training set comes from."""

EXTRACTION = "extraction"
"""The extraction data: written by the teacher, or, where rows of it are asked for, as released."""

PUBLISHED_SETS = datasets.training_sets(rendered=False)
"""The same where nothing is rendered: M4-Instruct, as published, lacks a part of one family."""

TESTS = datasets.tested_families(rendered=True)
"""Which data set the test questions of each family come from, where all is rendered."""

PUBLISHED_TESTS = datasets.tested_families(rendered=False)
"""The same as published: M4-Instruct itself has no test rows."""

TRUTH = {name: entry.truth for name, entry in benchmarks.load().items() if entry.truth}
"""Where the miniature's truth about each published benchmark lies, in `truth/`."""

INSTRUCT, CAPTION = "instruct", "caption"
EXTRACT, SCRATCH = "extract", "extract-scratch"

FAMILY_STEPS = (("internvl2.5-8b", "internvl2.5-2b"), ("gemma3-12b", "gemma3-4b"))
"""Perception modules of other families, the larger first, that the paper's Table A1 compares: the
names under which a configuration runs them."""
