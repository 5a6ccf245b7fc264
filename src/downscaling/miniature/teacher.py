"""The miniature's teacher: an oracle that knows every rendered scene.

It stands behind the interface of `extraction.teacher`, as a large vision-language model would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..records.files import RecordError
from .items import focused
from .truth import Known, read


class Oracle:
    """Answers from the truth about the images. An answer does not depend on the attempt."""

    def __init__(self, scenes: Path) -> None:
        """scenes: truth/scenes.jsonl. Raises RecordError if it cannot be read."""
        self._path = scenes
        self._known = read(scenes)

    def statements(
        self,
        images: Sequence[Sequence[str]],
        pairs: Sequence[Sequence[tuple[str, str]]],
        attempt: int = 0,
    ) -> Iterator[Mapping[int, list[str]]]:
        """For each request a statement per question-answer pair.

        Raises RecordError for an image or a question that the oracle does not know.
        """
        replies = []
        for shown, asked in zip(images, pairs, strict=True):
            known = self._one(shown)
            texts = [question.split("\n")[0] for question, _ in asked]  # options stand below
            for text in texts:
                if text not in known.items:
                    raise RecordError(f"{self._path}: {shown[0]} has no question {text!r}")
            replies.append([known.items[text].statement for text in texts])
        yield dict(enumerate(replies))

    def describe(
        self,
        images: Sequence[Sequence[str]],
        statements: Sequence[Sequence[str]],
        attempt: int = 0,
    ) -> Iterator[Mapping[int, str]]:
        """For each request the full description, what its statements are about first."""
        replies = []
        for shown, about in zip(images, statements, strict=True):
            known = self._one(shown)
            asked = [item for item in known.items.values() if item.statement in about]
            replies.append(focused(known.scene, asked))
        yield dict(enumerate(replies))

    def _one(self, images: Sequence[str]) -> Known:
        if len(images) != 1 or images[0] not in self._known:
            raise RecordError(f"{self._path}: knows no scene of {', '.join(images) or 'no image'}")
        return self._known[images[0]]
