"""Which data sets a study uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from downscaling.config.errors import ConfigError
from downscaling.study.load import read
from planned import HOME, planned, published


def test_a_benchmark_is_added_by_configuration_alone() -> None:
    """Catches a second place that must know the benchmarks."""
    data = planned(benchmarks={"near": {"source": "vmcbench", "categories": ["gqa"]}}).data
    assert "near" in data.tested_on("vmcbench")
    assert data.truth_of("near") == "in-domain"
    assert "near" in data.written_phrases()


@pytest.mark.parametrize("null", [None, "null"])
def test_a_benchmark_is_removed_by_null(null: str | None) -> None:
    """Catches a removed benchmark that a part of the study still knows, and the text that null is
    behind Snakemake's --config."""
    data = planned(benchmarks={"in-domain": null}).data
    assert [*data.benchmarks] == ["out-of-domain"]
    assert "vmcbench" not in data.sources()
    assert not data.tested_on("vmcbench")


def test_a_benchmark_that_an_overlay_removes_is_as_if_it_had_not_been_there(tmp_path: Path) -> None:
    """Catches files that are merged other than by Snakemake, and a benchmark of one's own that
    cannot be removed."""
    own, none = tmp_path / "own.yaml", tmp_path / "none.yaml"
    own.write_text("benchmarks: {near: {source: vmcbench, categories: [gqa]}}\n")
    none.write_text("benchmarks: {near: null}\n")
    without = read(HOME / "config.yaml").configuration
    assert read(HOME / "config.yaml", [own]).configuration != without
    assert read(HOME / "config.yaml", [own, none]).configuration == without


def test_families_are_there_only_for_models_that_answer_them() -> None:
    """Catches 15 families that are fetched for a study of descriptions alone."""
    runs = {"end_to_end": {"models": [], "blind": []}}
    study = published(runs=runs)
    assert published().data.families
    assert not study.data.families
    assert study.data.tested == ["in-domain", "out-of-domain"]


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
    with pytest.raises(
        ConfigError, match=r"^config: data.train.extraction: given with data.source rendered"
    ):
        planned(data={"train": values})


def test_a_teacher_s_rows_are_worked_on_in_shards() -> None:
    """Catches a shard that is named and never made."""
    assert planned(teacher={"shards": 3}).data.shards() == ["1-of-3", "2-of-3", "3-of-3"]
