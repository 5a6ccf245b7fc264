"""What a wrong configuration is answered with: the key, what was given, what is allowed."""

from __future__ import annotations

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from downscaling.config import reading
from downscaling.config.configuration import parse, schema
from downscaling.config.errors import ConfigError
from downscaling.config.teacher import asking_of
from downscaling.study.load import load, read

HOME = Path(__file__).parents[2]
LORA = {"rank": 4, "alpha": 8.0, "dropout": 0.0, "targets": ["q_proj"]}


@pytest.fixture
def values() -> dict[str, Any]:
    """The default configuration, free to be spoilt."""
    return copy.deepcopy(yaml.safe_load((HOME / "config.yaml").read_text()))


@pytest.fixture
def folder(tmp_path: Path, values: dict[str, Any]) -> Path:
    """A folder with backbones of every default size, whose content is read by jobs and not here,
    and with the reference's spread."""
    shelf = tmp_path / "backbones"
    for name in (*values["backbones"]["sizes"], "tower"):
        (shelf / name).mkdir(parents=True)
    (shelf / "manifest.json").write_text("{}")
    spread = tmp_path / values["scores"]["spread"]
    spread.parent.mkdir(parents=True)
    shutil.copyfile(HOME / values["scores"]["spread"], spread)
    return tmp_path


def spoilt(values: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The configuration with one key set, or taken away where the value is `...`."""
    *way, last = key.split("/")
    group = values
    for part in way:
        group = group[int(part)] if isinstance(group, list) else group[part]
    if value is ...:
        del group[last]
    else:
        group[last] = value
    return values


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [
        ("tunings/single/batch_sise", 3, "tunings.single.batch_sise: unknown key; allowed: epochs"),
        ("tuning/batch_sise", 3, "tuning.batch_sise: unknown key; allowed: epochs"),
        ("seed", 1, "seed: unknown key; allowed: preset, seeds"),
        ("data/seed", ..., "data.seed: missing; allowed: a whole number"),
        ("data", ..., "data: missing; allowed: the keys source, seed"),
        ("threads", "two", "threads: given 'two'; allowed: a whole number"),
        ("threads", 0, "threads: given 0; allowed: at least 1"),
        ("threads", True, "threads: given true; allowed: a whole number"),
        ("tuning/epochs", "5e-1", "tuning.epochs: given '5e-1'; allowed: a number (YAML reads"),
        ("seeds", 0, "seeds: given 0; allowed: a list"),
        ("seeds", [], "seeds: given []; allowed: at least one entry"),
        ("seeds", [1, 1], "seeds: given 1, 1; allowed: each seed once"),
        ("prompts", "mini", "prompts: given 'mini'; allowed: miniature, own"),
        ("preset", "../x", "preset: given '../x'; allowed: names of the form"),
        ("data/train/coco", 5, "data.train.coco: unknown training set; allowed: ocrvqa"),
        ("backbones/sizes", ["0.6B", "8B"], "backbones.sizes: given 0.6B, 8B; allowed: each"),
        ("backbones/folder", "shelf", "backbones.folder: given shelf, which does not exist"),
        ("tunings/single/from", "conector", "tunings.single.from: given conector; allowed: null"),
        ("tunings/connector/from", "extract", "tunings.connector.from: given extract, which"),
        ("tunings/extract/sizes", ["9B"], "tunings.extract.sizes: given 9B; allowed: the sizes"),
        ("tunings/caption/sets", {"coco": 1.0}, "tunings.caption.sets.coco: no such data; allowed"),
        ("data/train/allava", 0, "tunings.caption.sets.allava: no such data; allowed: ocrvqa"),
        ("tuning/muon_learning_rate", 0.0, "tunings.single.muon_learning_rate: given 0 with"),
        ("tunings/single/lora", LORA, "tunings.single.optimizer: given muon with lora; allowed: a"),
        ("tunings/connector/lora", LORA, "tunings.connector.lora: given with language_model's r"),
        (
            "tuning/layouts",
            {"8B": {"device_batch_size": 5}},
            "tunings.connector.layouts.8B.device_batch_size: given 5; allowed: divisors of 32",
        ),
        (
            "tuning/layouts",
            {"8B": {"sharding": "full"}},
            "tunings.single.layouts.8B.sharding: given full with optimizer muon; allowed: none",
        ),
        ("tuning/layouts", {"9B": {}}, "tunings.connector.layouts: given 9B; allowed: 8B"),
        ("tuning/cross_entropy", "fused", "tunings.connector.cross_entropy: given fused, at 8B"),
        ("report_to", ["disk"], "report_to, entry 1: given 'disk'; allowed: tensorboard, wandb"),
        (
            "jobs/tune_by_size",
            {"8B": {"gpu": 3, "mem_mb": 1, "runtime": 1}},
            "tunings.connector.batch_size: given 32; allowed: multiples of 3, the GPUs of a",
        ),
        (
            "jobs/tune_by_size",
            {"9B": {"gpu": 1, "mem_mb": 1, "runtime": 1}},
            "jobs.tune_by_size: given 9B; allowed: 8B",
        ),
        (
            "jobs/tune_by_size",
            {"8B": {"gpu": 0, "mem_mb": 1, "runtime": 1441}},
            "jobs.tune_by_size.8B.runtime: given 1441; allowed: at most 1440, jobs.at_most.runtime",
        ),
        ("jobs/at_most/mem_mb", 3999, "jobs.backbones.mem_mb: given 4000; allowed: at most 3999"),
        ("teacher/sets", ["puzzle"], "teacher.sets: given puzzle; allowed: sets that are trained"),
        ("teacher/engine", "gpt", "teacher.engine: given 'gpt'; allowed: oracle, transformers, op"),
        ("teacher/engine", ..., "teacher.engine: missing; allowed: oracle, transformers, openai"),
        ("teacher/engine", "openai", "teacher.model: missing; allowed: text"),
        ("teacher/model", "m", "teacher.model: unknown key; allowed: sets, shards, engine"),
        ("teacher/shards", 0, "teacher.shards: given 0; allowed: at least 1"),
        ("runs/decoupled/0/reasoning", ["14B"], "runs.decoupled, entry 1, reasoning: given 14B"),
        (
            "runs/decoupled/2/perception",
            ["extract-8B"],
            "runs.decoupled, entry 3, perception: given",
        ),
        (
            "runs/end_to_end/blind",
            ["gold"],
            "runs.end_to_end.blind: given gold; allowed: connector",
        ),
        ("reasoning/think/thinking_budget", ..., "reasoning.think.thinking_budget: missing"),
        (
            "benchmarks/in-domain/questions",
            5,
            "benchmarks.in-domain.questions: given 5; allowed: null, or at least 6, one for each",
        ),
        ("tuning/max_steps", 0, "tuning.max_steps: given 0; allowed: at least 1"),
        ("tuning/order", "random", "tuning.order: given 'random'; allowed: "),
        (
            "benchmarks/other",
            {"source": "x", "categories": ["a"]},
            "benchmarks.other.source: given",
        ),
    ],
)
def test_a_wrong_value_is_named_in_one_line(
    values: dict[str, Any], folder: Path, key: str, value: Any, answer: str
) -> None:
    """Catches a check that lets a bad value through to the jobs, or answers with a traceback."""
    with pytest.raises(ConfigError) as caught:
        load(spoilt(values, key, value), folder)
    assert str(caught.value).startswith(f"config: {answer}")
    assert "\n" not in str(caught.value)


ASKING = {
    "model": "teacher",
    "images": "aspect",
    "side": 512,
    "statement_tokens": 1024,
    "description_tokens": 2048,
}
SERVER = {
    "base_url": "http://127.0.0.1:8000/v1",
    "key_variable": None,
    "concurrency": 64,
    "timeout": 600.0,
    "retries": 8,
}


@pytest.mark.parametrize(
    ("teacher", "answer"),
    [
        (
            {"engine": "openai"} | SERVER | {"base_url": "http://key@host/v1"},
            "teacher.base_url: given 'http://key@host/v1'; allowed",
        ),
        ({"engine": "transformers", "batch_size": 8, "timeout": 1.0}, "teacher.timeout: unknown"),
        (
            {"engine": "transformers", "batch_size": 8},
            "teacher.model: given teacher; allowed: a folder with a config.json",
        ),
    ],
)
def test_a_teacher_that_cannot_be_is_named_in_one_line(
    values: dict[str, Any], folder: Path, teacher: dict[str, Any], answer: str
) -> None:
    """Catches a key in an address, which would stand in every record; the keys of another
    engine; and a model that is not there, found out by the job."""
    values["prompts"] = "own"
    values["teacher"] |= ASKING | teacher
    with pytest.raises(ConfigError, match=re.escape(answer)):
        load(values, folder)


def test_a_model_is_not_asked_with_the_miniature_s_prompts(
    values: dict[str, Any], folder: Path
) -> None:
    """Catches a real teacher that reads bare pairs without being told what to do with them."""
    values["teacher"] |= ASKING | SERVER | {"engine": "openai"}
    with pytest.raises(ConfigError, match="given openai with prompts miniature, which give"):
        load(values, folder)
    values["prompts"] = "own"
    asking = asking_of(load(values, folder).configuration.teacher)
    assert asking is not None
    assert asking.values() == ASKING


def test_an_unknown_key_is_named_before_the_key_that_it_should_have_been(
    values: dict[str, Any], folder: Path
) -> None:
    """Catches the misleading answer "epochs: missing" to a misspelt `epochs`."""
    values["tuning"]["epoch"] = values["tuning"].pop("epochs")
    with pytest.raises(ConfigError, match=re.escape("tuning.epoch: unknown key")):
        load(values, folder)


def test_retrained_backbones_need_no_shelf_but_every_rung_of_the_ladder(
    values: dict[str, Any], tmp_path: Path
) -> None:
    """Catches a pretraining job that starts without knowing its model's shape."""
    values["scores"]["spread"] = None
    values["backbones"]["source"] = "retrained"
    assert load(values, tmp_path).sizes == values["backbones"]["sizes"]
    del values["backbones"]["recipe"]["ladder"]["4B"]
    with pytest.raises(ConfigError, match="ladder: 4B is missing"):
        load(values, tmp_path)


def test_the_committed_schema_is_the_configuration_s() -> None:
    """Catches a key that was added without `make config.schema.json`: editors would refuse it."""
    assert json.loads((HOME / "config.schema.json").read_text()) == schema()


def test_every_key_of_the_configuration_is_in_the_default_file(
    values: dict[str, Any], folder: Path
) -> None:
    """Catches a key with a hidden default, which a reader of config.yaml cannot know of."""
    read = load(values, folder).configuration.values()
    for group in ("data", "backbones", "tuning", "runs", "scores", "jobs", "teacher"):
        assert read[group].keys() == values[group].keys()
    assert read.keys() == values.keys()


def test_an_overlay_that_shortens_a_study_lies_over_it() -> None:
    """Catches a rehearsal alone that is refused for a key which its reader never heard of, and the
    study itself bounded in steps, under its own name, by an overlay below it."""
    default, paper, above = (
        HOME / name for name in ("config.yaml", "presets/paper.yaml", "presets/rehearsal.yaml")
    )
    assert read(default, [paper, above]).is_rehearsal
    told = "is not below it; give both, in this order: --configfile presets/paper.yaml"
    for overlays in ([above], [HOME / "presets/released.yaml", above], [above, paper]):
        with pytest.raises(ConfigError, match=told) as caught:
            read(default, overlays)
        assert "lies over presets/paper.yaml" in str(caught.value)
        assert overlays[-1] == paper or "presets/rehearsal.yaml" in str(caught.value)


def test_archives_in_part_are_for_a_rehearsal(tmp_path: Path) -> None:
    """Catches a study whose archives nothing holds to their digests, and a key that does nothing
    where nothing is fetched."""
    default, paper = HOME / "config.yaml", HOME / "presets/paper.yaml"
    overlay = tmp_path / "mine.yaml"
    overlay.write_text("sources: {archives: needed}")
    with pytest.raises(ConfigError, match="needed is for a rehearsal of published data, which"):
        read(default, [paper, overlay])
    with pytest.raises(ConfigError, match=r"given needed with data\.source rendered"):
        read(default, [overlay])
    overlay.write_text("{sources: {archives: needed}, tuning: {max_steps: 2}}")
    assert read(default, [paper, overlay]).configuration.sources.archives == "needed"


@pytest.mark.parametrize(
    ("over", "problem"),
    [("presets/none.yaml", "none.yaml: no such file"), (3, "config: over: given 3")],
)
def test_what_lies_below_has_to_be_there(
    values: dict[str, Any], folder: Path, over: object, problem: str
) -> None:
    """Catches an overlay whose study is gone told as a traceback."""
    with pytest.raises(ConfigError, match=re.escape(problem)):
        load(values | {"over": over}, folder)


def test_a_call_outside_the_clone_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches `config.yaml: not a readable file` where a user only stands in another folder, and a
    preset named without its folder that nobody recognises."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        read(Path("config.yaml"))
    assert str(caught.value) == (
        "config.yaml: no such file; run this in the root of the clone, or name --config"
    )
    monkeypatch.chdir(HOME)
    for name in ("paper", "paper.yaml"):
        with pytest.raises(ConfigError) as caught:
            read(Path("config.yaml"), [Path(name)])
        assert str(caught.value) == f"{name}: no such file; did you mean presets/paper.yaml?"
    with pytest.raises(ConfigError) as caught:  # of `downscaling report results/miniature`
        read(HOME / "config.yaml", [tmp_path])
    assert str(caught.value) == (
        f"{tmp_path}: a folder; allowed: an overlay, such as presets/gpu.yaml"
    )
    with pytest.raises(ConfigError, match="papre: no such file; check the name"):
        read(Path("config.yaml"), [Path("papre")])


def test_a_size_that_takes_part_in_nothing_is_refused(values: dict[str, Any], folder: Path) -> None:
    """Catches a size of one's own that is pretrained, or waited for, and then silently left out."""
    (folder / "backbones/2B").mkdir()
    values["backbones"]["sizes"].insert(2, "2B")
    with pytest.raises(
        ConfigError, match=r"backbones\.sizes: given 2B, which no tuning and no run"
    ):
        load(values, folder)
    values["runs"]["decoupled"][0]["reasoning"].append("2B")
    load(values, folder)


@pytest.mark.parametrize("names", [[], ["smoke"], ["paper"], ["paper", "rehearsal"], ["gpu"]])
def test_a_study_is_read_as_snakemake_reads_it(names: list[str]) -> None:
    """Catches data sets in another order than the graph's: `plan` and `verify` then speak of other
    jobs than those that ran."""
    above: dict[str, Any] = {}
    for name in names:
        update_config(above, reading.read(HOME / f"presets/{name}.yaml"))
    values = copy.deepcopy(above)
    update_config(values, reading.read(HOME / "config.yaml"))
    update_config(values, above)
    study = read(HOME / "config.yaml", [HOME / f"presets/{name}.yaml" for name in names])
    assert study.configuration.model_dump_json() == parse(values).model_dump_json()
