"""The tables, made from small files as the earlier stages write them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from scipy.stats import binomtest

from downscaling.records.files import RecordError, write
from downscaling.records.rows import (
    LETTERS,
    Answer,
    Description,
    Fact,
    GradedAnswer,
    Question,
    Score,
)
from downscaling.records.tables import read_table, write_table
from downscaling.results import difference_table as differences
from downscaling.results import score_table as scoring
from downscaling.results.counts import counted, recalled
from downscaling.results.tables import Difference, ParserScore
from downscaling.results.trainings import Trainings
from downscaling.scoring.grade import grade
from downscaling.scoring.matching import read_questions
from downscaling.study import comparisons
from downscaling.study.runs import AnswerSet, Run

OPTIONS = ("cat", "dog", "cow", "owl")


def choice(number, category, axis="", answer="B"):
    return Question(
        f"q{number}", "x", category, axis, ("a.png",), "Which?", OPTIONS, answer, "choice"
    )


def reply(question, text, truncated=False):
    return Answer(question.id, "", text, 3, False, truncated)


def answers(questions, right):
    """The right letter for the questions marked 1, a wrong one for those marked 0."""
    other = {letter: LETTERS[(LETTERS.index(letter) + 1) % 4] for letter in LETTERS[:4]}
    return [
        reply(q, f"Answer: {q.answer if good else other[q.answer]}")
        for q, good in zip(questions, right, strict=True)
    ]


@pytest.fixture
def make(tmp_path):
    """Write questions and answers, and give the run that holds them."""

    def run(name, questions, replies, seed="0", benchmark="in-domain", perception="instruct-8B"):
        asked, given = tmp_path / f"{name}-test.parquet", tmp_path / f"{name}-{seed}.parquet"
        write(asked, questions, Question)
        write(given, replies, Answer)
        key = AnswerSet(Run(perception, "4B", "plain"), seed, benchmark)
        return Answered(key, given, (asked,))

    return run


@dataclasses.dataclass(frozen=True)
class Answered:
    """A file of answers, whose they are, and the files of the questions."""

    key: AnswerSet
    answers: Path
    questions: tuple[Path, ...]

    def named(self, perception):
        """The same answers of another perception module."""
        run = dataclasses.replace(self.key.run, perception=perception)
        return dataclasses.replace(self, key=dataclasses.replace(self.key, run=run))


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Runs on the left and on the right of a difference."""

    name: str
    left: tuple[Answered, ...]
    right: tuple[Answered, ...]


def counts_of(runs):
    """What grading says of files of answers."""
    counts = {}
    for one in runs:
        questions = read_questions(one.questions)
        key, file = one.key, one.answers.with_suffix(".graded")
        rows = grade(key.run, key.seed, key.benchmark, one.answers, questions)
        write(file, rows, GradedAnswer)
        counts |= counted(file, {key.benchmark: questions})
    return counts


def score_table(preset, runs):
    return scoring.score_table(preset, counts_of(runs), Trainings())


def parser_table(preset, runs):
    return scoring.parser_table(preset, counts_of(runs))


def difference_table(
    preset,
    comparisons_,
    parser,
    resamples=2000,
    seed=0,
    trainings=Trainings(),  # noqa: B008
):
    wanted, counts, seeds = [], {}, []
    for one in comparisons_:
        counts |= counts_of([*one.left, *one.right])
        seeds += [run.key.seed for run in one.left]
        left, right = (
            [list(run) for run in dict.fromkeys(tuple(r.key.run.listed()) for r in side)]
            for side in (one.left, one.right)
        )
        benchmarks = list(dict.fromkeys(run.key.benchmark for run in one.left))
        wanted.append(
            comparisons.Comparison(name=one.name, left=left, right=right, benchmarks=benchmarks)
        )
    seeds = list(dict.fromkeys(seeds))
    return differences.difference_table(
        preset, wanted, counts, seeds, parser, trainings, resamples, seed
    )


def values(scores, metric="accuracy", parser="robust", seed="all"):
    return {
        s.category: pytest.approx(s.value)
        for s in scores
        if (s.metric, s.parser, s.seed) == (metric, parser, seed)
    }


def row(scores, category, metric="accuracy", parser="robust", seed="all"):
    wanted = (category, metric, parser, seed)
    (found,) = [s for s in scores if (s.category, s.metric, s.parser, s.seed) == wanted]
    return found


def test_in_domain_average_is_the_mean_of_its_categories(make):
    """Catches an average over questions, in which large categories count for more, and axes
    taken for strata where the benchmark has none."""
    questions = [choice(n, "gqa", "abc"[n % 3]) for n in range(8)]
    questions += [choice(8, "vizwiz"), choice(9, "vizwiz")]
    run = make("a", questions, answers(questions, [1, 1, 1, 1, 1, 1, 0, 0, 0, 1]))
    scores = score_table("miniature", [run])
    assert values(scores) == {"gqa": 6 / 8, "vizwiz": 1 / 2, "average": 5 / 8}
    gqa = row(scores, "gqa")
    assert dataclasses.astuple(gqa)[:9] == (
        "miniature", "all", "instruct-8B", "4B", "plain", "in-domain", "gqa", "accuracy", "robust",
    )  # fmt: skip
    expected = binomtest(6, 8).proportion_ci(method="wilson")
    assert (gqa.low, gqa.high, gqa.n) == (
        pytest.approx(expected.low), pytest.approx(expected.high), 8,
    )  # fmt: skip
    average = row(scores, "average")
    assert average.low < average.value < average.high
    assert average.n == 10


def test_out_of_domain_is_the_mean_over_axes(make):
    """Catches plain accuracy per category, which the published numbers rule out."""
    questions = [choice(0, "math", "geometry"), *(choice(n, "math", "sums") for n in range(1, 5))]
    questions += [choice(5, "logic", "code"), choice(6, "logic", "code")]
    run = make("a", questions, answers(questions, [1, 0, 0, 0, 1, 1, 1]), benchmark="out-of-domain")
    scores = score_table("p", [run])
    # The average is over the three axes, not over the two categories.
    assert values(scores) == {"math": 0.625, "logic": 1.0, "average": (1 + 0.25 + 1) / 3}


def test_families_with_boxes_and_two_axes(make, tmp_path):
    """Catches perceptual similarity pooled over its axes, and boxes compared as text."""
    single = [
        Question("g0", "f", "grounding", "", (), "Where?", (), "[0, 0, 10, 10]", "box"),
        Question("g1", "f", "grounding", "", (), "Where?", (), "[0, 0, 10, 10]", "box"),
        Question("g2", "f", "grounding", "", (), "Where?", (), "[0, 0, 10, 10]", "box"),
    ]
    multi = [choice(n, "perceptual-similarity", "nights") for n in range(3)]
    multi += [choice(9, "perceptual-similarity", "pieapp")]
    replies = [reply(single[0], "[1, 0, 10, 9]"), reply(single[1], "5, 5, 15, 15")]
    replies += [reply(single[2], "somewhere left"), *answers(multi, [1, 0, 0, 1])]
    write(tmp_path / "grounding.parquet", single, Question)
    run = make("multi", multi, replies, benchmark="families")
    run = dataclasses.replace(run, questions=(tmp_path / "grounding.parquet", *run.questions))
    scores = score_table("p", [run])
    assert values(scores) == {
        "grounding": 1 / 3,
        "perceptual-similarity": 2 / 3,
        "nights": 1 / 3,
        "pieapp": 1.0,
        "average": 0.5,
    }
    assert row(scores, "grounding", "unreadable").value == pytest.approx(1 / 3)


def test_seeds_are_pooled_by_question(make):
    """Catches seeds averaged as if they were other questions: repeated answers add no certainty."""
    questions = [choice(n, "gqa") for n in range(20)]
    right = [1] * 12 + [0] * 8
    same = [make("a", questions, answers(questions, right), seed) for seed in "012"]
    scores = score_table("p", same)
    assert [s.seed for s in scores if s.category == "gqa" and s.metric == "truncated"] == [
        "0", "1", "2", "all",
    ]  # fmt: skip
    one, pooled = row(scores, "gqa", seed="1"), row(scores, "gqa")
    assert (one.n, pooled.n) == (20, 60)
    assert (pooled.low, pooled.high) == (pytest.approx(one.low), pytest.approx(one.high))
    turned = [*same[:2], make("b", questions, answers(questions, right[::-1]), "2")]
    pooled = row(score_table("p", turned), "gqa")
    assert pooled.high - pooled.low < one.high - one.low


def test_truncated_and_unreadable_are_counted_as_wrong(make):
    """Catches answers that drop out of the denominator, or are guessed."""
    questions = [choice(n, "gqa") for n in range(5)]
    replies = [
        reply(questions[0], "Answer: B"),
        reply(questions[1], "Answer: B\n"),  # the official rule reads nothing
        reply(questions[2], "", truncated=True),
        reply(questions[3], "I see a dog and", truncated=True),
        reply(questions[4], "Answer: B", truncated=True),  # cut, yet readable
    ]
    scores = score_table("p", [make("a", questions, replies)])
    assert values(scores, "accuracy", "robust")["gqa"] == 3 / 5
    assert values(scores, "accuracy", "last-line")["gqa"] == 2 / 5
    assert values(scores, "unreadable", "robust")["gqa"] == 2 / 5
    assert values(scores, "unreadable", "last-line")["gqa"] == 3 / 5
    assert values(scores, "truncated", "")["gqa"] == 3 / 5
    assert row(scores, "gqa").n == 5


def test_fact_recall_per_category(tmp_path, make):
    """Catches facts averaged without regard to category, and questions without facts as zeros."""
    questions = [choice(0, "gqa"), choice(1, "gqa"), choice(2, "ocrvqa"), choice(3, "scienceqa")]
    facts = [
        Fact("q0", "cube", "red-cube", "[a-z]+-cube"),
        Fact("q0", "ball", "blue-ball", "[a-z]+-ball"),
        Fact("q1", "cube", "red-cube", "[a-z]+-cube"),
        Fact("q2", "sign", "says 4", "says [^4]"),
    ]
    texts = ["a Red-cube.", "a blue-cube.", "it says 4.", "nothing"]
    paths = [tmp_path / name for name in ("test.parquet", "facts.parquet", "instruct-8B.parquet")]
    write(paths[0], questions, Question)
    write(paths[1], facts, Fact)
    write(paths[2], [Description(f"q{n}", t, 5, False) for n, t in enumerate(texts)], Description)
    key = AnswerSet(Run("instruct-8B", "", ""), "0", "in-domain")
    scores = scoring.score_table(
        "p", {key: recalled("in-domain", paths[2], questions, paths[1])}, Trainings()
    )
    found = values(scores, "fact recall", "")
    assert found == {"gqa": 1 / 3, "ocrvqa": 1.0, "average": 2 / 3}
    assert values(scores, "fact error", "") == {"gqa": 1 / 3, "ocrvqa": 0.0, "average": 1 / 6}
    gqa = row(scores, "gqa", "fact recall", "")
    assert (gqa.reasoning, gqa.mode, gqa.n) == ("", "", 3)


def test_ids_must_match(make):
    """Catches answers paired with questions by position, or a missing one scored as wrong."""
    questions = [choice(n, "gqa") for n in range(3)]
    right = answers(questions, [1, 1, 1])
    shuffled = make("shuffled", questions, right[::-1])
    assert row(score_table("p", [shuffled]), "gqa").value == 1
    stranger = dataclasses.replace(right[0], question="q9")
    for replies, fault in (
        (right[:2], r"1 id \('q2'\) without a record"),
        ([*right, stranger], r"1 id \('q9'\) unknown to the questions"),
        ([*right, right[1]], r"1 id \('q1'\) recorded more than once"),
        ([], r"3 ids \('q0', ...\) without a record"),
    ):
        with pytest.raises(RecordError, match=f"bad-0.parquet: does not match.*{fault}") as caught:
            score_table("p", [make("bad", questions, replies)])
        assert "\n" not in str(caught.value)
    twice = make("twice", [questions[0], *questions], right)
    with pytest.raises(RecordError, match=r"twice-test.parquet: 1 id \('q0'\) given to more"):
        score_table("p", [twice])


def test_facts_of_unknown_questions_are_refused(tmp_path):
    """Catches the facts of another benchmark, which would all count as unstated."""
    paths = [tmp_path / name for name in ("test.parquet", "facts.parquet", "d.parquet")]
    write(paths[0], [choice(0, "gqa")], Question)
    write(paths[1], [Fact("z1", "cube", "cube", "")], Fact)
    write(paths[2], [Description("q0", "a cube", 5, False)], Description)
    with pytest.raises(RecordError, match=r"facts.parquet: 1 ids \('z1'\) with facts but not"):
        recalled("in-domain", paths[2], [choice(0, "gqa")], paths[1])


def test_a_wrong_gold_answer_is_refused(make):
    """Catches a key that no option bears, under which every answer would be wrong."""
    bad = choice(0, "gqa", answer="E")
    with pytest.raises(RecordError, match=r"question q0: 'E' is no answer .* with 4 options"):
        score_table("p", [make("a", [bad], [reply(bad, "E")])])


def test_answers_that_are_graded_twice_are_refused(make, tmp_path):
    """Catches a seed counted twice."""
    questions = [choice(0, "gqa")]
    one = make("a", questions, answers(questions, [1]))
    rows = grade(one.key.run, "0", "in-domain", one.answers, questions)
    write(tmp_path / "graded.parquet", rows * 2, GradedAnswer)
    with pytest.raises(RecordError, match=r"graded.parquet: .* does not match its questions"):
        counted(tmp_path / "graded.parquet", {"in-domain": questions})


def test_differences_are_paired(make):
    """Catches a difference of the wrong sign, unpaired draws, and draws that are not repeatable."""
    questions = [choice(n, "gqa" if n % 2 else "vizwiz") for n in range(80)]
    hard = [n % 4 < 2 for n in range(80)]
    better = [h or n < 8 for n, h in enumerate(hard)]
    large = [make("large", questions, answers(questions, better), s) for s in "01"]
    small = [make("small", questions, answers(questions, hard), s) for s in "01"]
    small = [run.named("instruct-0.6B") for run in small]
    comparison = Comparison("perception downscaled", tuple(small), tuple(large))
    rows = difference_table("p", [comparison], "robust", 500, 3)
    assert [(r.comparison, r.benchmark, r.category, r.n) for r in rows] == [
        ("perception downscaled", "in-domain", "vizwiz", 80),
        ("perception downscaled", "in-domain", "gqa", 80),
        ("perception downscaled", "in-domain", "average", 160),
    ]
    average = rows[-1]
    assert average.value == pytest.approx(-4 / 80)
    assert average.low < average.value < average.high < 0.001
    assert average.high - average.low < 0.12  # about 0.3 if the sides were drawn apart
    assert difference_table("p", [comparison], "robust", 500, 3) == rows
    assert any(difference_table("p", [comparison], "robust", 500, s) != rows for s in range(4, 9))


def test_sides_that_cannot_be_paired_are_refused(make):
    """Catches seeds or questions of one side silently left out."""
    questions = [choice(n, "gqa") for n in range(4)]
    first = [make("a", questions, answers(questions, [1, 0, 1, 0]), s) for s in "01"]
    lone = tuple(run.named("instruct-4B") for run in first[:1])
    with pytest.raises(RecordError, match="instruct-4B, 4B, plain, seed 1, in-domain: not graded"):
        difference_table("p", [Comparison("x", tuple(first), lone)], "robust")
    other = [choice(n + 10, "gqa") for n in range(4)]
    second = make("b", other, answers(other, [1, 0, 1, 0]), perception="instruct-4B")
    with pytest.raises(RecordError, match="'x', in-domain: the runs were not made on the same"):
        difference_table("p", [Comparison("x", tuple(first[:1]), (second,))], "robust")


def test_parsers_side_by_side(make):
    """Catches a disagreement counted by verdict alone, or per pair of parsers."""
    questions = [choice(n, "gqa") for n in range(4)]
    texts = ["Answer: B", "Answer: **B**", "b", "all of them"]
    run = make("a", questions, [reply(q, t) for q, t in zip(questions, texts, strict=True)])
    rows = parser_table("p", [run])
    assert [(r.parser, r.accuracy, r.unreadable, r.disagree, r.n) for r in rows] == [
        ("last-line", 0.5, 0.25, 0.75, 4),
        ("first-letter", 0.25, 0.75, 0.75, 4),
        ("robust", 0.75, 0.25, 0.75, 4),
    ]


def test_tables_survive_the_disk_with_stable_bytes(tmp_path, make):
    """Catches floats whose last digits, or line ends, differ between machines or runs."""
    questions = [choice(n, "gqa") for n in range(3)]
    run = make("a", questions, answers(questions, [1, 1, 0]))
    run = run.named('odd, "name"')
    against = make("b", questions, answers(questions, [1, 0, 1]), perception="instruct-4B")
    for kind, rows in (
        (Score, score_table("p", [run])),
        (ParserScore, parser_table("p", [run])),
        (Difference, difference_table("p", [Comparison("x", (run,), (against,))], "robust", 50)),
    ):
        path = tmp_path / "scores" / f"{kind.__name__}.csv"
        write_table(path, rows, kind)
        first = path.read_bytes()
        write_table(path, read_table(path, kind), kind)
        assert path.read_bytes() == first
        assert b"\r" not in first
        assert b"-0.000000" not in first
        assert len(read_table(path, kind)) == len(rows)
    header, line = (tmp_path / "scores" / "Score.csv").read_text().splitlines()[:2]
    assert header == (
        "preset,seed,perception,reasoning,mode,benchmark,category,metric,parser,value,low,high,n,"
        "training,seeds,sd,chance_sd,df,question_low,question_high"
    )
    assert line.startswith('p,0,"odd, ""name""",4B,plain,in-domain,gqa,accuracy,last-line,0.666667')


def test_a_table_that_is_no_table_is_named(tmp_path):
    """Catches an old file read under new columns."""
    path = tmp_path / "scores.csv"
    with pytest.raises(RecordError, match=r"scores.csv: no such file"):
        read_table(path, Score)
    path.write_text("preset,seed\n")
    with pytest.raises(RecordError, match="its columns are not those of Score"):
        read_table(path, Score)
    write_table(path, [], Difference)
    with path.open("a") as stream:
        stream.write("p,x,in-domain,gqa,high,0,0,1,none,0,,,,0,0\n")
    with pytest.raises(RecordError, match="a row is no Difference"):
        read_table(path, Difference)
    wrong = Difference("p", "x", "b", "c", *Trainings().untouched((float("nan"), 0.0, 0.0), 1))
    with pytest.raises(RecordError, match="must be a finite number"):
        write_table(path, [wrong], Difference)
