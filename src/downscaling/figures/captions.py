"""Titles and captions of results, for the report."""

from __future__ import annotations

from .listed import FIGURES

FILES = {
    "tables/table2": (
        "Table 2",
        "The paper's Table 2: each accuracy with its interval and its number of questions, and "
        'behind a star what the paper prints. Rows whose source is "published only" were not run '
        "here: they hold the paper's numbers, of its own models and questions.",
    ),
    "tables/validity": (
        "Validity",
        "Whether the results are worth reading: each check with its value, its interval, the bar "
        "that it must pass, and whether it does. Training says what of training the interval "
        "holds.",
    ),
    "scores/scores": (
        "Scores",
        "Every number of the study, one a row. A run is a perception module, a reasoning module "
        'and a mode; "gold" is the true description, "end-to-end" a model that answers from the '
        "image itself. The parser is the rule by which answers were read. An interval holds the "
        "draw of questions, and of training what its column says: nothing where a model was seen "
        "once, else how far the seeds, or those of a reference, lie apart.",
    ),
    "scores/differences": (
        "Differences",
        "Differences between runs on the same questions: their interval holds a paired bootstrap "
        "over questions, and of training what its column says. "
        "An arrow reads: from one size to another.",
    ),
    "scores/parsers": (
        "Answer parsers",
        "How much the parsers of answers differ: accuracy of the same answers under each rule.",
    ),
    "scores/graded": (
        "Graded answers",
        "Every answer, a row for each run, seed and question: what each answer parser finds in it, "
        "and what that is worth.",
    ),
    "measured/costs": (
        "Costs",
        "What the jobs of each stage took on the machine of this run: it differs from run to run.",
    ),
}
"""Title and caption of each table, by its path under the preset's folder without suffix."""


def title(path: str) -> str:
    """The title of a result by its path under the preset's folder, without suffix; the file's own
    name where nothing is written about it."""
    return _of(path)[0]


def caption(path: str) -> str:
    """What a result shows, by the same path; "" where nothing is written about it."""
    return _of(path)[1]


def _of(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    if folder in ("figures", "measured/figures") and name in FIGURES:
        return FIGURES[name].title, FIGURES[name].caption
    return FILES.get(path, (name, ""))
