"""Conversation files as LLaVA lays them out: a JSON array of rows with images and turns.

A fault that shows a wrong or hostile file (no JSON, another shape, an image path that leads out of
its folder, an image too large) is an error which names file and row. A fault of one row, as the
published files have them, leaves that row out; what was left out is reported.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ...records.files import RecordError
from ...records.rows import PLACE, Turn
from ..images import ImageFolder
from .cells import clean
from .files import rows
from .omissions import MissingImageError, Omission, RowError, UnmarkedError


@dataclasses.dataclass(frozen=True)
class Conversation:
    """A row: its images' paths relative to the preset's folder, its turns, and what was left out
    of it."""

    images: tuple[str, ...]
    turns: tuple[Turn, ...]
    omitted: tuple[str, ...] = ()


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
        omitted += [Omission(str(path), number, told, is_lost=False) for told in read.omitted]
        yield place, number, row, read


def conversation(row: dict[str, Any], images: ImageFolder, where: str) -> Conversation:
    """The images and turns of a row, with all their blanks. Its image places must be as many as its
    images; where they stand: `placings`. A turn with an empty answer is left out.

    where: file and row, for errors. Raises RowError for a row to leave out, RecordError for an
    image that is refused.
    """
    names = image_names(row)
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
    if any(PLACE in reply for reply in replies):
        raise RowError("an answer holds an image place")
    places = sum(prompt.count(PLACE) for prompt in prompts)
    if places != len(names):
        raise RowError(f"{places} image places for {len(names)} images")
    all_turns = [
        Turn(text, reply, placed)
        for (text, placed), reply in zip(placings(prompts), replies, strict=True)
    ]
    turns = tuple(turn for turn in all_turns if turn.reply.strip())
    if not turns:
        raise RowError("no answer")
    silent = [place for place, turn in enumerate(all_turns) if not turn.reply.strip()]
    if any(all_turns[place].placed for place in silent):
        raise RowError("a turn with images has no answer")
    omitted = tuple(f"turn {place}: empty answer" for place in silent)
    return Conversation(images_of(images, names, where), turns, omitted)


def placings(prompts: Sequence[str]) -> list[tuple[str, int]]:
    """The text of each prompt, and how many images stand at its places (`Turn`).

    To the character as LLaVA-NeXT's `preprocess_multimodal` has it: an only image that does not
    begin its turn moves there, with a line break; whatever else is written stays. Where images and
    a line break begin the first turn, they are in no text: whoever encodes a `Sample` writes them.
    """
    placed: list[tuple[str, int]] = []
    for prompt in prompts:
        count = prompt.count(PLACE)
        if count == 1 and not prompt.startswith(PLACE):
            prompt = f"{PLACE}\n{prompt.replace(PLACE, '').strip()}".strip()
        front = f"{PLACE * count}\n"
        if count and not placed and prompt.startswith(front):
            placed.append((prompt.removeprefix(front), 0))
        else:
            placed.append((prompt, count))
    return placed


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
    """The data set that a row's metadata name. Raises UnmarkedError where they name none."""
    metadata = row.get("metadata")
    dataset = metadata.get("dataset") if isinstance(metadata, dict) else None
    if not isinstance(dataset, str):
        raise UnmarkedError("its metadata names no data set")
    return dataset


def image_names(row: dict[str, Any]) -> list[str]:
    """The row's image paths; none where the key is missing or empty (a text-only row)."""
    value = row.get("image") or []
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RowError("its image is neither a path nor a list of paths")
    return [clean(name) for name in names]
