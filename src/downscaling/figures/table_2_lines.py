"""The lines and columns of the paper's Table 2, and the run behind each line."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ..config.roles import Roles
from ..results.reference import table_2
from ..results.scores import Scores
from ..study.runs import END_TO_END as WHOLE
from ..study.runs import Run
from . import labels
from .printed import RELEASED, printed_as

END_TO_END = "End-to-end baseline"
DECOUPLED = "Decoupled baseline"
CAPTION_THINK = "Caption+Think"
SCRATCH = "Extract+Think from scratch"
EXTRACT_THINK = "Extract+Think"

THINKING = {
    CAPTION_THINK: "caption",
    SCRATCH: "extraction-scratch",
    EXTRACT_THINK: "extraction",
}
"""The role of the perception module of each model that thinks."""

MODELS = {
    "Baseline end-to-end (Sec 3)": END_TO_END,
    "Baseline decoupled (Sec 3.3)": DECOUPLED,
    "Extract+Think from scratch (dagger)": SCRATCH,
}
"""What the paper's models are called here, where that is not their name in the list of what the
paper prints up to a bracket."""

AVERAGE = {name: f"{name} average" for name in labels.BENCHMARKS}
COLUMNS = tuple(
    (benchmark, category, category if category != "average" else AVERAGE[benchmark])
    for benchmark, categories in labels.CATEGORIES.items()
    for category in (*categories, "average")
)
"""Benchmark, category and column name of the fourteen accuracies."""


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the table: its model and sizes (`reasoning` is "" where one model does both), the
    run behind it, and the run under whose name the reference keeps what the paper prints for it.
    `tuning` is "" for a model that was not tuned here."""

    model: str
    perception: str
    reasoning: str
    run: Run
    printed: Run
    tuning: str = ""

    @property
    def title(self) -> str:
        """The line in one piece."""
        sizes = "/".join(filter(None, (self.perception, self.reasoning)))
        return f"{self.model} {sizes}"


def lines(sizes: Sequence[str], roles: Roles) -> list[Line]:
    """The lines that may be measured, top to bottom as in the paper.

    Of the study's own models they are those that sizes and roles give: a reasoner is one step
    larger than its perception module, as in 0.6B/1.7B and 1.7B/4B. The paper's decoupled baseline
    pairs both small sizes with the larger of these reasoners; the matched pair is listed as well. A
    released checkpoint follows the models that it is one of.
    """
    small = labels.small(sizes)
    pairs = [(size, above) for size in small if (above := labels.larger(sizes, size))]
    decoupled = {*pairs, *((size, pairs[-1][1]) for size, _ in pairs)} if pairs else set()
    by_size = sorted(decoupled, key=lambda pair: (small.index(pair[0]), -sizes.index(pair[1])))
    others = [line for line, is_own in _paper() if not is_own]
    listed = [line for line in others if not line.reasoning]
    listed += _own(END_TO_END, "baseline", [(size, "") for size in small], "image", roles)
    listed += [line for line in others if line.reasoning]
    listed += _own(DECOUPLED, "baseline", by_size, "plain", roles)
    for model, role in THINKING.items():
        listed += _own(model, role, pairs, "think", roles)
        listed += _own(f"{model}, released", f"{RELEASED}{role}", pairs, "think", roles)
    return listed


def unmeasured(measured: Sequence[Line]) -> list[Line]:
    """The lines of the paper that none of the measured ones is about."""
    about = {line.printed for line in measured}
    return [line for line, _ in _paper() if line.printed not in about]


def measured(scores: Scores, sizes: Sequence[str], roles: Roles) -> list[Line]:
    """The lines of which some cell was measured."""
    return [
        line
        for line in lines(sizes, roles)
        if any(scores.accuracy(line.run, benchmark, item) for benchmark, item, _ in COLUMNS)
    ]


def _own(
    model: str, role: str, pairs: Sequence[tuple[str, str]], mode: str, roles: Roles
) -> list[Line]:
    """The lines of a model of the study, none where nothing plays its role."""
    if role not in roles.bound():
        return []
    found = []
    for perception, reasoning in pairs:
        module = roles.module(role, perception)
        run = Run(module, reasoning or WHOLE, mode)
        tuning = "" if role.startswith(RELEASED) else module.removesuffix(f"-{perception}")
        found.append(Line(model, perception, reasoning, run, printed_as(run, roles), tuning))
    return found


def _paper() -> list[tuple[Line, bool]]:
    """The lines of the paper, and whether each is of a model of the study."""
    return [
        (
            Line(
                MODELS.get(row.model, row.model.split(" (")[0]),
                row.perception,
                row.reasoning,
                row.run,
                row.run,
            ),
            row.is_own,
        )
        for row in table_2()
    ]
