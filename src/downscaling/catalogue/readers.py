"""What an entry of the catalogue says of a published layout: which reader reads it, and how.

Each reader is a module of `data/readers` of the same name. Its parameters stand here, so that a
misspelt one is refused as soon as the entry is read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ..config.block import Block
from .entries import Pattern, Patterns, Texts


def reader_module(reader: str) -> str:
    """The module that reads a layout, by the name under which an entry asks for it."""
    return f"downscaling.data.readers.{reader}"


# ---- conversations for training


class Llava(Block):
    """Conversations as LLaVA lays them out: JSON arrays of rows, each with its conversation."""

    reader: Literal["llava"]
    files: Patterns
    """the annotation files"""
    images: str = ""
    """the folder that image paths are relative to; empty: the set's own"""
    datasets: Texts = ()
    """rows whose `metadata.dataset` is one of these are taken; none: all rows"""


class Vet(Block):
    """The released extraction data."""

    reader: Literal["vet"]
    files: Patterns
    images: str = ""


class Nights(Block):
    """NIGHTS' triplets of images, as conversations or as questions."""

    reader: Literal["nights"]
    split: Literal["train", "val", "test"]


class Pieapp(Block):
    """PieAPP's pairs of images beside a reference, as conversations or as questions."""

    reader: Literal["pieapp"]
    split: Literal["train", "val", "test"]


# ---- test questions of a family


class Coin(Block):
    """CoIN's test questions, a question a row."""

    reader: Literal["coin"]
    file: Pattern
    images: str = ""
    rule: Literal["choice", "box", "equal", "unstopped", "within", "soft"]
    """how an answer is scored: the kind of a question that lists no options (docs/scoring.md); a
    question that lists some is a choice"""
    answers: str = ""
    """for the rule soft, the file in the set's folder that holds what people answered"""

    @model_validator(mode="after")
    def _has_answers(self) -> Self:
        if bool(self.answers) != (self.rule == "soft"):
            raise ValueError("answers: needed by the rule soft, and by no other")
        return self


class M4(Block):
    """Test questions in M4-Instruct's layout, a question a row, whose metadata name a data set."""

    reader: Literal["m4"]
    file: Pattern
    images: str = ""
    datasets: Texts
    """the data sets whose rows make the family"""
    axes: dict[str, str] = Field(default={})
    """of a data set, the axis that its questions are counted under"""


# ---- benchmarks of multiple choice


class VlmevalkitTsv(Block):
    """A benchmark as VLMEvalKit reads it: tab-separated, images in base64."""

    reader: Literal["vlmevalkit_tsv"]
    files: Patterns = ("*.tsv",)
    """in the source's folder; a source that is one file needs none"""
    category: str = ""
    """the column that names a row's category; empty: `category`, where there is such a column"""
    axis: str = ""
    """the same of the second-level category; empty: `l2-category`, where there is such a column"""


class LmmsParquet(Block):
    """A benchmark as lmms-eval reads it: parquet files of the hub, a question a row."""

    reader: Literal["lmms_parquet"]
    files: Patterns = ("**/*.parquet",)
    """in the source's folder; a source that is one file needs none"""
    index: str = ""
    """the column with a number of the row's own within its split; empty: rows are numbered in their
    order"""
    images: Texts = ("image",)
    """columns that hold an image, or a list of them, each"""
    question: str = "question"
    options: Texts = ()
    """one column that lists all options, or a column an option; none: the question lists them"""
    fewer_options: bool = False
    """whether a row may leave the last of several option columns blank"""
    answer: str = "answer"
    answer_is: Literal["letter", "index", "text"] = "letter"
    """what the answer column holds; an index counts from 0"""
    category: str = ""
    """the column that names a row's category; empty: all rows are of one"""
    axis: str = ""
    """the column that names a row's second-level category"""


TrainingReader = Annotated[Llava | Vet | Nights | Pieapp, Field(discriminator="reader")]
QuestionReader = Annotated[Coin | M4 | Nights | Pieapp, Field(discriminator="reader")]
SetReader = Annotated[Llava | Vet | Nights | Pieapp | Coin | M4, Field(discriminator="reader")]
"""of a training set or a family"""
Makes = Literal["samples", "questions"]
"""The function of a reader that makes a set's records: of a training set, or of a family."""
BenchmarkReader = Annotated[VlmevalkitTsv | LmmsParquet, Field(discriminator="reader")]


def row_files(reader: Any) -> tuple[str, ...]:
    """The files that a layout's rows are read from, by their patterns; none where they lie in an
    archive, beside the images."""
    patterns: tuple[str, ...] = getattr(reader, "files", ())
    return patterns or tuple(filter(None, [getattr(reader, "file", "")]))
