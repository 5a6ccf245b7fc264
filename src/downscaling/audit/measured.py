"""A run against the paper: its published numbers and claims, beside what was measured.

A statement of a claim is read as in `printed`, but its names are now what the run gives. Rows of
Table 2 and figure 5 are models of the same name, in per cent (`results.reference`); where the
authors' own checkpoint was run as well, a number has a second entry, `.released`.
`unprinted.<tuning>-<size>.<reasoning>.<mode>.<benchmark>.<category>` is any other accuracy, a
fraction: `each` stands for the mean over every size, and a category is named as in Table 2. Counts
of training samples are those that the tunings of the run keep (`results.reference_samples`).
"""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from fractions import Fraction

from ..catalogue.paper_numbers import Claim, Published, claims, published
from ..results.estimate import REFERENCE, SEEDS, SEEN_ONCE
from ..results.reference import CATEGORIES, STEPS, is_placed, place, released
from ..results.reference_samples import COUNTS
from ..study.runs import Run
from .document import Audit, ClaimEntry, Entry
from .hypothesis import ALPHA, Hypothesis, holm
from .printed import UNPRINTED, printed, statements
from .statements import Statement, evaluate
from .terms import COUNTED, AccuracyKey, NotMeasuredError, Tables, Term
from .verdicts import (
    TOLERANCES,
    Measured,
    judge_claim,
    judge_count,
    judge_measured,
)

RELEASED = ".released"
"""Ends the id of a number that the authors' own checkpoint is held against."""

TRAININGS = {
    SEEDS: "Models were trained with several seeds: their intervals hold how far trainings lie "
    "apart, and the draw of questions.",
    REFERENCE: "How far trainings lie apart comes from a reference of several seeds: intervals of "
    "trained models hold it, and the draw of questions.",
    SEEN_ONCE: "Models were trained once, and how far trainings lie apart is not known: their "
    "intervals hold the draw of questions alone, another training may say otherwise, and no "
    "verdict on them goes beyond what was seen in one training run.",
}
"""What an audit says of its intervals, by what of training they hold."""

MINIATURE, FULL, REHEARSAL = "miniature", "published", "rehearsal"
"""Scales: at the published one numbers are judged, in the miniature only directions, in a rehearsal
nothing."""

_SAMPLES = ".visual_samples"
FRACTION = "fraction accuracy"
"""The unit of accuracies as the paper's figures print some, and score tables all."""

_ACCURACY = re.compile(
    r"unprinted\.(?P<tuning>[a-z-]+)-(?P<size>[\d.]+B|each)\.(?P<reasoning>[\d.]+B|each|end-to-end)"
    r"\.(?P<mode>[a-z]+)\.(?P<benchmark>[a-z-]+)\.(?P<category>[\w-]+)"
)


@dataclasses.dataclass
class _Draft:
    """An entry that waits for the other tests: `hypothesis` is None where nothing is tested."""

    entry: Entry
    hypothesis: Hypothesis | None = None


def against_the_paper(tables: Tables, preset: str, parser: str, scale: str) -> Audit:
    """The audit of a run. `scale` is `MINIATURE`, `FULL` or `REHEARSAL`.

    Raises ValueError for another scale, and for a claim whose statement cannot be read.
    """
    scales = (MINIATURE, FULL, REHEARSAL)
    if scale not in scales:
        raise ValueError(f"scale: given {scale!r}; allowed: {', '.join(map(repr, scales))}")
    reading = _Reading(tables, scale)
    numbers = [draft for record in published() for draft in reading.number(record)]
    parts = {claim.id: reading.claim(claim) for claim in claims()}
    drafts = [draft for drafted in parts.values() for draft in drafted]
    entries = iter(_judged(drafts, len(tables.seeds)))
    return Audit(
        preset=preset,
        scale=scale,
        parser=parser,
        seeds=tables.seeds,
        claim_tests=_tests(drafts),
        number_tests=_tests(numbers),
        alpha=ALPHA,
        caution=_caution(scale, _kinds(drafts + numbers)),
        claims=[_claim(claim, [next(entries) for _ in parts[claim.id]]) for claim in claims()],
        numbers=_judged(numbers, len(tables.seeds)),
    )


def _tests(drafts: list[_Draft]) -> int:
    return sum(draft.hypothesis is not None for draft in drafts)


def _kinds(drafts: list[_Draft]) -> set[str]:
    """What of training the tested intervals hold."""
    return {draft.entry.training for draft in drafts if draft.hypothesis}


def _caution(scale: str, kinds: set[str]) -> str:
    """What a reader has to know before the verdicts."""
    says = []
    if scale == MINIATURE:
        says.append(
            "This is a small world with models of its own: only the direction of a claim is judged "
            "here, and a verdict holds for this world, not for the published study."
        )
    if scale == REHEARSAL:
        says.append(
            "This is a rehearsal: steps or questions are bounded, so that its numbers mean "
            "nothing, and nothing is judged."
        )
    says += [TRAININGS[kind] for kind in TRAININGS if kind in kinds]
    return " ".join(says)


def _claim(claim: Claim, parts: list[Entry]) -> ClaimEntry:
    return ClaimEntry(
        id=claim.id,
        text=claim.text,
        verdict=judge_claim(part.verdict for part in parts),
        parts_run=sum(part.verdict != Measured.NOT_RUN for part in parts),
        parts_reproduced=sum(part.verdict == Measured.REPRODUCED for part in parts),
        note=claim.note,
        parts=parts,
    )


def _judged(drafts: list[_Draft], seeds: int) -> list[Entry]:
    """The entries with the verdicts of those that are tested, which are corrected together."""
    tests = _tests(drafts)
    corrected = iter(holm([draft.hypothesis.p for draft in drafts if draft.hypothesis]))
    entries = []
    for draft in drafts:
        known: dict[str, object] = {}
        if draft.hypothesis:
            known["p"] = p = next(corrected)
            known["verdict"] = verdict = judge_measured(draft.hypothesis, p)
            if verdict == Measured.INCONCLUSIVE:
                known["answers_needed"] = draft.hypothesis.answers_needed(tests)
                known["seeds_needed"] = draft.hypothesis.seeds_needed(tests, seeds)
        entries.append(draft.entry.model_copy(update=known))
    return entries


class _Reading:
    """Names, statements and numbers, as a run gives them."""

    def __init__(self, tables: Tables, scale: str) -> None:
        self.tables = tables
        self.scale = scale
        self._records = {record.id: record for record in published()}
        self._formulas = {
            statement.right: statement.left
            for claim in claims()
            if "{row}" not in claim.check
            for _, statement in statements(claim)
            if statement.relation == "="
        }

    def number(self, record: Published) -> list[_Draft]:
        """A published number beside the measured one; and beside that of the released checkpoint,
        where it was run."""
        entry = Entry(id=record.id, published=str(record.value), unit=record.unit)
        placed = is_placed(record)
        try:
            drafts = [self._beside(entry, self._estimate(record.id), record.value)]
        except NotMeasuredError as reason:
            note = f"published only: {reason}" if placed else str(reason)
            drafts = [_Draft(entry.model_copy(update={"note": note}))]
        released_key = self._key(record, released(place(record)[0])) if placed else None
        if released_key and self.tables.holds(released_key):
            note = f"the released checkpoint, {released_key.runs[0].perception}"
            entry = entry.model_copy(update={"id": f"{record.id}{RELEASED}", "note": note})
            drafts.append(self._beside(entry, self.tables.accuracy(released_key), record.value))
        return drafts

    def claim(self, claim: Claim) -> list[_Draft]:
        """The statements of a claim, each with its test."""
        if "{row}" in claim.check:
            entry = Entry(id=claim.id, note="it is about the paper's own table")
            return [_Draft(entry)]
        return [
            self._part(f"{claim.id}{suffix}", statement) for suffix, statement in statements(claim)
        ]

    def _part(self, id: str, statement: Statement) -> _Draft:
        equal = statement.relation == "="
        published = printed(statement.right)[0] if equal else None
        record = self._records.get(statement.right)
        counted = equal and statement.right in COUNTS
        entry = Entry(
            id=id,
            published=f"{statement.relation} 0" if published is None else str(published),
            unit=_unit(statement, record),
        )
        try:
            # A sum of samples is what the run itself counts.
            left = self._evaluate(statement.right if counted else statement.left)
            if published is None:
                difference = left - self._evaluate(statement.right)
                if self.scale == REHEARSAL:
                    return _unjudged(_filled(entry, difference, difference))
                return _Draft(
                    _filled(entry, difference, difference), Hypothesis(difference.estimate)
                )
        except NotMeasuredError as reason:
            return _Draft(entry.model_copy(update={"note": str(reason)}))
        if self.scale != MINIATURE or left.is_exact:
            return self._beside(entry, left, published)
        entry = _filled(entry, left, left - _exact(published))
        entry = entry.model_copy(update={"note": "judged by its sign"})
        sign = Term.exact(Fraction(1 if published > 0 else -1))
        return _Draft(entry, Hypothesis((left * sign).estimate))

    def _beside(self, entry: Entry, measured: Term, published: Decimal) -> _Draft:
        difference = measured - _exact(published)
        entry = _filled(entry, measured, difference)
        if self.scale != FULL:
            return _unjudged(entry)
        if measured.is_exact:
            verdict = judge_count(difference.estimate.value, float(published), entry.unit)
            return _Draft(entry.model_copy(update={"verdict": verdict}))
        return _Draft(entry, Hypothesis(difference.estimate, TOLERANCES[entry.unit]))

    def _evaluate(self, expression: str) -> Term:
        return evaluate(expression, lambda name: [self._estimate(name)], Term.exact)

    def _estimate(self, name: str) -> Term:
        """What the run gives for a name. Raises NotMeasuredError where it gives nothing."""
        if name.startswith(UNPRINTED):
            return self._accuracy(name)
        if name in COUNTS:
            return self.tables.count(COUNTS[name])
        if name in STEPS:
            return self.tables.compared(
                self.tables.step(*STEPS[name]), "out-of-domain", "average", unit=100
            )
        record = self._records.get(name)
        if record and is_placed(record):
            return self.tables.accuracy(self._key(record, place(record)[0]))
        if name.endswith(_SAMPLES):
            return self._samples_of_others(name)
        if record and name in self._formulas:
            return self._evaluate(self._formulas[name])
        raise NotMeasuredError(f"{name} is no accuracy of this study's models")

    def _key(self, record: Published, run: Run) -> AccuracyKey:
        """A cell of Table 2 or figure 5, in per cent, as a run measures it."""
        _, benchmark, category = place(record)
        return AccuracyKey((run,), benchmark, category, unit=100)

    def _samples_of_others(self, name: str) -> Term:
        """What another group's model was trained on is known from print alone, and stands beside
        counts of the published study alone."""
        if self.scale != FULL:
            raise NotMeasuredError(f"{name} is a count of another group's model")
        return _exact(printed(name)[0])

    def _accuracy(self, name: str) -> Term:
        match = _ACCURACY.fullmatch(name)
        if match is None:
            raise NotMeasuredError(f"{name.removeprefix(UNPRINTED)} is no accuracy of a run")
        runs = tuple(
            Run(f"{match['tuning']}-{size}", reasoning, match["mode"])
            for size in self._each(match["size"])
            for reasoning in self._each(match["reasoning"])
        )
        category = CATEGORIES.get(match["category"], match["category"])
        return self.tables.accuracy(AccuracyKey(runs, match["benchmark"], category))

    def _each(self, size: str) -> list[str]:
        return self.tables.sizes if size == "each" else [size]


def _unit(statement: Statement, record: Published | None) -> str:
    """The unit of what a statement computes: of a difference of accuracies points, or fractions."""
    if statement.relation == "=":
        counted = "million" if statement.right.endswith(_SAMPLES) else ""
        return record.unit if record else counted
    of_fractions = record.unit == FRACTION if record else statement.left.startswith(UNPRINTED)
    return FRACTION if of_fractions else "points"


def _unjudged(entry: Entry) -> _Draft:
    return _Draft(entry.model_copy(update={"verdict": Measured.NOT_JUDGED}))


def _filled(entry: Entry, measured: Term, difference: Term) -> Entry:
    estimate = measured.estimate
    numbers: dict[str, object] = {
        "measured": estimate.value,
        "difference": difference.estimate.value,
    }
    if measured.is_exact:
        return entry.model_copy(update={**numbers, "interval": COUNTED})
    ends = {
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "interval": measured.interval,
        "training": estimate.training.kind,
        "training_error": estimate.training.error or None,
        "df": estimate.training.df or None,
    }
    return entry.model_copy(update={**numbers, **ends, "rows": difference.rows})


def _exact(value: Decimal) -> Term:
    return Term.exact(Fraction(value))
