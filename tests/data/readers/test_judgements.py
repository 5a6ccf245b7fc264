"""NIGHTS and PieAPP: invented rows of their published layouts."""

from __future__ import annotations

from pathlib import Path

import pytest

import prepared
from downscaling.catalogue.readers import Nights, Pieapp
from downscaling.data.prepare import prepare_test
from downscaling.data.readers import nights, pieapp
from downscaling.data.readers.omissions import Omission
from downscaling.records.files import RecordError, read
from downscaling.records.rows import Question, Sample

HEADER = "id,left_vote,right_vote,votes,ref_path,left_path,right_path,prompt,is_imagenet,split"


def triplets(tmp_path: Path, picture: bytes, *rows: str, header: str = HEADER) -> Path:
    """raw/nights of a preset, as its archive unpacks: one folder inside, three images."""
    root = tmp_path / "preset" / "raw" / "nights" / "nights"
    for name in ("ref/000/001.png", "distort/000/001_0.png", "distort/000/001_1.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(picture)
    (root / "data.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return root.parent


def triplet(index: int, right: str, votes: str, split: str, reference: str = "001") -> str:
    """A row of data.csv."""
    images = f"ref/000/{reference}.png,distort/000/001_0.png,distort/000/001_1.png"
    return f'{index},0,{right},{votes},{images},"An image of a cat, or so",True,{split}'


def triplet_samples(folder: Path, omitted: list[Omission]) -> list[Sample]:
    """The training conversations of raw/nights of a preset."""
    reader = Nights(reader="nights", split="train")
    return nights.samples("nights", reader, folder, folder.parent.parent, omitted)


def pair_samples(folder: Path, omitted: list[Omission]) -> list[Sample]:
    """The training conversations of raw/pieapp of a preset."""
    reader = Pieapp(reader="pieapp", split="train")
    return pieapp.samples("pieapp", reader, folder, folder.parent.parent, omitted)


def test_triplets_become_conversations_and_questions(tmp_path: Path, picture: bytes) -> None:
    """Catches left and right exchanged, splits mixed, and triplets of few votes taken along."""
    rows = [
        triplet(1, "1.0", "7", "train"),
        triplet(2, "0.0", "6", "train"),
        triplet(3, "1.0", "5", "train"),
        triplet(4, "1.0", "8", "test"),
        triplet(5, "1.0", "8", "val"),
    ]
    folder = triplets(tmp_path, picture, *rows)
    prepared.train("nights", folder, tmp_path / "train.parquet")
    made = read(tmp_path / "train.parquet", Sample)
    assert [(s.id, s.turns[0].reply) for s in made] == [
        ("nights-1", "Right image"),
        ("nights-2", "Left image"),
    ]
    assert made[0].images == (
        "raw/nights/nights/ref/000/001.png",
        "raw/nights/nights/distort/000/001_0.png",
        "raw/nights/nights/distort/000/001_1.png",
    )
    tested = Nights(reader="nights", split="test")
    prepare_test("similar", tested, prepared.places(folder, tmp_path / "test.parquet"))
    (asked,) = read(tmp_path / "test.parquet", Question)
    assert (asked.id, asked.benchmark, asked.category, asked.axis) == (
        *("nights-4", "families", "similar", "nights"),
    )
    assert (asked.options, asked.answer) == (("Left image", "Right image"), "B")


def test_a_triplet_that_cannot_be_used_is_left_out(tmp_path: Path, picture: bytes) -> None:
    """Catches a guess where people disagreed, and a whole set lost to one bad row."""
    rows = [
        triplet(1, "0.5", "6", "train"),
        triplet(2, "2", "6", "train"),
        triplet(3, "1", "many", "train"),
        triplet(4, "1", "6", "train", reference="404"),
        triplet(5, "1", "6", "train"),
    ]
    omitted: list[Omission] = []
    made = triplet_samples(triplets(tmp_path, picture, *rows), omitted)
    assert [sample.id for sample in made] == ["nights-5"]
    assert sorted((o.row, o.reason, o.image) for o in omitted) == [
        (0, "as many votes for either image", ""),
        (1, "'2' is no share of votes", ""),
        (2, "'many' is no number of votes", ""),
        (3, "no image 'ref/000/404.png'", "ref/000/404.png"),
    ]


@pytest.mark.parametrize(
    ("header", "row", "problem"),
    [
        ("id,votes", "1,6", "lacks the columns split"),
        (HEADER, "1,0,1,6,ref", "row 0: fewer than 10 columns"),
        (
            HEADER,
            triplet(1, "1", "6", "train", reference="../../../../x"),
            "is refused: not a path",
        ),
    ],
)
def test_a_table_of_another_form_is_named(
    tmp_path: Path, picture: bytes, header: str, row: str, problem: str
) -> None:
    """Catches columns read by place from a file that has others, and an image from elsewhere."""
    folder = triplets(tmp_path, picture, row, header=header)
    with pytest.raises(RecordError, match=problem):
        triplet_samples(folder, [])
    with pytest.raises(RecordError, match=r"data.csv: no such file, nor in a folder of"):
        triplet_samples(tmp_path / "nothing", [])


def judged(tmp_path: Path, picture: bytes, split: str, *rows: str) -> Path:
    """raw/pieapp of a preset: one reference with two distorted images, and these labels."""
    root = tmp_path / "preset" / "raw" / "pieapp"
    for name in (
        f"reference_images/{split}/ref_7.png",
        f"distorted_images/{split}/ref_7/distort_7_blur_inter_0.png",
        f"distorted_images/{split}/ref_7/distort_7_noise_inter_1.png",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(picture)
    labels = root / "labels" / split
    labels.mkdir(parents=True)
    text = "\n".join(["ref_img,dist_A,dist_B,raw,processed", *rows]) + "\n"
    (labels / "ref_7_pairwise_labels.csv").write_text(text, "utf-8")
    (labels / "ref_7_per_image_score.csv").write_text("ref_img,A,score\n", "utf-8")
    return root


BLUR, NOISE = "distort_7_blur_inter_0.png", "distort_7_noise_inter_1.png"


def test_pairs_become_conversations_where_people_agree(tmp_path: Path, picture: bytes) -> None:
    """Catches A's share read as B's, an estimate that overrides votes, undecided pairs as truth."""
    rows = [
        f"ref_7.png,{BLUR},{NOISE},0.9,0.2",
        f"ref_7.png,{BLUR},{NOISE},,0.1",
        f"ref_7.png,{BLUR},{NOISE},0.6,0.9",
        f"ref_7.png,{BLUR},gone.png,0.9,0.9",
        f"ref_7.png,../{BLUR},{NOISE},0.9,0.9",
        f"ref_7.png,{BLUR},{NOISE},,",
    ]
    omitted: list[Omission] = []
    made = pair_samples(judged(tmp_path, picture, "train", *rows), omitted)
    assert [(s.id, s.turns[0].reply) for s in made] == [
        ("pieapp-7-0", "Left image"),
        ("pieapp-7-1", "Right image"),
    ]
    assert made[0].images == (
        "raw/pieapp/reference_images/train/ref_7.png",
        f"raw/pieapp/distorted_images/train/ref_7/{BLUR}",
        f"raw/pieapp/distorted_images/train/ref_7/{NOISE}",
    )
    assert sorted((o.row, bool(o.image)) for o in omitted) == [(3, True), (4, False), (5, False)]


def test_test_pairs_may_hold_the_reference_itself(tmp_path: Path, picture: bytes) -> None:
    """Catches rows of four columns refused, and the reference looked for among the distorted."""
    folder = judged(tmp_path, picture, "test", f"ref_7.png,ref_7.png,{NOISE},1.0")
    (asked,) = pieapp.questions(
        "similar", Pieapp(reader="pieapp", split="test"), folder, folder.parent.parent, []
    )
    assert (asked.axis, asked.answer) == ("pieapp", "A")
    assert asked.images[0] == asked.images[1] == "raw/pieapp/reference_images/test/ref_7.png"
    with pytest.raises(RecordError, match=r"labels/train: holds no ref_<n>_pairwise_labels.csv"):
        pair_samples(folder, [])
