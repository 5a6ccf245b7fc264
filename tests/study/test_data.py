"""Which data sets a study uses."""

from __future__ import annotations

import pytest

from downscaling.config.errors import ConfigError
from planned import planned, published


def test_a_benchmark_is_added_by_configuration_alone() -> None:
    """Catches a second place that must know the benchmarks."""
    data = planned(benchmarks={"near": {"source": "vmcbench", "categories": ["gqa"]}}).data
    assert "near" in data.tested_on("vmcbench")
    assert data.truth_of("near") == "in-domain"
    assert "near" in data.written_phrases()


def test_where_nobody_knows_the_truth_nothing_asks_for_it() -> None:
    """Catches families that are read from the set that is trained on, which has no test rows."""
    data = published().data
    assert data.test_source_of("puzzle") == "interleave-bench"
    assert data.source_of("pieapp") == "pieapp"
    assert data.published_phrases() == ["out-of-domain"]


def test_released_extraction_data_stand_in_for_the_teacher() -> None:
    """Catches a teacher of 17 GB that is fetched for nothing, its sets' images that are waited for,
    and rows drawn from the wrong place."""
    train = published().configuration.data.train
    study = published(data={"train": train | {"extraction": 300_000}})
    assert study.data.source_of("extraction") == "vet-382k"
    assert study.models.image_sets("extract") == ["extraction"]
    drawn = study.data.drawn_sets()
    assert drawn[-1] == "extraction"
    assert len(set(drawn)) == len(drawn)
    fetched = study.downloads.all()
    assert fetched["vet-382k"] == "results/paper/raw/vet-382k"
    assert "qwen3-vl-8b" not in fetched
    assert not study.data.is_taught
    assert published().data.is_taught
    assert "vet-382k" not in published().downloads.all()


def test_nothing_rendered_stands_in_for_the_teacher() -> None:
    """Catches a miniature that waits for released data, about images which it has not."""
    values = dict.fromkeys(("gqa", "extraction"), 1)
    with pytest.raises(ConfigError, match=r"^config: data.train.extraction: unknown training set"):
        planned(data={"train": values})


def test_a_teacher_s_rows_are_worked_on_in_shards() -> None:
    """Catches a shard that is named and never made."""
    assert planned(teacher={"shards": 3}).data.shards() == ["1-of-3", "2-of-3", "3-of-3"]
