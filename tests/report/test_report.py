"""The report of a made-up preset: what it says, links to and copies."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import made_up
from downscaling.audit import document
from downscaling.audit.verdicts import Measured
from downscaling.figures import table_2_lines
from downscaling.figures.listed import FIGURES
from downscaling.records.files import RecordError
from downscaling.report import costs, page, samples, stages, tables, verdicts
from downscaling.report.answer import answer
from downscaling.report.origins import Origins
from downscaling.report.outcomes import Outcome
from downscaling.report.page import PAPER
from downscaling.report.rows import Rows
from downscaling.results.scores import Scores
from downscaling.runtime.run_record import read, write
from downscaling.study.runs import AnswerSet, Run
from made_up import HOSTILE, ROLES, RUNS, SIZES, answers_file, command, report_files

Make = Callable[..., Any]


def values(path: Path) -> Any:
    """What a file of the browser hands to the page."""
    text = path.read_text(encoding="ascii")
    found = re.fullmatch(r"downscaling\(\"([\w-]+)\",(.*)\);\n", text)
    assert found
    assert found[1] == path.stem
    return json.loads(found[2])


def test_blame_falls_where_it_was_planted(make: Make, tmp_path: Path) -> None:
    """Catches gold answers or facts of the wrong run, mode or question: the smallest perception
    module misses every second colour, the smallest reasoner every fourth answer."""
    made = make(24)
    found = samples.write(made.root, report_files(made.root).samples, tmp_path / "made")
    counted = {(run.perception, run.reasoning): run.outcomes["in-domain"] for run in found.runs}
    assert counted["instruct-8B", "8B"] == Counter({Outcome.RIGHT: 24})
    expected = Counter({Outcome.RIGHT: 12, Outcome.PERCEPTION: 12})
    assert counted["instruct-0.6B", "8B"] == expected
    # No gold run of this reasoner: the cause is not known.
    assert counted["instruct-8B", "0.6B"] == Counter({Outcome.RIGHT: 18, Outcome.WRONG: 6})
    assert [run["described"] for run in found.index["runs"]] == [0, 1, 2, 1, None]


def test_the_browser_s_files_are_the_records_alone(make: Make, tmp_path: Path) -> None:
    """Catches answers beside another question, and files that differ from run to run."""
    made = make(12)
    samples.write(made.root, report_files(made.root).samples, tmp_path / "again")
    for path in sorted((tmp_path / "again").rglob("*.*")):
        twin = made.folder / path.relative_to(tmp_path / "again")
        assert twin.read_bytes() == path.read_bytes()
    questions = values(made.folder / "samples/questions.js")
    assert [row[1] for row in questions[:12]] == [f"q{number:05d}" for number in range(12)]
    assert [row[7:9] for row in questions[11:13]] == [[1, "green"], [-1, "1 2 30 40"]]
    place = RUNS.index(["instruct-0.6B", "8B", "plain"])
    rows = values(made.folder / f"samples/answers-{place}.js")[0]
    assert [row[2] for row in rows] == ["green", "blue"] * 6
    assert [row[1] for row in rows] == [1, 2] * 6


def test_the_page_links_to_nothing_that_is_not_beside_it(make: Make) -> None:
    """Catches a link out of the two, which breaks when they are sent to somebody; but for the
    paper's own address."""
    made = make(3)
    page = made.page.read_text()
    links = set(re.findall(r'(?:href|src)="([^"#]+)"', page)) - {PAPER}
    assert links
    assert all(link.startswith(("report/", "measured/figures/figure-a9.")) for link in links)
    assert [link for link in links if not (made.root / link).is_file()] == []
    assert [*re.findall(r'http[^"\s]*', re.sub(r"http-equiv", "", page))] == [PAPER]


def test_each_number_is_beside_what_was_published(make: Make) -> None:
    """Catches a page without a verdict, an interval, or the command that made a number."""
    made = make(3)
    page = made.page.read_text()
    audit = json.loads((made.root / "audit/audit.json").read_text())
    for claim in audit["claims"]:
        assert f'id="{claim["id"]}" data-verdict="{claim["verdict"]}"' in page
    measured = [n for n in audit["numbers"] if n["measured"] is not None]
    assert measured
    row = re.search(rf'id="{re.escape(measured[0]["id"])}">.*?</tr>', page, re.DOTALL)
    assert row
    for told in (
        "[40.0, 60.0]",
        "not judged",
        'href="report/audit/audit.json"',
        'href="#command-2"',
    ):
        assert told in row[0]
    assert 'id="command-2"' in page
    assert html.escape(command(made.root, "provenance/audit.json")) in page
    assert "&#34;name&#34;: &#34;a b&#34;" in page


def test_a_number_links_to_the_line_it_stands_on(make: Make) -> None:
    """Catches a link to another parser's, seed's or benchmark's row, and rows without the command
    that made what they count."""
    made = make(3)
    lines = (made.root / "scores/scores.csv").read_text().splitlines()
    files = [made.root / f"scores/{name}.csv" for name in ("scores", "differences")]
    rows = Rows(*files, Scores.read(*files, "robust"), table_2_lines.lines(SIZES, ROLES))
    link = rows.cell(["End-to-end baseline", "0.6B", "", "12"], "in-domain average")
    name, _, line = link.removeprefix("#").partition(":")
    assert name == "scores"
    assert lines[int(line) - 1].startswith(
        "made-up,all,instruct-0.6B,end-to-end,image,in-domain,average,accuracy,robust,"
    )
    assert rows.cell(["End-to-end baseline", "0.6B", "", "12"], "visual samples") == ""
    assert f'<a href="{link}">row</a>' in made.page.read_text()
    run = ("instruct-8B", "8B", "plain", "in-domain", "average")
    both = rows.links(
        [
            ("scores", *run),
            ("scores", *run[:-1], "ocrvqa"),
            ("scores", "no", "such", "run", "in-domain", "average"),
        ]
    )
    assert [count for _, count in both] == [2]
    table = values(made.folder / "scores/scores.js")
    assert [",".join(row) for row in [table["columns"], *table["rows"]]] == lines
    key = AnswerSet(Run("instruct-8B", "8B", "plain"), "0", "in-domain")
    file = answers_file(made.root, key)
    record = read(made.root / "provenance/score.json")
    reasoned = dataclasses.replace(
        record, stage="reason", outputs={"answers": {str(file): "2" * 64}}
    )
    write(made.root / "provenance/reason.json", reasoned)
    origins = Origins([made.root / "provenance/reason.json"], made.root)
    rows.write(made.folder / "scores", origins, {key: origins.inside(str(file))})
    table = values(made.folder / "scores/scores.js")
    pairs = zip(table["rows"], table["commands"], strict=True)
    counted = {tuple(row[2:6]) for row, commands in pairs if commands}
    assert counted == {run[:4]}


def test_what_a_model_wrote_is_not_in_the_page(make: Make) -> None:
    """Catches hostile text that the template, or a script's text, would let through."""
    made = make(3, hostile=True)
    told = values(made.folder / "samples/descriptions-1.js")
    assert told[0][0] == [HOSTILE, 0]
    assert "owned" not in made.page.read_text()


def test_costs_are_summed_by_stage_and_a_gap_is_no_fault(tmp_path: Path) -> None:
    """Catches a stage counted twice, and a run whose memory could not be measured."""
    cells = {"one": "70\tNA\t-", "two": "30\t100.5\t29", "score": "3.5\t210.25\t3.1"}
    files = [tmp_path / f"{name}.tsv" for name in cells]
    for file, row in zip(files, cells.values(), strict=True):
        file.write_text(f"s\tmax_rss\tcpu_time\n{row}\n")
    assert costs.costs(["reason", "reason", "score"], files) == [
        costs.Cost("reason", 2, 100.0, 70.0, 29.0, 100.5),
        costs.Cost("score", 1, 3.5, 3.5, 3.1, 210.25),
        costs.Cost("all", 3, 103.5, 70.0, 32.1, 210.25),
    ]


def test_stages_stand_in_the_order_of_the_study() -> None:
    """Catches a table of costs in the order of files, and tokens beside another stage."""
    rows = stages.listed(["zeal", "score", "reason", "reason"], {"reason": 12})
    assert [(row.name, row.jobs, row.tokens) for row in rows] == [
        ("reasoning", 2, 12),
        ("scoring", 1, 0),
        ("zeal", 1, 0),
        ("all stages", 4, 12),
    ]


def test_what_is_measured_is_not_on_the_page(make: Make, tmp_path: Path) -> None:
    """Catches a date, seconds or a device in the page or its folder, which are to be equal each
    time, and a copy of the figure of seconds."""
    made = make(3)
    before = {file: file.read_bytes() for file in (made.page, *made.folder.rglob("*.*"))}
    made_up.measure(made.root, 77.5)
    page.write(made.root, made_up.REPORTED, report_files(made.root), made.page, made.folder)
    assert {file: file.read_bytes() for file in (made.page, *made.folder.rglob("*.*"))} == before
    assert not list(made.folder.rglob("figure-a9*"))
    places = set(re.findall(r'data-measured="([^"]+)"', made.page.read_text()))
    brought = values(made.root / "measured/costs.js")
    assert places == brought.keys()
    assert brought["provenance/score.json"] == "77.5 s"
    assert brought["all longest"] == "4 min 38 s"


def test_only_the_records_that_are_given_are_read(make: Make, tmp_path: Path) -> None:
    """Catches the command of a run that the configuration no longer has, left over in the folder, a
    data set that brings its own record, and a traceback for a record that was cut off."""
    made = make(3)
    left_over = read(made.root / "provenance/score.json")
    write(made.root / "provenance/tune/caption-1.7B/seed-0.json", left_over)
    origins = Origins(report_files(made.root).records, made.root)
    assert [command.stage for command in origins.commands] == ["prepare", "score", "audit"]
    assert "caption-1.7B/seed-0" not in made.page.read_text()
    (tmp_path / "broken.json").write_text('{"stage": "tune"')
    with pytest.raises(RecordError, match=r"broken\.json: not the record of a job"):
        Origins([tmp_path / "broken.json"], tmp_path)


def test_the_page_opens_with_the_answer(make: Make) -> None:
    """Catches a page that opens with numbers of jobs, an answer that its intervals do not bear out,
    and one that is given although half of it was not run."""
    made = make(3)
    page = made.page.read_text()
    heading = re.search(r"<h1>(.*?)</h1>", page)
    assert heading
    assert heading[1] == "Shrinking perception costs more than shrinking reasoning (8B → 0.6B)"
    assert "Perception costs more by 7.0 [4.2, 9.8] points in-domain; one training" in page
    scores = Scores.read(
        made.root / "scores/scores.csv", made.root / "scores/differences.csv", "robust"
    )
    both = {row.comparison.split()[0]: row for row in scores.difference_rows}
    for value, told in ((0.18, "stays open"), (0.30, "Shrinking reasoning costs more")):
        reasoning = dataclasses.replace(
            both["reasoning"], value=value, low=value - 0.02, high=value + 0.02,
            question_low=value - 0.02, question_high=value + 0.02,
        )  # fmt: skip
        changed = dataclasses.replace(scores, difference_rows=[both["perception"], reasoning])
        found = answer(changed, SIZES)
        assert found
        assert told in found.headline
    alone = dataclasses.replace(scores, difference_rows=[both["perception"]])
    assert answer(alone, SIZES) is None


def test_what_was_not_run_is_folded_and_what_is_contradicted_stands_first(make: Make) -> None:
    """Catches a claim that is listed twice or not at all, and one that is contradicted among those
    that are not central."""
    made = make(3)
    audit = document.read(made.root / "audit/audit.json")
    last = audit.claims[-1].model_copy(update={"verdict": Measured.CONTRADICTED})
    changed = audit.model_copy(update={"claims": [*audit.claims[:-1], last]})
    groups = verdicts.grouped(changed)
    assert groups["central"][0] == last
    listed = [claim.id for claims in groups.values() for claim in claims]
    assert sorted(listed) == sorted(claim.id for claim in audit.claims)
    assert {claim.verdict for claim in groups["not run"]} == {Measured.NOT_RUN}
    assert "claims that were not run</summary>" in made.page.read_text()


def test_table_2_has_its_averages_first_and_intervals_in_their_cells(make: Make) -> None:
    """Catches a table with four columns a number, a value under another column's head, and a
    fraction."""
    made = make(3)
    table = tables.table_2("tables/table2.csv", made.root / "tables/table2.csv")
    assert table.columns == [
        *("model", "perception", "reasoning", "visual samples", "in-domain average", "vqav2"),
        *("source", "training"),
    ]
    first, other = table.rows
    assert first[3] == tables.Cell("7\u202f328")
    assert first[4:6] == [
        tables.Cell("51.2", "[40.0, 62.5]", "600", "65.9", "52.0 [50.0, 54.0]"),
        tables.Cell("50.0", "[40.0, 60.0]", "100", "70.0"),
    ]
    assert other[4] == tables.Cell("", n="0", published="75.9")
    page = made.page.read_text()
    assert 'title="50.0 [40.0, 60.0] %, n 100">50.0' in page
    assert '<th scope="col" class="more">vqav2 <small>n 100</small></th>' in page


def test_validity_is_one_line_and_then_groups(make: Make) -> None:
    """Catches a failed check that is folded away, and a row that decides nothing counted among
    those that fail."""
    made = make(3)
    table = tables.validity("tables/validity.csv", made.root / "tables/validity.csv")
    assert table.line == "1 of 2 checks fail; 1 further rows inform and decide nothing."
    assert [name for name, _ in table.groups] == ["tower", "reasoners", "instruct-8B"]
    ((shape,), (largest,), (counted,)) = [checks for _, checks in table.groups]
    assert (shape.value, shape.ends, shape.bar) == ("90.0", "[85.0, 95.0]", "95.0")
    assert (shape.unit, shape.n, shape.holds) == ("%", "300", False)
    assert (largest.value, largest.holds) == ("98.1", True)
    assert (counted.value, counted.bar, counted.decides) == ("4", "10", False)
    assert (counted.unit, counted.n) == ("families", "")


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [
        (b"", "empty"),
        (b"a,b\n1,2,3\n", "row 2 has 3 cells and not 2"),
        (b"a,b\n1\n", "row 2 has 1 cells and not 2"),
        (b"check,value,low,high,training,bar,holds\n", "lacks the columns n, unit"),
        (b"a,b\n1,\xff\n", "not a CSV file"),
        (b'a,b\n1,"2\n', "not a CSV file"),
        (None, "no such file"),
    ],
)
def test_a_damaged_table_is_refused_in_one_line(
    bytes_: bytes | None, said: str, tmp_path: Path
) -> None:
    """Catches a traceback for a file that was cut off, overwritten or removed."""
    file = tmp_path / "validity.csv"
    if bytes_ is not None:
        file.write_bytes(bytes_)
    with pytest.raises(RecordError, match=rf"validity\.csv: {said}") as refused:
        tables.validity("tables/validity.csv", file)
    assert ("check the name" if bytes_ is None else "run snakemake again") in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_figure_of_the_study_has_a_caption() -> None:
    """Catches a new figure that the report shows without a word."""
    assert [name for name in FIGURES if not tables.caption(f"figures/{name}").text] == []
