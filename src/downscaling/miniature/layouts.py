"""The miniature on disk: every set in the layout in which the real one is published.

What reads these files cannot tell them from downloads. Beside them lies the truth: the scene of
each image, and of each benchmark question the full description and the facts that it needs.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..prompts.templates import Prompts
from ..records.files import replacing
from ..records.files import write as write_records
from ..records.rows import LETTERS, Description, Fact
from . import sets, truth
from .families import SEVERAL, SINGLE, Example
from .sets import Rendering, Row, Tests, asked
from .world import Scene, describe, render

# CoIN: family, its folder.
TASKS = {
    "ocrvqa": "OCRVQA",
    "textvqa": "TextVQA",
    "scienceqa": "ScienceQA",
    "vqav2": "VQAv2",
    "gqa": "GQA",
    "vizwiz": "VizWiz",
    "imagenet": "ImageNet",
    "grounding": "Grounding",
}
# M4-Instruct: family (of perceptual similarity: axis), the published data set that its rows name.
DATASETS = {
    "spot-the-difference": "CLEVR-Change",
    "image-edit": "MagicBrush",
    "visual-story": "PororoSV",
    "text-rich-vqa": "WebQA",
    "multi-image-vqa": "VISION",
    "puzzle": "RAVEN",
    "nights": "NIGHTS",
    "pieapp": "PieAPP",
}
INSTRUCTIONS = {
    "spot-the-difference": "compare the images.",
    "image-edit": "name the edit.",
    "visual-story": "follow the story.",
    "text-rich-vqa": "read the images.",
    "multi-image-vqa": "look at all images.",
    "puzzle": "find the rule.",
    "perceptual-similarity": "find the image that looks alike.",
}
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
    known: list[str] = []

    def training(name: str) -> list[Row]:
        return sets.training(name, rendering, taken)

    def testing(name: str) -> list[Row]:
        examples = tests.families[name]
        return [_tested(e, rendering.prompts, rendering.answer_form) for e in examples]

    def home(source: str) -> str:
        return raw[source].relative_to(root).as_posix()

    if "coin" in raw:
        with replacing(raw["coin"]) as folder:
            for family in SINGLE:
                for split, rows in (("train", training(family)), ("test", testing(family))):
                    known += _coin(folder, home("coin"), family, split, rows)
    if "m4" in raw:
        with replacing(raw["m4"]) as folder:
            for split, draw in (("train", training), ("test", testing)):
                rows_of = {family: draw(family) for family in SEVERAL}
                known += _m4(folder, home("m4"), split, rows_of)
    if "blip558k" in raw:
        with replacing(raw["blip558k"]) as folder:
            known += _blip558k(folder, home("blip558k"), training("blip558k"))
    if "allava" in raw:
        with replacing(raw["allava"]) as folder:
            known += _allava(folder, home("allava"), training("allava"))
    truth.write(scenes, known)
    for benchmark, layout in (("vmcbench", _vmcbench), ("mmstar", _mmstar)):
        if benchmark in raw:
            examples = layout(raw[benchmark], tests)
            _known(gold[benchmark], facts[benchmark], benchmark, examples)


def _tested(example: Example, prompts: Prompts, form: str) -> Row:
    turns = tuple(asked(item, prompts, form, choices=True) for item in example.items)
    return Row(example.scenes, example.items, turns, example.axis)


def _coin(folder: Path, home: str, family: str, split: str, rows: Sequence[Row]) -> list[str]:
    """<Task>/<split>.json and images; a text-only row has no image key."""
    told, known = [], []
    for number, row in enumerate(rows):
        record: dict[str, Any] = {}
        for world in row.scenes:
            record["image"] = f"{TASKS[family]}/{split}/{number:06d}.png"
            _draw(folder / "images" / record["image"], world)
            known.append(truth.line(f"{home}/images/{record['image']}", world, row.items))
        told.append(record | {"conversations": _conversations(row)})
    _json(folder / TASKS[family] / f"{split}.json", told)
    return known


def _m4(folder: Path, home: str, split: str, rows: dict[str, list[Row]]) -> list[str]:
    """One annotation file for all families, and images."""
    told: list[dict[str, Any]] = []
    known = []
    for family, number, row in ((f, n, row) for f in rows for n, row in enumerate(rows[f])):
        images = [f"{family}/{split}/{number:06d}-{i}.png" for i in range(len(row.scenes))]
        for image, world in zip(images, row.scenes, strict=True):
            _draw(folder / "images" / image, world)
            known.append(truth.line(f"{home}/images/{image}", world))
        (item,), (turn,) = row.items, row.turns
        choices = list(item.options) if turn.prompt != item.text else []
        told.append(
            {
                "sample_id": len(told),
                "conversations": _conversations(row),
                "image": images,
                "choice_list": choices,
                "metadata": {
                    "dataset": DATASETS[row.axis or family],
                    "split": split,
                    "num_sample": len(rows[family]),
                    "task_instruction": INSTRUCTIONS[family],
                    "question_type": "multi-choice" if choices else "open-ended",
                },
            }
        )
    name = "m4_instruct_annotations.json" if split == "train" else "m4_instruct_test.json"
    _json(folder / name, told)
    return known


def _blip558k(folder: Path, home: str, rows: Sequence[Row]) -> list[str]:
    told, known = [], []
    for number, row in enumerate(rows):
        name = f"{number:09d}"
        image = f"{name[:5]}/{name}.png"
        _draw(folder / "images" / image, row.scenes[0])
        known.append(truth.line(f"{home}/images/{image}", row.scenes[0]))
        told.append({"id": name, "image": image, "conversations": _conversations(row)})
    _json(folder / "blip_laion_cc_sbu_558k.json", told)
    return known


def _allava(folder: Path, home: str, rows: Sequence[Row]) -> list[str]:
    told, known = [], []
    for number, row in enumerate(rows):
        image = f"allava_laion/images/{number}.png"
        _draw(folder / image, row.scenes[0])
        known.append(truth.line(f"{home}/{image}", row.scenes[0]))
        told.append(
            {
                "id": f"allava_laion_{number}",
                "image": image,
                "conversations": _conversations(row),
                "original_caption": "",
                "url": "",
            }
        )
    _json(folder / "ALLaVA-Caption-LAION-4V.json", told)
    return known


def _vmcbench(folder: Path, tests: Tests) -> list[Example]:
    """data/test-00000-of-00001.parquet; its examples."""
    examples = [
        (family, example) for family in tests.in_domain for example in tests.in_domain[family]
    ]
    rows = []
    for index, (family, example) in enumerate(examples):
        (item,), (world,) = example.items, example.scenes
        rows.append(
            {
                "index": index,
                "question": item.text,
                **dict(zip("ABCD", item.options, strict=True)),
                "answer": LETTERS[item.options.index(item.answer)],
                "category": TASKS[family],
                "image": {"bytes": _png(world), "path": f"{index}.png"},
            }
        )
    text = [pa.field(name, pa.string()) for name in ("question", *"ABCD", "answer", "category")]
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema([("index", pa.int64()), *text, ("image", image)])
    with replacing(folder) as temporary:
        (temporary / "data").mkdir(parents=True)
        path = temporary / "data" / "test-00000-of-00001.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema), path)
    return [example for _, example in examples]


def _mmstar(folder: Path, tests: Tests) -> list[Example]:
    """mmstar.parquet; its examples."""
    examples = [
        (category, axis, example)
        for (category, axis), drawn in tests.out_of_domain.items()
        for example in drawn
    ]
    rows = []
    for index, (category, axis, example) in enumerate(examples):
        (item,), (world,) = example.items, example.scenes
        options = ", ".join(f"{LETTERS[i]}: {option}" for i, option in enumerate(item.options))
        rows.append(
            {
                "index": index,
                "question": f"{item.text}\nOptions: {options}",
                "image": _png(world),
                "answer": LETTERS[item.options.index(item.answer)],
                "category": category,
                "l2_category": axis,
                "meta_info": {
                    "source": "miniature",
                    "split": "val",
                    "image_path": f"images/{index}.png",
                },
            }
        )
    meta = pa.struct([(name, pa.string()) for name in ("source", "split", "image_path")])
    schema = pa.schema(
        [
            ("index", pa.int64()),
            ("question", pa.string()),
            ("image", pa.binary()),
            *((name, pa.string()) for name in ("answer", "category", "l2_category")),
            ("meta_info", meta),
        ]
    )
    with replacing(folder) as temporary:
        temporary.mkdir()
        pq.write_table(pa.Table.from_pylist(rows, schema), temporary / "mmstar.parquet")
    return [example for _, _, example in examples]


def _known(gold_file: Path, facts_file: Path, benchmark: str, examples: Sequence[Example]) -> None:
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


def _conversations(row: Row) -> list[dict[str, str]]:
    """The turns as LLaVA lays them, the image places before the first."""
    places = "<image>" * len(row.scenes) + "\n" if row.scenes else ""
    return [
        {"from": speaker, "value": (places if speaker == "human" and not i else "") + value}
        for i, turn in enumerate(row.turns)
        for speaker, value in (("human", turn.prompt), ("gpt", turn.reply))
    ]


def _json(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """A JSON array with a row a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f"[\n{told}\n]\n", "utf-8")


def _draw(path: Path, world: Scene) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_png(world))


def _png(world: Scene) -> bytes:
    buffer = io.BytesIO()
    render(world).save(buffer, "PNG", compress_level=0)  # noise hardly compresses
    return buffer.getvalue()
