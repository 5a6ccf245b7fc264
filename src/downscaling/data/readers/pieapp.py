"""PieAPP: pairs of distorted images, and how many people find each more like their reference.

Layout: labels/{train,val,test}/ref_<n>_pairwise_labels.csv, columns by place: reference, image A,
image B, the share of 40 people who chose A (blank where nobody was asked), and in train and val the
share that was estimated from all pairs. Images: reference_images/<split>/ or reference_images/,
distorted_images/<split>/ref_<n>/. In test, the reference itself may be one of the pair.
How the paper made questions of shares is not published. Here the people's share counts where there
is one, else the estimate, and only pairs that at least two thirds agree on become records.
Source: github.com/prashnani/PerceptualImageError, dataset/dataset_README.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from ...catalogue.readers import Pieapp
from ...records.files import RecordError
from ...records.rows import Question, Sample
from ..images import ImageFolder, leads_out
from . import judgements
from .judgements import Judgement
from .omissions import Omission, RowError

AGREED = 2 / 3


def samples(
    name: str,
    reader: Pieapp,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Sample]:
    """The training conversations, `pieapp-<reference>-<row>`; arguments and errors as of
    `llava.samples`."""
    images, judged = _judged(reader.split, source, root, omitted, seen)
    return judgements.samples(judged, name, images, omitted)


def questions(
    name: str,
    reader: Pieapp,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Question]:
    """The test questions, `pieapp-<reference>-<row>`; arguments and errors as of
    `llava.samples`."""
    images, judged = _judged(reader.split, source, root, omitted, seen)
    return judgements.questions(judged, name, "pieapp", images, omitted)


def _judged(
    split: str,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None,
) -> tuple[ImageFolder, Iterator[Judgement]]:
    folder = judgements.folder_with("labels", source)
    files = sorted((folder / "labels" / split).glob("ref_*_pairwise_labels.csv"))
    if not files:
        raise RecordError(f"{folder / 'labels' / split}: holds no ref_<n>_pairwise_labels.csv")
    return ImageFolder(folder, root, seen), _rows(folder, split, files, omitted)


def _rows(
    folder: Path, split: str, files: list[Path], omitted: list[Omission]
) -> Iterator[Judgement]:
    for path in files:
        reference = path.name.removesuffix("_pairwise_labels.csv")
        for number, row in judgements.cells(path, 4):
            try:
                chose_a = judgements.share(row[3] or (row[4] if len(row) > 4 else ""))
                if max(chose_a, 1 - chose_a) < AGREED:
                    continue
                first, left, right = (_place(folder, split, reference, name) for name in row[:3])
            except RowError as error:
                omitted.append(Omission.of(error, path, number))
                continue
            index = f"pieapp-{reference.removeprefix('ref_')}-{number}"
            yield Judgement(index, (first, left, right), 1 - chose_a, path, number)


def _place(folder: Path, split: str, reference: str, name: str) -> str:
    """An image's path inside the folder: the first of its places where it is, else the last."""
    if leads_out(name) or "/" in name:
        raise RowError(f"{name!r} is no image's name")
    places = [f"distorted_images/{split}/{reference}/{name}"]
    if name.startswith("ref_"):
        places = [f"reference_images/{split}/{name}", f"reference_images/{name}"]
    return next((place for place in places if (folder / place).exists()), places[-1])
