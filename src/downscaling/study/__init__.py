"""The study as typed values: which models are tuned, which runs exist, and what each verb reads.

The only place that knows which runs exist. The workflow asks it for jobs; a verb gets its part as
one JSON object and reads it back with the type named here, so no verb sees the configuration.
"""

from .configuration import Sampling, schema
from .names import END_TO_END, FAMILIES, FIGURES, GOLD, Run
from .plan import MIRRORS, Study, environment, load
from .refusal import StudyError
from .settings import (
    Comparison,
    Converse,
    Evaluate,
    Features,
    LanguageModel,
    Observe,
    Perceive,
    Prepare,
    Probe,
    Reading,
    Reason,
    Render,
    Reporting,
    Scoring,
    Teach,
    Tower,
    Tuning,
    as_json,
)

__all__ = [
    "END_TO_END",
    "FAMILIES",
    "FIGURES",
    "GOLD",
    "MIRRORS",
    "Comparison",
    "Converse",
    "Evaluate",
    "Features",
    "LanguageModel",
    "Observe",
    "Perceive",
    "Prepare",
    "Probe",
    "Reading",
    "Reason",
    "Render",
    "Reporting",
    "Run",
    "Sampling",
    "Scoring",
    "Study",
    "StudyError",
    "Teach",
    "Tower",
    "Tuning",
    "as_json",
    "environment",
    "load",
    "schema",
]
