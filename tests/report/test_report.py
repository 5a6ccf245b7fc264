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
from downscaling.figures import table_2_lines
from downscaling.figures.listed import FIGURES
from downscaling.records.files import RecordError
from downscaling.report import costs, page, samples, stages, tables
from downscaling.report.origins import Origins
from downscaling.report.outcomes import Outcome
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
    """Catches a link out of the two, which breaks when they are sent to somebody."""
    made = make(3)
    page = made.page.read_text()
    links = set(re.findall(r'(?:href|src)="([^"#]+)"', page))
    assert links
    assert all(link.startswith(("report/", "measured/figures/figure-a9.")) for link in links)
    assert [link for link in links if not (made.root / link).is_file()] == []
    assert "http" not in re.sub(r"http-equiv", "", page)


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
    for shown in (
        "(40 to 60)",
        "not judged",
        'href="report/audit/audit.json"',
        'href="#command-2"',
    ):
        assert shown in row[0]
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
    page.write(
        made.root, made_up.PRESET, SIZES, ROLES, made_up.CONFIGURATION,
        report_files(made.root), made.page, made.folder,
    )  # fmt: skip
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


def test_intervals_are_folded_into_their_numbers(tmp_path: Path) -> None:
    """Catches a table with four columns a number, and a value under another column's head."""
    (tmp_path / "t.csv").write_text(
        "model,ocr,ocr_low,ocr_high,ocr_n,samples,ocr_published,samples_published\n"
        "small,0.49,0.3942,0.5866,100,6670,0.55,1.0M\n"
        "other,,,,0,,0.75,\n"
    )
    table = tables.table("t.csv", tmp_path / "t.csv")
    assert table.columns == ["model", "ocr", "samples"]
    assert table.rows == [
        [
            tables.Cell("small"),
            tables.Cell("0.490", "0.394", "0.587", "100", "0.550"),
            tables.Cell("6670", published="1.0M"),
        ],
        [tables.Cell("other"), tables.Cell("", n="0", published="0.750"), tables.Cell("")],
    ]


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [
        (b"", "empty"),
        (b"a,b\n1,2,3\n", "row 2 has 3 cells and not 2"),
        (b"a,b\n1\n", "row 2 has 1 cells and not 2"),
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
        tables.table("tables/validity.csv", file)
    assert "snakemake" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_figure_of_the_study_has_a_caption() -> None:
    """Catches a new figure that the report shows without a word."""
    assert [name for name in FIGURES if not tables.caption(f"figures/{name}").text] == []
