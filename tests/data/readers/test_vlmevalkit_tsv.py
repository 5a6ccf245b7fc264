"""Benchmarks as VLMEvalKit reads them."""

from __future__ import annotations

import base64
import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import prepared
from downscaling.catalogue.readers import VlmevalkitTsv
from downscaling.data.prepare import prepare_benchmark
from downscaling.data.readers import vlmevalkit_tsv
from downscaling.records.files import RecordError, read
from downscaling.records.rows import LETTERS, Question


def text_of(picture: bytes) -> str:
    """An image as a cell has it."""
    return base64.b64encode(picture).decode()


def row(index: object, image: str, **change: str) -> dict[str, str]:
    """A row of a table with all columns that the layout knows."""
    about = {"index": str(index), "image": image, "question": "what?", "hint": "", "answer": "B"}
    options = {"A": "cup", "B": "can", "C": "jar", "D": ""}
    return about | options | {"category": "Signs", "l2-category": "Road Signs"} | change


def table(tmp_path: Path, *rows: dict[str, str], name: str = "mine.tsv") -> Path:
    """A TSV file of these rows."""
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def questions(
    tmp_path: Path,
    path: Path,
    categories: dict[str, tuple[str, ...]] | None = None,
    omitted_share: float = 0.0,
    **more: Any,
) -> list[Question]:
    """The records that the file becomes."""
    root = tmp_path / "preset"
    at = prepared.places(root / "raw/mine", root / "data/mine/test.parquet")
    reader = VlmevalkitTsv(reader="vlmevalkit_tsv", **more)
    images, scratch = root / "data/mine/images", tmp_path / "scratch"
    places = type(at)(path, at.root, at.records, at.missing)
    prepare_benchmark(
        *("own", "mine", reader, categories or {}, places, images, scratch),
        omitted_share=omitted_share,
    )
    return read(at.records, Question)


def test_rows_become_questions(tmp_path: Path, picture: bytes) -> None:
    """Catches a hint that is lost, a blank option that is offered, an axis under another name, and
    an image that is written anew."""
    image = text_of(picture)
    rows = [
        row(3, image),
        row(7, image, D="tin", answer="d", hint="Look at the shelf."),
        row(8, image, question="<image> which?", category="Colours", answer="(A)"),
    ]
    first, second, third = questions(tmp_path, table(tmp_path, *rows))
    assert first == Question(
        *("mine-3", "own", "signs", "road signs", ("data/mine/images/3.png",)),
        *("what?", ("cup", "can", "jar"), "B", "choice"),
    )
    assert (second.text, second.options[-1], second.answer) == (
        "Look at the shelf.\nwhat?",
        "tin",
        "D",
    )
    assert (third.text, third.category, third.answer) == ("which?", "colours", "A")
    assert (tmp_path / "preset" / first.images[0]).read_bytes() == picture


def test_an_image_may_be_another_rows(tmp_path: Path, picture: bytes) -> None:
    """Catches a number taken for an image, one that comes before the row it names, an image written
    twice, and one that is lost with the category of the row that holds it."""
    rows = [row(1, "5"), row(5, text_of(picture), category="other"), row(6, "5")]
    asked = questions(tmp_path, table(tmp_path, *rows), {"signs": ("Signs",)})
    assert [q.id for q in asked] == ["mine-1", "mine-6"]
    assert {q.images for q in asked} == {("data/mine/images/5.png",)}
    images = tmp_path / "preset/data/mine/images"
    assert [path.name for path in images.iterdir()] == ["5.png"]
    assert (images / "5.png").read_bytes() == picture


@pytest.mark.parametrize("in_two_files", [False, True])
def test_an_image_of_an_index_that_stands_twice_is_the_first_rows(
    tmp_path: Path, picture: bytes, in_two_files: bool
) -> None:
    """Catches the picture of a later row, which is of a category that nobody takes or of another
    file, shown with questions about the first one's, in silence."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "blue").save(buffer, "PNG")
    first = [row(1, "0"), row(0, text_of(picture))]
    second = [row(0, text_of(buffer.getvalue()), category="other"), row(2, "0")]
    folder = tmp_path / "rows"
    folder.mkdir()
    for place, rows in enumerate([first, second] if in_two_files else [first + second]):
        table(folder, *rows, name=f"{place}.tsv")
    asked = questions(tmp_path, folder, {"signs": ("Signs",)})
    assert [q.id for q in asked] == ["mine-1", "mine-0", "mine-2"]
    (image,) = {image for q in asked for image in q.images}
    assert (tmp_path / "preset" / image).read_bytes() == picture
    with pytest.raises(RecordError, match=r"index 0 occurs twice"):
        questions(tmp_path, folder)


def test_a_row_may_have_several_images(tmp_path: Path, picture: bytes) -> None:
    """Catches a list that is read as one damaged image, and images that overwrite each other."""
    image = text_of(picture)
    (asked,) = questions(tmp_path, table(tmp_path, row(2, f"['{image}', '{image}']")))
    assert asked.images == ("data/mine/images/2-0.png", "data/mine/images/2-1.png")
    assert all((tmp_path / "preset" / image).is_file() for image in asked.images)


def test_columns_may_have_other_names_or_be_away(tmp_path: Path, picture: bytes) -> None:
    """Catches a column that an entry names and nobody looks at, and one that has to be there."""
    known = row(1, text_of(picture), topic="Maps")
    path = table(tmp_path, {k: v for k, v in known.items() if k not in ("category", "l2-category")})
    assert [(q.category, q.axis) for q in questions(tmp_path, path)] == [("all", "")]
    assert [q.category for q in questions(tmp_path, path, category="topic")] == ["maps"]
    with pytest.raises(RecordError, match=r"mine.tsv: lacks the columns kind"):
        questions(tmp_path, path, axis="kind")


def test_outer_blanks_of_a_columns_name_do_not_count(tmp_path: Path, picture: bytes) -> None:
    """Catches a category that is lost, without a word, for a blank before its column's name."""
    known = row(1, text_of(picture))
    path = table(tmp_path, {f" {name} ": cell for name, cell in known.items()})
    assert [(q.category, q.axis) for q in questions(tmp_path, path)] == [("signs", "road signs")]


def test_a_row_may_have_as_many_options_as_there_are_letters(
    tmp_path: Path, picture: bytes
) -> None:
    """Catches the last letter refused, and options behind it that are dropped without a word, so
    that the question is asked with 26 of 30."""
    full = row(1, text_of(picture), answer="Z") | {letter: f"is {letter}" for letter in LETTERS}
    (asked,) = questions(tmp_path, table(tmp_path, full))
    assert (asked.options[-1], asked.answer) == ("is Z", "Z")
    with pytest.raises(RecordError) as caught:
        questions(tmp_path, table(tmp_path, full | {"AA": "more", "AB": ""}))
    assert str(caught.value).endswith("mine.tsv: has the option columns AA, AB; allowed: A to Z")


def test_a_long_cell_is_read(tmp_path: Path) -> None:
    """Catches csv's own limit of 131,072 characters, which most real images exceed."""
    buffer = io.BytesIO()
    noise = random.Random(0).randbytes(3 * 250 * 250)
    Image.frombytes("RGB", (250, 250), noise).save(buffer, "PNG")
    csv.field_size_limit(131_072)  # as a fresh process has it
    assert len(text_of(buffer.getvalue())) > 131_072
    (asked,) = questions(tmp_path, table(tmp_path, row(1, text_of(buffer.getvalue()))))
    assert (tmp_path / "preset" / asked.images[0]).read_bytes() == buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"image": "aGVsbG8!"}, "image 'aGVsbG8!' is damaged base64"),
        ({"image": "data:image/png;base64,aGVsbG8="}, "base64,aGVsbG8=' is a data URI; give the"),
        ({"image": "https://example.org/a.png"}, "'https://example.org/a.png' is an address; give"),
        ({"image": "images/a.png"}, "image 'images/a.png' is a path; give the image itself"),
        ({"image": "aGVsbG8gd29ybGQ="}, "image: not a readable image"),
        ({"image": "['']"}, "holds no image bytes"),
        ({"image": "9"}, "image 9 is no row that holds an image"),
        ({"image": "1"}, "image 1 is no row that holds an image"),
        ({"answer": ""}, "its answer is empty"),
        ({"answer": "D"}, "its answer 'D' is none of its options"),
        ({"answer": "can"}, "its answer 'can' is none of its options"),
        ({"B": ""}, "its options are A, C, with a gap"),
        ({"B": "", "C": "", "answer": "A"}, "has 1 options; allowed: 2 to 26"),
        ({"A": "", "B": "", "C": ""}, "lists no options"),
        ({"question": " "}, "its question is empty"),
        ({"question": "x" * 100_001}, "its question has 100,001 characters; allowed: 100,000"),
        ({"hint": "x" * 100_001}, "its hint has 100,001 characters; allowed: 100,000"),
        ({"A": "x" * 100_001}, "its A has 100,001 characters; allowed: 100,000"),
        ({"category": ""}, "its category is empty"),
        ({"index": "0"}, "index 0 occurs twice"),
        ({"index": "9" * 5000}, "is no number"),
        ({"index": "../../evil"}, "index '../../evil' is no number"),
    ],
)
def test_a_faulty_row_is_refused_by_file_and_row_unless_allowed(
    tmp_path: Path, picture: bytes, change: dict[str, str], problem: str
) -> None:
    """Catches a question that is scored against nothing, shown without its image, dropped although
    its author means it to count, or one that stops a benchmark whatever its bound allows."""
    path = table(tmp_path, row(0, text_of(picture)), row(1, text_of(picture)) | change)
    with pytest.raises(RecordError) as caught:
        questions(tmp_path, path)
    assert str(caught.value).startswith(f"{path}, row 1: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    made = tmp_path / "preset/data/mine"
    assert [file.name for file in made.iterdir()] == ["test.missing.csv"]
    assert [q.id for q in questions(tmp_path, path, omitted_share=0.5)] == ["mine-0"]
    assert [file.name for file in (made / "images").iterdir()] == ["0.png"]


def test_a_row_with_one_of_two_images_damaged_leaves_none_behind(
    tmp_path: Path, picture: bytes
) -> None:
    """Catches an image of a row that is left out among those of the benchmark."""
    image = text_of(picture)
    path = table(tmp_path, row(0, image), row(1, f"['{image}', 'aGVsbG8gd29ybGQ=']"))
    assert len(questions(tmp_path, path, omitted_share=0.5)) == 1
    images = tmp_path / "preset/data/mine/images"
    assert [file.name for file in images.iterdir()] == ["0.png"]


def test_rows_without_an_image_are_left_out(tmp_path: Path, picture: bytes) -> None:
    """Catches a text-only row that no perception module could describe, and one that stops a
    benchmark although its category is not taken."""
    path = table(tmp_path, row(0, ""), row(1, text_of(picture), category="Maps"))
    assert [q.id for q in questions(tmp_path, path, omitted_share=0.5)] == ["mine-1"]
    with pytest.raises(RecordError, match="1 of 2 rows are left out, 50%, and 0% are allowed"):
        questions(tmp_path, path)
    assert [q.id for q in questions(tmp_path, path, {"maps": ("Maps",)})] == ["mine-1"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"index\timage\tquestion\n", "lacks the columns A, B, answer"),
        (b"index\tindex\timage\tquestion\tA\tB\tanswer\n", "has two columns of one name"),
        (b"index\timage\tquestion\tA\tB\tanswer\n1\t2\n", "row 0: 2 cells for 6 columns"),
        (b"index\timage\tquestion\tA\tB\tanswer\n\xff\n", "row 0: not tab-separated text"),
        (b'index\timage\tquestion\tA\tB\tanswer\n"1', "row 0: not tab-separated text"),
        (
            b'index\timage\tquestion\tA\tB\tanswer\n1\t2\t"red" or blue?\ta\tb\tA\n',
            "; a cell that begins with a quotation mark must be quoted whole: ",
        ),
        (
            b"index,image,question,A,B,answer\n1,2,3,4,5,6\n",
            "lacks the columns index, image, question, A, B, answer; its cells are not separated "
            "by tabs",
        ),
        (b"", "lacks the columns index, image"),
    ],
)
def test_a_file_of_another_form_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    """Catches a traceback of Python's where a file is none of this layout."""
    path = tmp_path / "mine.tsv"
    path.write_bytes(content)
    with pytest.raises(RecordError) as caught:
        questions(tmp_path, path)
    assert str(caught.value).startswith(str(path))
    assert problem in str(caught.value)
    with pytest.raises(RecordError) as at_once:
        vlmevalkit_tsv.check_form(VlmevalkitTsv(reader="vlmevalkit_tsv"), path)
    assert str(at_once.value) == str(caught.value)


def test_a_form_is_told_by_the_first_row(tmp_path: Path) -> None:
    """Catches a run that begins by reading gigabytes of images."""
    path = tmp_path / "mine.tsv"
    head, rows = b"index\timage\tquestion\tA\tB\tanswer\n", b"1\t2\t3\t4\t5\t6\n" * 100_000
    path.write_bytes(head + rows + b"\xff\n")
    vlmevalkit_tsv.check_form(VlmevalkitTsv(reader="vlmevalkit_tsv"), path)


def test_files_are_found_in_a_folder(tmp_path: Path, picture: bytes) -> None:
    """Catches one file of two, and an index that two files share."""
    table(tmp_path, row(1, text_of(picture)), name="b.tsv")
    table(tmp_path, row(2, text_of(picture)), name="a.tsv")
    assert [q.id for q in questions(tmp_path, tmp_path)] == ["mine-2", "mine-1"]
    table(tmp_path, row(2, text_of(picture)), name="c.tsv")
    with pytest.raises(RecordError, match=r"c.tsv, row 0: index 2 occurs twice; of the q"):
        questions(tmp_path, tmp_path)
