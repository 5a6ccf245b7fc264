"""What the sample browser shows, as scripts that a page opened from a disk can load.

The page loads a file when it is first wanted. `questions.js` holds every question,
`descriptions-<p>.js` the texts of one perception module, `answers-<r>.js` the answers of one run;
the numbers are places in the lists `perceptions` and `runs` of the index.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ..records.files import read
from ..records.rows import (
    LETTERS,
    Answer,
    Description,
    Fact,
    Focus,
    GradedAnswer,
    Parse,
    Question,
)
from ..results.graded import sets_of
from ..scoring.facts import recall
from ..scoring.matching import is_right, match
from ..study.runs import FAMILIES, GOLD, AnswerSet, Run
from .outcomes import RULES, Evidence, Outcome, judge
from .pictures import Pictures
from .script_file import write_script

OUTCOMES = list(Outcome)


@dataclasses.dataclass(frozen=True)
class SampleFiles:
    """What the browser shows, by file.

    Attributes:
        parser: the study's answer parser.
        questions: by benchmark, the families together.
        graded: the graded answers.
        answers: of each run, seed and benchmark what was written, in the order of the page.
        described: of each of these the seed of the descriptions that the answers rest on; None
            where there are none: end to end, and in answers made elsewhere.
        descriptions: of each perception module, seed and benchmark; gold has every seed.
        facts: of each benchmark whose truth is known.
        focus: of each benchmark its focus phrases.
    """

    parser: str
    questions: Mapping[str, Sequence[Question]]
    graded: Path
    answers: Mapping[AnswerSet, Path]
    described: Mapping[AnswerSet, str | None]
    descriptions: Mapping[tuple[str, str, str], Path]
    facts: Mapping[str, Path]
    focus: Mapping[str, Path]


@dataclasses.dataclass(frozen=True)
class RunSamples:
    """One run with one seed. `outcomes` counts its answers by benchmark and outcome, `tokens` those
    that it wrote."""

    perception: str
    reasoning: str
    mode: str
    seed: str
    outcomes: dict[str, Counter[Outcome]]
    tokens: int


@dataclasses.dataclass(frozen=True)
class Samples:
    """What was written: the runs, in the order of their files; tokens of descriptions."""

    runs: list[RunSamples]
    questions: int
    described: int
    index: dict[str, Any]
    """what the page must know before it loads a file"""


class _Records:
    """A preset's records, each file read once."""

    def __init__(self, files: SampleFiles) -> None:
        self.files = files
        names = sorted(files.questions, key=lambda name: name == FAMILIES)  # the families last
        self.questions = {name: files.questions[name] for name in names}
        self.graded = dict(sets_of(files.graded))
        self.answers = cache(self._answers)
        self.descriptions = cache(self._descriptions)
        self.told = cache(self._told)

    def _answers(self, key: AnswerSet) -> list[Answer]:
        path = self.files.answers[key]
        return match(path, read(path, Answer), self.questions[key.benchmark])

    def _descriptions(self, perception: str, seed: str, benchmark: str) -> list[Description]:
        path, questions = self.files.descriptions[perception, seed, benchmark], self.questions
        kept = {question.id for question in questions[benchmark]}
        texts = read(path, Description)
        if perception == GOLD:  # it is for all rendered questions, of every category
            texts = [text for text in texts if text.question in kept]
        return match(path, texts, questions[benchmark])

    def focus(self, benchmark: str) -> list[str]:
        """The focus phrase of each question; "" where it has none."""
        path = self.files.focus.get(benchmark)
        if path is None:
            return [""] * len(self.questions[benchmark])
        return [one.phrase for one in match(path, read(path, Focus), self.questions[benchmark])]

    def evidence(self, key: AnswerSet) -> list[Evidence] | list[None]:
        """What is known of each question, None where nothing is."""
        described, run = self.files.described[key], key.run
        gold = AnswerSet(Run(GOLD, run.reasoning, run.mode), key.seed, key.benchmark)
        is_known = key.benchmark in self.files.facts and gold in self.graded
        if described is None or not is_known:
            return [None] * len(self.questions[key.benchmark])
        told = self.told(run.perception, described, key.benchmark)
        able = [is_right(self.parse(row).worth) for row in self.graded[gold]]
        return [Evidence(*both) for both in zip(told, able, strict=True)]

    def _told(self, perception: str, seed: str, benchmark: str) -> list[bool]:
        """Whether each description holds every fact that its question needs; the gold one does."""
        questions = self.questions[benchmark]
        if perception == GOLD:
            return [True] * len(questions)
        needed = defaultdict(list)
        for fact in read(self.files.facts[benchmark], Fact):
            needed[fact.question].append(fact)
        texts = self.descriptions(perception, seed, benchmark)
        counts = [recall(d.text, needed[q.id]) for q, d in zip(questions, texts, strict=True)]
        return [count.stated == count.needed for count in counts]

    def parse(self, row: GradedAnswer) -> Parse:
        """What the study's parser found in an answer."""
        return next(parse for parse in row.parses if parse.parser == self.files.parser)


def write(root: Path, files: SampleFiles, folder: Path) -> Samples:
    """Write the browser's files to `folder`/samples, and the images of its questions to
    `folder`/images. Nothing in them depends on anything but the records.

    root: the folder from which names of images start. Raises RecordError where records are missing
    or do not match.
    """
    records = _Records(files)
    benchmarks = list(records.questions)
    samples = folder / "samples"
    samples.mkdir(parents=True)
    pictures = Pictures(root, folder / "images")
    listed = [
        _question(question, place, phrase, pictures)
        for place, name in enumerate(benchmarks)
        for question, phrase in zip(records.questions[name], records.focus(name), strict=True)
    ]
    write_script(samples / "questions.js", listed)
    perceptions: dict[tuple[str, str], int] = {}
    runs: list[RunSamples] = []
    places: list[int | None] = []
    by_run: dict[tuple[Run, str], list[AnswerSet]] = {}
    for key in files.answers:
        by_run.setdefault((key.run, key.seed), []).append(key)
    for (asked, seed), keys in by_run.items():
        run, rows = _run(records, asked, seed, keys)
        described_by = files.described[keys[0]]
        places.append(
            None
            if described_by is None
            else perceptions.setdefault((asked.perception, described_by), len(perceptions))
        )
        write_script(samples / f"answers-{len(runs)}.js", rows)
        runs.append(run)
    described = 0
    for (perception, seed), place in perceptions.items():
        texts = {
            name: records.descriptions(perception, seed, name)
            for name in benchmarks
            if (perception, seed, name) in files.descriptions
        }
        write_script(
            samples / f"descriptions-{place}.js",
            [
                [[text.text, int(text.truncated)] for text in texts[name]] if name in texts else []
                for name in benchmarks
            ],
        )
        if perception != GOLD:
            described += sum(text.tokens for told in texts.values() for text in told)
    index = {
        "benchmarks": benchmarks,
        "categories": {
            name: list(dict.fromkeys(question.category for question in questions))
            for name, questions in records.questions.items()
        },
        "outcomes": [[outcome, RULES[outcome]] for outcome in OUTCOMES],
        "runs": [
            {
                "perception": run.perception,
                "reasoning": run.reasoning,
                "mode": run.mode,
                "seed": int(run.seed),
                "described": place,
            }
            for run, place in zip(runs, places, strict=True)
        ],
    }
    return Samples(runs, len(listed), described, index)


def _run(
    records: _Records, run: Run, seed: str, keys: Sequence[AnswerSet]
) -> tuple[RunSamples, list[list[list[Any]]]]:
    """A run, and its answers by benchmark: outcome, option named, text, thinking, forced, cut."""
    counts, rows, tokens = {}, {}, 0
    for key in keys:
        answers, graded = records.answers(key), records.graded[key]
        outcomes = [
            judge(row, records.files.parser, known)
            for row, known in zip(graded, records.evidence(key), strict=True)
        ]
        counts[key.benchmark] = Counter(outcomes)
        tokens += sum(row.tokens for row in graded)
        rows[key.benchmark] = [
            [
                OUTCOMES.index(outcome),
                records.parse(row).option,
                answer.text,
                answer.thinking,
                int(row.forced),
                int(row.truncated),
            ]
            for answer, row, outcome in zip(answers, graded, outcomes, strict=True)
        ]
    listed = [rows.get(benchmark, []) for benchmark in records.questions]
    return RunSamples(run.perception, run.reasoning, run.mode, seed, counts, tokens), listed


def _question(question: Question, benchmark: int, phrase: str, pictures: Pictures) -> list[object]:
    """Benchmark, id, category, axis, images, text, options, the right one's place, the right
    answer, focus phrase."""
    place = LETTERS.index(question.answer) if question.options else -1
    return [
        benchmark,
        question.id,
        question.category,
        question.axis,
        [pictures.add(image) for image in question.images],
        question.text,
        question.options,
        place,
        question.gold,
        phrase,
    ]
