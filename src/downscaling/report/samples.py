"""What the sample browser shows, as files that a page opened from a disk can load.

Such a page may not fetch, but it may load scripts: each file calls `downscaling(name, values)` with
one JSON value, and the page adds it when it is first wanted. `questions.js` holds every question,
`descriptions-<p>.js` the texts of one perception module, `answers-<r>.js` the answers of one run;
the numbers are places in the lists `perceptions` and `runs` of the index.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from ..records.files import RecordError, read
from ..records.rows import LETTERS, Answer, Description, Fact, Focus, Question
from ..scoring.facts import recall
from ..scoring.grade import is_right, match, named
from ..study.names import END_TO_END, GOLD
from ..study.settings import Reporting, Scored
from .outcomes import RULES, Evidence, Outcome, judge

FAMILIES = "families"
OUTCOMES = list(Outcome)
SMALL = 256 * 1024
"""Bytes up to which an image is copied as it is; a larger one is shown reduced."""
SIDE = 1024
"""Pixels of the longer side of a reduced image."""


@dataclasses.dataclass(frozen=True)
class RunSamples:
    """One run with one seed. `outcomes` counts its answers by benchmark and outcome, `tokens` those
    that it wrote."""

    perception: str
    reasoning: str
    mode: str
    seed: int
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


class _Room:
    """A preset's records, each file read once."""

    def __init__(self, root: Path, settings: Reporting) -> None:
        self.root, self.settings = root, settings
        self.questions = {name: self._questions([name]) for name in settings.benchmarks} | {
            FAMILIES: self._questions(settings.families)
        }
        self.runs = [(run.perception, run.reasoning, run.mode) for run in settings.runs]
        self.answers = cache(self._answers)
        self.descriptions = cache(self._descriptions)
        self.told = cache(self._told)
        self.able = cache(self._able)

    def _questions(self, names: Iterable[str]) -> list[Question]:
        files = (self.root / "data" / name / "test.parquet" for name in names)
        return [question for file in files for question in read(file, Question)]

    def described(self, run: Scored, seed: int) -> int | None:
        """The seed of the descriptions that a run's answers rest on; None where there are none:
        end to end, and in answers made elsewhere."""
        if run.reasoning == END_TO_END:
            return None
        if run.perception == GOLD:
            return seed
        seeds = self.settings.descriptions.get(run.perception, [])
        return seed if seed in seeds else next(iter(seeds), None)

    def _answers(
        self, perception: str, reasoning: str, mode: str, seed: int, benchmark: str
    ) -> list[Answer]:
        middle = (perception, reasoning)
        if reasoning == END_TO_END:
            middle = (END_TO_END, perception)
        folder = self.root.joinpath("answers", f"seed-{seed}", *middle, mode)
        path = folder / f"{benchmark}.parquet"
        return match(path, read(path, Answer), self.questions[benchmark])

    def _descriptions(self, perception: str, seed: int, benchmark: str) -> list[Description]:
        if perception == GOLD:
            path = self.root / self.settings.truth[benchmark] / "gold.parquet"
            kept = {question.id for question in self.questions[benchmark]}
            found = [text for text in read(path, Description) if text.question in kept]
        else:
            folder = self.root / "descriptions" / f"seed-{seed}" / perception
            path = folder / f"{benchmark}.parquet"
            found = read(path, Description)
        return match(path, found, self.questions[benchmark])

    def focus(self, benchmark: str) -> list[str]:
        path = self.root / "focus" / f"{benchmark}.parquet"
        if not path.exists():
            return [""] * len(self.questions[benchmark])
        return [one.phrase for one in match(path, read(path, Focus), self.questions[benchmark])]

    def evidence(self, run: Scored, seed: int, benchmark: str) -> list[Evidence] | list[None]:
        """What is known of each question, None where nothing is."""
        described = self.described(run, seed)
        known = benchmark in self.settings.truth and (GOLD, run.reasoning, run.mode) in self.runs
        if described is None or not known:
            return [None] * len(self.questions[benchmark])
        told = self.told(run.perception, described, benchmark)
        able = self.able(run.reasoning, run.mode, seed, benchmark)
        return [Evidence(*both) for both in zip(told, able, strict=True)]

    def _told(self, perception: str, seed: int, benchmark: str) -> list[bool]:
        """Whether each description holds every fact that its question needs; the gold one does."""
        questions = self.questions[benchmark]
        if perception == GOLD:
            return [True] * len(questions)
        needed = defaultdict(list)
        for fact in read(self.root / self.settings.truth[benchmark] / "facts.parquet", Fact):
            needed[fact.question].append(fact)
        texts = self.descriptions(perception, seed, benchmark)
        counts = [recall(d.text, needed[q.id]) for q, d in zip(questions, texts, strict=True)]
        return [count.stated == count.needed for count in counts]

    def _able(self, reasoning: str, mode: str, seed: int, benchmark: str) -> list[bool]:
        answers = self.answers(GOLD, reasoning, mode, seed, benchmark)
        pairs = zip(answers, self.questions[benchmark], strict=True)
        return [is_right(named(a, q, self.settings.reader), q) for a, q in pairs]


def write(root: Path, settings: Reporting, folder: Path) -> Samples:
    """Write the browser's files of the preset under `root` to `folder`/samples, and the images of
    its questions to `folder`/images. Nothing in them depends on anything but the records.

    Raises RecordError where records are missing or do not match.
    """
    room = _Room(root, settings)
    benchmarks = list(room.questions)
    samples = folder / "samples"
    samples.mkdir(parents=True)
    pictures = _Pictures(root, folder / "images")
    listed = [
        _question(question, place, phrase, pictures)
        for place, name in enumerate(benchmarks)
        for question, phrase in zip(
            room.questions[name],
            room.focus(name) if name != FAMILIES else [""] * len(room.questions[name]),
            strict=True,
        )
    ]
    _script(samples / "questions.js", listed)
    perceptions: dict[tuple[str, int], int] = {}
    runs: list[RunSamples] = []
    places: list[int | None] = []
    for asked in settings.runs:
        for seed in asked.seeds:
            run, rows = _run(room, asked, seed)
            described_by = room.described(asked, seed)
            places.append(
                None
                if described_by is None
                else perceptions.setdefault((asked.perception, described_by), len(perceptions))
            )
            _script(samples / f"answers-{len(runs)}.js", rows)
            runs.append(run)
    described = 0
    for (perception, seed), place in perceptions.items():
        texts = {name: room.descriptions(perception, seed, name) for name in settings.benchmarks}
        _script(
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
            for name, questions in room.questions.items()
        },
        "outcomes": [[outcome, RULES[outcome]] for outcome in OUTCOMES],
        "runs": [
            {
                "perception": run.perception,
                "reasoning": run.reasoning,
                "mode": run.mode,
                "seed": run.seed,
                "described": place,
            }
            for run, place in zip(runs, places, strict=True)
        ],
    }
    return Samples(runs, len(listed), described, index)


def _run(room: _Room, run: Scored, seed: int) -> tuple[RunSamples, list[list[list[Any]]]]:
    """A run, and its answers by benchmark: outcome, option named, text, thinking, forced, cut."""
    counts, rows, tokens = {}, {}, 0
    for benchmark in run.benchmarks:
        answers = room.answers(run.perception, run.reasoning, run.mode, seed, benchmark)
        evidence = room.evidence(run, seed, benchmark)
        questions = room.questions[benchmark]
        reader = room.settings.reader
        outcomes = [
            judge(answer, question, reader, known)
            for answer, question, known in zip(answers, questions, evidence, strict=True)
        ]
        counts[benchmark] = Counter(outcomes)
        tokens += sum(answer.tokens for answer in answers)
        rows[benchmark] = [
            [
                OUTCOMES.index(outcome),
                _choice(answer, question, reader),
                answer.text,
                answer.thinking,
                int(answer.forced),
                int(answer.truncated),
            ]
            for answer, question, outcome in zip(answers, questions, outcomes, strict=True)
        ]
    listed = [rows.get(benchmark, []) for benchmark in room.questions]
    return RunSamples(run.perception, run.reasoning, run.mode, seed, counts, tokens), listed


def _choice(answer: Answer, question: Question, reader: str) -> int:
    """The place of the option that an answer names, -1 where it names none or a box."""
    choice = named(answer, question, reader)
    return choice if isinstance(choice, int) else -1


def _question(question: Question, benchmark: int, phrase: str, pictures: _Pictures) -> list[object]:
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


class _Pictures:
    """Copies images to a folder, each under the digest of its bytes."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        folder.mkdir(parents=True)
        self.add = cache(self._add)

    def _add(self, image: str) -> str:
        """The name of a copy. Raises RecordError where there is no such image."""
        path = self.root / image
        try:
            held = path.read_bytes()
            suffix = path.suffix.lower()
            if len(held) > SMALL or suffix not in (".png", ".jpg", ".jpeg", ".webp", ".gif"):
                held, suffix = _reduced(held), ".jpg"
        except OSError as error:
            raise RecordError(f"{path}: no readable image ({error})") from error
        name = hashlib.sha256(held).hexdigest()[:20] + suffix
        copy = self.folder / name
        if not copy.exists():
            copy.write_bytes(held)
        return name


def _reduced(held: bytes) -> bytes:
    with Image.open(io.BytesIO(held)) as picture:
        small = picture.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    made = io.BytesIO()
    small.save(made, "JPEG", quality=85)
    return made.getvalue()


def _script(path: Path, values: Sequence[Any]) -> None:
    """Write values as a script. ASCII alone: no character of a model's text can end a line or a
    string of it."""
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    path.write_text(f"downscaling({json.dumps(path.stem)},{text});\n", encoding="ascii")
