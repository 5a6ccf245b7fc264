"""The job that prepares a data set."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import standins
from downscaling.catalogue import benchmarks
from performing import perform, task


def test_a_job_records_what_it_left_out(tmp_path: Path) -> None:
    """Catches a benchmark of which rows are missing without a word in its record, and a list that
    goes where the job fails."""
    root = tmp_path / "preset"
    file = root / "raw/vmcbench/data/test-00000-of-00001.parquet"
    file.parent.mkdir(parents=True)
    options = dict.fromkeys("ABCD", "cup") | {"category": "VQAv2", "answer": "B"}
    image = {"bytes": standins.image(1), "path": "x.png"}
    row = options | {"index": 0, "question": "What?", "image": image}
    table = pa.Table.from_pylist([row, row | {"index": 1, "D": None}])
    pq.write_table(table, file)
    reader = benchmarks.load()["vmcbench"].reader.model_dump(mode="json")

    def prepared(omitted_share: float) -> int:
        about = {"name": "mine", "reader": reader, "categories": {}, "required": []}
        about |= {"most": None}
        settings = {
            **{"source": "vmcbench", "training": [], "families": [], "seed": 0},
            **{"benchmarks": [about | {"omitted_share": omitted_share}], "missing_share": 0.0},
        }
        data = root / "data/mine"
        outputs = {"train": [], "test": [data / "test.parquet"], "images": [data / "images"]}
        inputs = {"source": [root / "raw/vmcbench"], "linked": []}
        missing = str(root / "missing/vmcbench")
        job = task("prepare", settings, root, inputs, outputs, missing=missing)
        return perform(job, tmp_path / "jobs").returncode

    assert prepared(omitted_share=0.0) == 1
    assert (root / "missing/vmcbench/test/mine.csv").exists()
    assert prepared(omitted_share=0.5) == 0
    omitted = json.loads((root / "record.json").read_text())["results"]["omitted"]
    assert omitted == {
        "test/mine": [
            {
                "file": "data/test-00000-of-00001.parquet",
                "reason": "its D is empty or no text",
                "count": 1,
                "rows": [1],
            }
        ]
    }
