"""Which run a printed accuracy is about.

Rows of Table 2 and figure 5 about the study's own models are those at sizes of the same name, at
any scale. Rows about other groups' models are runs under the names given here, if a configuration
makes them. What the paper prints of a model is also about the checkpoint that its authors released.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from functools import cache

from ..catalogue.paper_numbers import Published, published
from ..config.roles import Roles, Step
from ..study.runs import END_TO_END, Run

INSTRUCT, CAPTION = "instruct", "caption"
EXTRACT, SCRATCH = "extract", "extract-scratch"
ROLES = {
    "baseline": INSTRUCT,
    "caption": CAPTION,
    "extraction": EXTRACT,
    "extraction-scratch": SCRATCH,
}
"""The names under which the paper's own models stand here, by their roles in a configuration."""

FAMILY_STEPS = {
    "internvl": ("internvl2.5-8b", "internvl2.5-2b"),
    "gemma": ("gemma3-12b", "gemma3-4b"),
    "llava-onevision": ("llava-onevision-7b", "llava-onevision-0.5b"),
    "qwen2": ("qwen2-7b", "qwen2-0.5b"),
}
"""The same of models of other groups, the larger first."""

MODELS = {
    "Baseline end-to-end (Sec 3)": (INSTRUCT, "image"),
    "Baseline decoupled (Sec 3.3)": (INSTRUCT, "plain"),
    "Caption+Think": (CAPTION, "think"),
    "Extract+Think from scratch (dagger)": (SCRATCH, "think"),
    "Extract+Think": (EXTRACT, "think"),
    "Captioning": (CAPTION, "plain"),
    "Captioning + Visual Extraction Tuning": (EXTRACT, "plain"),
}
"""Tuning and mode of the paper's own models, as `catalogue/paper/numbers.csv` names them."""

OTHERS = {
    "llava_ov_05b": Run("llava-onevision-0.5b", END_TO_END, "image"),
    "internvl25_1b": Run("internvl2.5-1b", END_TO_END, "image"),
    "smolvlm": Run("smolvlm", END_TO_END, "image"),
    "prism_18_70": Run("prism-1.8b", "llama3-70b", "plain"),
    "prism_70_70": Run("prism-7b", "llama3-70b", "plain"),
}
"""The runs of other groups' models, by their rows of Table 2, as the ids of its cells name them."""

STEPS = {"ta1.internvl": FAMILY_STEPS["internvl"], "ta1.gemma3": FAMILY_STEPS["gemma"]}
"""The perception modules of other families behind each row of Table A1, the larger first."""

RELEASED = "released-"
"""Begins the name of a checkpoint that the authors released, before that of its tuning."""

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


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of the paper's Table 2. `model` is as the paper's numbers name it, sizes are "1.7B"
    ("" where one model does both), `visual_samples` as printed; `run` is what would measure it."""

    model: str
    perception: str
    reasoning: str
    visual_samples: str
    run: Run
    is_own: bool
    """of a model of this study"""


def is_placed(record: Published) -> bool:
    """Whether a printed number is the accuracy of a run that a configuration can make."""
    return record.unit == "% accuracy"


def place(record: Published) -> tuple[Run, str, str]:
    """The run, benchmark and category whose accuracy the record prints.

    Raises KeyError if the record is no accuracy.
    """
    return _run(record), BENCHMARKS[record.benchmark], CATEGORIES[record.metric]


@cache
def accuracies() -> dict[tuple[Run, str, str], float]:
    """Every printed accuracy, a fraction, by run, benchmark and category."""
    return {place(record): float(record.value / 100) for record in published() if is_placed(record)}


@cache
def table_2() -> tuple[Row, ...]:
    """The rows of the paper's Table 2, in its order."""
    rows = {
        _run(record): Row(
            record.model,
            _size(record.perception),
            _size(record.reasoning) if record.reasoning else "",
            record.visual_samples,
            _run(record),
            record.model in MODELS,
        )
        for record in published()
        if record.source == "Table 2"
    }
    return tuple(rows.values())


def printed_as(run: Run) -> Run:
    """The run under whose name the paper prints a run's numbers."""
    return dataclasses.replace(run, perception=run.perception.removeprefix(RELEASED))


def released(run: Run) -> Run:
    """The same run with the released checkpoint in place of the model that was tuned here."""
    return dataclasses.replace(run, perception=f"{RELEASED}{run.perception}")


def named_here(run: Run, roles: Roles) -> Run:
    """A run of a study under the names that stand here for the models which play its roles."""
    return Run(_named(run.perception, roles), _named(run.reasoning, roles), run.mode)


def _named(module: str, roles: Roles) -> str:
    for role, player in roles.bound().items():
        if isinstance(player, Step) and module in (player.large, player.small):
            return FAMILY_STEPS[role][module == player.small]
    known = roles.role_of(module)
    if known is None:
        return module
    role, size = known
    begins = RELEASED if role.startswith(RELEASED) else ""
    return f"{begins}{ROLES[role.removeprefix(RELEASED)]}-{size}"


def _run(record: Published) -> Run:
    if record.model not in MODELS:
        return OTHERS[record.id.split(".")[1]]
    tuning, mode = MODELS[record.model]
    reasoning = END_TO_END if mode == "image" else _size(record.reasoning)
    return Run(f"{tuning}-{_size(record.perception)}", reasoning, mode)


def _size(billions: Decimal | str | None) -> str:
    """The name of a size: 4.0 is 4B."""
    return f"{Decimal(billions or 0).normalize():f}B"
