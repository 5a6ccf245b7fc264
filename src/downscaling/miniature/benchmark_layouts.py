"""The layouts of the two benchmarks: parquet files that hold questions and images."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..records.files import replacing
from ..records.rows import LETTERS
from .items import Example
from .picture import png
from .sets import Tests
from .training_layouts import TASKS


def vmcbench(folder: Path, tests: Tests) -> list[Example]:
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
                "image": {"bytes": png(world), "path": f"{index}.png"},
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


def mmstar(folder: Path, tests: Tests) -> list[Example]:
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
                "image": png(world),
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


LAYOUTS = {"vmcbench": vmcbench, "mmstar": mmstar}
