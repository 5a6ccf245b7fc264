"""Data sets: what each gives, and how."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from downscaling.catalogue import datasets, entries
from downscaling.catalogue.readers import Llava
from downscaling.records.files import RecordError

FAMILIES = (
    *("ocrvqa", "textvqa", "scienceqa", "vqav2", "gqa", "vizwiz", "imagenet", "grounding"),
    *("spot-the-difference", "image-edit", "visual-story", "text-rich-vqa", "multi-image-vqa"),
    *("puzzle", "perceptual-similarity"),
)
OWN = """
[source]
title = "My set"
role = "tuning"
licence = "my own"
size = "1 MB"
hub = "me/mine"
files = ["rows.json", "images.zip"]

[training.my-set]
reader = "llava"
files = ["rows.json"]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of data sets of a catalogue that may be added to."""
    folder = tmp_path / "datasets"
    folder.mkdir()
    for name, path in entries.listed("datasets"):
        (folder / f"{name}.toml").write_bytes(path.read_bytes())
    monkeypatch.setattr(entries, "CATALOGUE", tmp_path)
    datasets.load.cache_clear()
    yield folder
    datasets.load.cache_clear()


def test_families_are_those_of_table_1_in_its_order() -> None:
    """Catches a family that is lost, or listed elsewhere than every table of the study has it."""
    assert datasets.families() == FAMILIES
    rendered = datasets.tested_families(rendered=True)
    assert list(rendered) == ["coin", "m4"]
    assert (*rendered["coin"], *rendered["m4"]) == FAMILIES
    assert list(datasets.tested_families(rendered=False)) == ["coin", "interleave-bench"]


def test_what_is_rendered_is_a_part_of_what_is_published() -> None:
    """Catches a published set that the miniature is thought to draw, and an order that moves."""
    rendered, published = (datasets.training_sets(rendered=r) for r in (True, False))
    assert list(rendered) == ["coin", "m4", "blip558k", "allava"]
    assert list(published) == [*rendered, "nights", "pieapp", "vet-382k"]
    assert published["vet-382k"] == ("extraction",)
    assert rendered.items() <= published.items()


def test_a_set_in_llavas_layout_is_one_file(own: Path) -> None:
    """Catches a data set that needs code, or a list elsewhere, beside its own file."""
    (own / "mine.toml").write_text(OWN)
    assert datasets.training_sets(rendered=False)["mine"] == ("my-set",)
    assert "mine" not in datasets.training_sets(rendered=True)
    assert datasets.training_reader("my-set", rendered=False) == Llava(
        reader="llava", files=("rows.json",)
    )
    assert datasets.families() == FAMILIES


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("my-set]", "gqa]"), "mine.toml: gives the training set gqa, as coin does"),
        (('reader = "llava"', 'reader = "lava"'), "training.my-set.reader: given 'lava'; allowed"),
        (('files = ["rows.json"]\n', ""), "training.my-set.files: missing"),
        (('["rows.json"]\n', '["../rows.json"]\n'), "allowed: a pattern inside the source's"),
        (('hub = "me/mine"', 'path = "mine"'), "name hub or address, and a mirror"),
        (('reader = "llava"', 'reader = "llava"\nimage = "i"'), "training.my-set.image: unknown"),
    ],
)
def test_a_set_that_cannot_be_read_is_refused(
    own: Path, change: tuple[str, str], problem: str
) -> None:
    """Catches a set that another one hides, and a parameter that no reader would look at."""
    (own / "mine.toml").write_text(OWN.replace(*change))
    with pytest.raises(RecordError) as caught:
        datasets.load()
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_name_is_an_error() -> None:
    """Catches a family's questions read as a training set's conversations."""
    with pytest.raises(KeyError):
        datasets.training_reader("families", rendered=False)
    with pytest.raises(KeyError):
        datasets.question_reader("blip558k", rendered=False)
