"""The paper's numbers and claims, held against the study with several seeds that a reference keeps.

Its intervals hold what its own trainings vary, so it can say more than any of its runs.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from ..audit.document import Audit
from ..audit.measured import against_the_paper
from ..audit.terms import Tables
from ..config.configuration import parse
from ..config.difference import completed
from ..results.scores import Scores
from ..study.study import Study
from . import reference
from .rescore import score_tables


def audit_reference(folder: Path) -> Audit:
    """The audit of a reference's study. Counts of training samples are not in it: a reference keeps
    answers alone.

    Raises RecordError where the reference is missing or damaged.
    """
    known = reference.read(folder)
    configuration = parse(completed(known.configuration))
    study, parser = Study(configuration, folder), configuration.scores.parser
    with TemporaryDirectory() as scratch:
        out = Path(scratch)
        score_tables(folder, known.scoring, out)
        scores = Scores.read(out / "scores.csv", out / "differences.csv", parser)
    tables = Tables(scores, study.sizes, configuration.roles)
    return against_the_paper(tables, configuration.preset, parser, study.scale)
