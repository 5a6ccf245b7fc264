"""The miniature on disk: every set in the layout in which the real one is published.

What reads these files cannot tell them from downloads. Beside them lies the truth: the scene of
each image, and of each benchmark question the full description and the facts that it needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..records.files import replacing
from ..records.files import write as write_records
from ..records.rows import Description, Fact
from . import benchmark_layouts, sets, training_layouts, truth
from .items import Example
from .sets import Conversation, Rendering, asked
from .training_layouts import Album
from .world import describe

_WORDS = re.compile(r"[^\s.,?]+|[.,?]")  # as the miniature's tokenizer counts


def write(
    root: Path,
    raw: Mapping[str, Path],
    scenes: Path,
    gold: Mapping[str, Path],
    facts: Mapping[str, Path],
    rendering: Rendering,
) -> None:
    """Render data sets in their published layouts, and write what is known of them.

    The bytes depend on `rendering` alone.

    Args:
        root: the preset's folder, from which names of images start.
        raw: of each data set that is wanted its folder, which is replaced as a whole.
        scenes: what was drawn in the images of training sets and families.
        gold: of each benchmark that is wanted its true descriptions.
        facts: of the same benchmarks what their questions need.

    Raises:
        UserError: the tests leave too few scenes to train on.
    """
    tests = sets.tests(rendering)
    taken = tests.contents()
    lines: list[str] = []

    def drawn(name: str, split: str) -> list[Conversation]:
        if split == "train":
            return sets.training(name, rendering, taken)
        return [_tested(example, rendering) for example in tests.families[name]]

    for source, lay_out in training_layouts.LAYOUTS.items():
        if source in raw:
            with replacing(raw[source]) as folder:
                album = Album(folder, raw[source].relative_to(root).as_posix())
                lay_out(album, drawn)
                lines += album.truth
    truth.write(scenes, lines)
    for benchmark, lay_out_benchmark in benchmark_layouts.LAYOUTS.items():
        if benchmark in raw:
            examples = lay_out_benchmark(raw[benchmark], tests)
            _write_truth(gold[benchmark], facts[benchmark], benchmark, examples)


def _tested(example: Example, rendering: Rendering) -> Conversation:
    turns = tuple(
        asked(item, rendering.prompts, rendering.answer_form, choices=True)
        for item in example.items
    )
    return Conversation(example.scenes, example.items, turns, example.axis)


def _write_truth(
    gold_file: Path, facts_file: Path, benchmark: str, examples: Sequence[Example]
) -> None:
    """Gold descriptions and facts of a benchmark's questions, `<benchmark>-<index>`."""
    gold, facts = [], []
    for index, example in enumerate(examples):
        name, text = f"{benchmark}-{index}", describe(example.scenes[0])
        gold.append(Description(name, text, len(_WORDS.findall(text)), truncated=False))
        facts += [
            Fact(name, need.name, need.states, need.misstates) for need in example.items[0].needs
        ]
    write_records(gold_file, gold, Description)
    write_records(facts_file, facts, Fact)
