"""Conversation files as LLaVA lays them out: a JSON array of rows with images and turns.

A fault that shows a wrong or hostile file (no JSON, another shape, an image path that leads out of
its folder, bytes that are no image) is an error which names file and row. A fault of one row, as
the published files have them, leaves that row out; what was left out is reported.

Rows are decoded one by one and not through `datasets`, which gives a file's rows one schema: where
some rows have a path and others a list of paths, it hands out `"a.png"` with its quotes, unasked.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ...records.files import RecordError
from ...records.rows import Turn
from ..images import ImageFolder
from .options import letter

_PLACE = "<image>"
_PLACES = re.compile(rf"[ \t]*(?:{_PLACE}[ \t]*)+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


class RowError(ValueError):
    """No record can be made of a row; the message says why."""


class MissingImageError(RowError):
    """A row needs an image that is not there; `image` is its path as the row has it."""

    def __init__(self, image: str) -> None:
        super().__init__(f"no image {image!r}")
        self.image = image


@dataclasses.dataclass(frozen=True)
class Omission:
    """What a reader left out: the file, the row's place in it (from 0), and what and why; the
    image where that is a missing one."""

    file: str
    row: int
    reason: str
    image: str = ""

    @classmethod
    def of(cls, error: RowError, path: Path, row: int) -> Omission:
        """The omission of a row of which no record can be made."""
        image = error.image if isinstance(error, MissingImageError) else ""
        return cls(str(path), row, str(error), image)


@dataclasses.dataclass(frozen=True)
class Conversation:
    """A row: its images' paths relative to the preset's folder, its turns without image places, and
    what was left out of it."""

    images: tuple[str, ...]
    turns: tuple[Turn, ...]
    omitted: tuple[str, ...] = ()


def matching(source: Path, patterns: Sequence[str]) -> list[Path]:
    """The files of a source that match one of the patterns, in order of their names; the source
    itself where it is one file. Raises RecordError if there is none."""
    if source.is_file():
        return [source]
    paths = {path for pattern in patterns for path in source.glob(pattern)}
    if not paths:
        raise RecordError(f"{source}: no such file as {' or '.join(patterns)}")
    return sorted(paths)


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a JSON array of objects, numbered from 0.

    Raises RecordError, naming file and row, where the file is missing or something else.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise RecordError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}: not UTF-8 text ({error})") from None
    decoder, place, number = json.JSONDecoder(), _skip(text, 0), 0
    if text[place : place + 1] != "[":
        raise RecordError(f"{path}: not a JSON array of rows")
    place = _skip(text, place + 1)
    if text[place : place + 1] == "]":
        return
    while True:
        try:
            row, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise RecordError(f"{path}, row {number}: not JSON ({error})") from None
        if not isinstance(row, dict):
            raise RecordError(f"{path}, row {number}: a {type(row).__name__}, not an object")
        yield number, row
        number, place = number + 1, _skip(text, place)
        if text[place : place + 1] == "]":
            return
        if text[place : place + 1] != ",":
            raise RecordError(f"{path}, row {number}: not JSON (a comma or the end is missing)")
        place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n\ufeff":
        place += 1
    return place


def conversations(
    path: Path,
    images: ImageFolder,
    omitted: list[Omission],
    wanted: Callable[[dict[str, Any]], bool] = lambda row: True,
) -> Iterator[tuple[int, int, dict[str, Any], Conversation]]:
    """The wanted rows of a file that a record can be made of: the place among the wanted rows, the
    place in the file, the row itself, what was read of it.

    `wanted` may raise RowError. What is left out is added to `omitted`. Raises RecordError as
    `rows` and `conversation` do.
    """
    place = -1
    for number, row in rows(path):
        try:
            if not wanted(row):
                continue
            place += 1
            read = conversation(row, images, f"{path}, row {number}")
        except RowError as error:
            omitted.append(Omission.of(error, path, number))
            continue
        omitted += [Omission(str(path), number, reason) for reason in read.omitted]
        yield place, number, row, read


def conversation(row: dict[str, Any], images: ImageFolder, where: str) -> Conversation:
    """The images and turns of a row. Its image places must be as many as its images, and all go: a
    record's images stand before its first prompt. A turn with an empty answer is left out.

    where: file and row, for errors. Raises RowError for a row to leave out, RecordError for an
    image that is refused.
    """
    names = _image_names(row)
    parts = row.get("conversations")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise RecordError(f"{where}: no list of conversations")
    if [part.get("from") for part in parts] != ["human", "gpt"] * (len(parts) // 2) or not parts:
        raise RowError("turns do not alternate between human and gpt")
    values = [part.get("value") for part in parts]
    texts = [clean(value) for value in values if isinstance(value, str)]
    if len(texts) < len(values):
        raise RowError("a turn is no text")
    prompts, replies = texts[::2], texts[1::2]
    if any(_PLACE in reply for reply in replies):
        raise RowError("an answer holds an image place")
    places = sum(prompt.count(_PLACE) for prompt in prompts)
    if places != len(names):
        raise RowError(f"{places} image places for {len(names)} images")
    all_turns = [
        Turn(without_places(prompt), reply.strip())
        for prompt, reply in zip(prompts, replies, strict=True)
    ]
    turns = tuple(turn for turn in all_turns if turn.reply)
    if not turns:
        raise RowError("no answer")
    omitted = tuple(f"turn {i}: empty answer" for i, turn in enumerate(all_turns) if not turn.reply)
    return Conversation(images_of(images, names, where), turns, omitted)


def images_of(images: ImageFolder, names: Sequence[str], where: str) -> tuple[str, ...]:
    """The paths of a row's images relative to the preset's folder.

    where: file and row, for errors. Raises MissingImageError for the first that is not there,
    RecordError for one that is refused.
    """
    paths = [images.find(name, where) for name in names]
    for name, path in zip(names, paths, strict=True):
        if path is None:
            raise MissingImageError(name)
    return tuple(path for path in paths if path is not None)


def dataset_of(row: dict[str, Any]) -> str:
    """The data set that a row's metadata name. Raises RowError where they name none."""
    metadata = row.get("metadata")
    dataset = metadata.get("dataset") if isinstance(metadata, dict) else None
    if not isinstance(dataset, str):
        raise RowError("its metadata names no data set")
    return dataset


def choice(reply: str, options: Sequence[str], letters: bool = False) -> str:
    """The letter of the option that a reply names, by its text or its letter; by its letter alone
    where `letters`. Raises RowError if it names none."""
    if not options:
        raise RowError("lists no options")
    chosen = letter(reply, [""] * len(options) if letters else options)
    if chosen is None:
        raise RowError(f"its answer {reply!r} is none of its options")
    return chosen


def text_of(row: dict[str, Any], name: str) -> str:
    """A cell's text, outer blanks removed. Raises RowError where it is empty or no text."""
    value = row[name]
    if not isinstance(value, str) or not value.strip():
        raise RowError(f"its {name} is empty or no text")
    return clean(value).strip()


def clean(text: str) -> str:
    """The text without lone surrogates, which JSON can spell and no file can hold."""
    return _SURROGATES.sub("\ufffd", text)


def without_places(prompt: str) -> str:
    """A text without its image places, outer blanks of its lines removed."""
    lines = _PLACES.sub(" ", prompt).splitlines()
    return "\n".join(line.strip() for line in lines).strip()


def _image_names(row: dict[str, Any]) -> list[str]:
    """The row's image paths; none where the key is missing or empty (a text-only row)."""
    value = row.get("image") or []
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RowError("its image is neither a path nor a list of paths")
    return [clean(name) for name in names]
