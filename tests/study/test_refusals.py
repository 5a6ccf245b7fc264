"""Values of a configuration that are absurd, hostile or a slip, laid over the smoke preset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from downscaling.config.errors import ConfigError
from downscaling.study.load import load, merged, read

HOME = Path(__file__).parents[2]
SMOKE = HOME / "presets/smoke.yaml"
VALUES = merged(*(yaml.safe_load(file.read_text()) for file in (HOME / "config.yaml", SMOKE)))
LONG = "a" * 300

REFUSED = {
    "scores: {bootstrp: 5}": "scores.bootstrp: unknown key; allowed: parser, bootstrap, spread",
    "scores: {bootstrap: 99999999999}": "scores.bootstrap: given 99999999999; allowed: at most 1",
    "tuning: {epochs: .inf}": "tuning.epochs: given inf; allowed: at most 10000.0",
    "tunings: {single: {epochs: .inf}}": "tunings.single.epochs: given inf; allowed: at most 1000",
    "tunings: {single: {epochs: .nan}}": "tunings.single.epochs: given nan; allowed: at most 1",
    "tunings: {single: {epochs: -1.0}}": "tunings.single.epochs: given -1.0; allowed: more than 0",
    "tunings: {single: {learning_rate: {connector: .nan}}}": "tunings.single.learning_rate.connect",
    "tuning: {weight_decay: .inf}": "tuning.weight_decay: given inf; allowed: at most 1",
    "tuning: {max_steps: 999999999999}": "tuning.max_steps: given 999999999999; allowed",
    "tuning: {batch_size: 100000000}": "tuning.batch_size: given 100000000; allowed: at",
    "data: {test: -3}": "data.test: given -3; allowed: at least 0",
    "data: {test: 1000000000000000000000000}": "data.test: given 1000000000000000000000000; allowe",
    "data: {test: 1.0e+24}": "data.test: given 1e+24; allowed: a whole number",
    "data: {test: 10000000}": "data.test: given 10000000; allowed: at most 1,000,000, where data a",
    "data: {train: {gqa: 10000000}}": "data.train.gqa: given 10000000; allowed: at most 1,000,000,",
    "data: {in-domain: 0}": "data.in-domain: given 0; allowed: at least 1",
    "data: {seed: 100000000000000000000000000000}": "data.seed: given 1000000000000000000000000000",
    "seeds: [1.0e+29]": "seeds, entry 1: given 1e+29; allowed: a whole number",
    "seeds: [-1]": "seeds, entry 1: given -1; allowed: at least 0",
    "seeds: [true]": "seeds, entry 1: given true; allowed: a whole number",
    "seeds: null": "seeds: given null; allowed: a list",
    f"seeds: {[*range(101)]}": "seeds: given [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
    "threads: '1'": "threads: given '1'; allowed: a whole number (YAML reads a number in quotes",
    "threads: 1.5": "threads: given 1.5; allowed: a whole number",
    "threads: 100000": "threads: given 100000; allowed: at most 1024",
    "teacher: {shards: 100000}": "teacher.shards: given 100000; allowed: at most 256",
    "jobs: {tune: {mem_mb: 1000000000000}}": "jobs.tune.mem_mb: given 1000000000000; allowed: at",
    "reasoning: {plain: {temperature: .inf}}": "reasoning.plain.temperature: given inf; allowed: a",
    "reasoning: {plain: {top_p: 1.5}}": "reasoning.plain.top_p: given 1.5; allowed: at most 1.0",
    "focus: {max_new_tokens: 100000000}": "focus.max_new_tokens: given 100000000; allowed: at most",
    "preset: a/b": "preset: given 'a/b'; allowed: names of the form ",
    "preset: ..": "preset: given '..'; allowed: names of the form ",
    "preset: 'a;touch pwned'": "preset: given 'a;touch pwned'; allowed: names of the form ",
    "preset: $(touch pwned)": "preset: given '$(touch pwned)'; allowed: names of the form ",
    "preset: '{seed}'": "preset: given '{seed}'; allowed: names of the form ",
    "preset: ''": "preset: given ''; allowed: names of the form ",
    "preset: ' smoke'": "preset: given ' smoke'; allowed: names of the form ",
    "preset: smöke": "preset: given 'smöke'; allowed: names of the form ",
    "preset: 5": "preset: given 5; allowed: text",
    "preset: no": "preset: given false; allowed: text",
    "preset: 2024-01-01": "preset: given 2024-01-01; allowed: text",
    "preset: null": "preset: given null; allowed: text",
    "preset: [smoke]": "preset: given ['smoke']; allowed: text",
    f"preset: {LONG}": "preset: given 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...",
    r'preset: "a\nb"': r"preset: given 'a\nb'; allowed: text without control characters",
    r'preset: "a\e[31m"': r"preset: given 'a\x1b[31m'; allowed: text without control characters",
    r'"pre\nset": smoke': r"top: given the key 'pre\nset'; allowed: text without control character",
    r'tunings: {"a\u202Eb": {}}': r"tunings: given the key 'a\u202eb'; allowed: text without contr",
    f'{{"{"k" * 2000}": 1}}': "top: given the key 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
    "sources: {mirrors: {coin: file:///x}}": "sources.mirrors.coin: given file:///x; allowed: an a",
    "sources: {lock: ../../../etc/passwd}": "sources.lock: given '../../../etc/passwd'; allowed: a",
    "sources: {lock: ''}": "sources.lock: given ''; allowed: text",
    f"backbones: {{folder: {LONG}}}": "backbones.folder: given 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    f"backbones: {{folder: {'a/' * 900}}}": "backbones.folder: given 'a/a/a/a/a/a/a/a/a/a/a/a/a/a/",
    r'backbones: {folder: "a\0b"}': r"backbones.folder: given 'a\x00b'; allowed: text without cont",
    "backbones: {folder: ../backbones}": "backbones.folder: given '../backbones'; allowed: a path",
    "backbones: {sizes: ['../tower']}": "backbones.sizes, entry 1: given '../tower'; allowed: name",
    "backbones: {sizes: []}": "backbones.sizes: given []; allowed: at least one entry",
    "backbones: {sizes: [4B, 4B]}": "backbones.sizes: given 4B, 4B; allowed: each size once, large",
    f"backbones: {{sizes: ['{'9' * 400}B']}}": "backbones.sizes, entry 1: given '99999999999999999",
    "benchmarks: {'x;touch pwned': {source: mmstar}}": "benchmarks.x;touch pwned: given 'x;touch",
    "benchmarks: {in-domain: {categories: [gqa, gqa]}}": "benchmarks.in-domain.categories: given [",
    "benchmarks: {in-domain: {categories: []}}": "benchmarks.in-domain.categories: given []; allow",
    "benchmarks: {in-domain: null, out-of-domain: null}": "benchmarks: given {}; allowed: at least",
    "benchmarks: {shapes: null}": "benchmarks.shapes: given null, and there is none to remove; a",
    "benchmarks: null": "benchmarks: given null; allowed: keys with values",
    "benchmarks: {in-domain: {source: ../x.toml}}": "benchmarks.in-domain.source: given '../x.toml",
    "benchmarks: {in-domain: {source: gone.toml}}": f"benchmarks.in-domain.source: {HOME}/gone.tom",
    "tunings: {'a;b': {from: null, sets: {blip558k: 1.0}, sizes: ['4B']}}": "tunings.a;b: given ",
    "tunings: {connector: {from: extract}}": "tunings.connector.from: given extract, which starts",
    "tunings: {caption: {sizes: [0.6B, 0.6B]}}": "tunings.caption.sizes: given ['0.6B', '0.6B']; a",
    "tunings: {caption: {sets: {allava: 0}}}": "tunings.caption.sets.allava: given 0; allowed: mor",
    "runs: {end_to_end: {models: [], blind: []}, decoupled: []}": "runs: given none; allowed: ",
    "runs: null": "runs: given null; allowed: keys with values",
    "runs: {decoupled: [{perception: [gold, gold], reasoning: [4B], modes: [plain]}]}": (
        "runs.decoupled, entry 1, perception: given ['gold', 'gold']; allowed: each entry once"
    ),
    "external: {reasoners: {a: {model: ../../x}}}": "external.reasoners.a.model: given '../../x'; ",
    "report_to: [wandb, wandb]": "report_to: given ['wandb', 'wandb']; allowed: each entry once",
}


def refusal(overlay: str, folder: Path) -> str:
    """What is said of an overlay on the smoke preset."""
    (folder / "overlay.yaml").write_text(overlay, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read(HOME / "config.yaml", [SMOKE, folder / "overlay.yaml"])
    return str(caught.value)


@pytest.mark.parametrize(("overlay", "line"), REFUSED.items(), ids=[text[:60] for text in REFUSED])
def test_a_value_that_cannot_be_meant_is_refused(overlay: str, line: str, tmp_path: Path) -> None:
    """Catches a number that no machine computes, a graph that takes hours to build, a name that no
    file can have, commands to a shell or a terminal, and a study without runs."""
    said = refusal(overlay, tmp_path)
    assert said.startswith(f"config: {line}")
    assert "\n" not in said
    assert len(said) < 1_000


def test_anchors_and_another_preset_of_the_name_are_sound(tmp_path: Path) -> None:
    """Catches a strictness that takes away what YAML is used for."""
    for overlay in (
        "tuning: &t {epochs: 0.5}\ntunings: {single: *t}\n",
        "preset: miniature\n",
        json.dumps({"preset": "smoke", "seeds": [0, 1]}),
    ):
        (tmp_path / "x.yaml").write_text(overlay)
        assert read(HOME / "config.yaml", [SMOKE, tmp_path / "x.yaml"]).sizes[0] == "4B"


def test_a_file_that_snakemake_merged_is_read_again(tmp_path: Path) -> None:
    """Catches a key that stands twice in an overlay: Snakemake hands over the last value alone."""
    twice = tmp_path / "x.yaml"
    twice.write_text("scores:\n  bootstrap: 50\n  bootstrap: 60\n")
    with pytest.raises(ConfigError, match=r"x\.yaml, line 3: 'bootstrap' stands twice, first in l"):
        load(VALUES, HOME, [SMOKE, twice])


def places(values: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value of a configuration."""
    parts: list[tuple[Any, Any]] = []
    if isinstance(values, dict):
        parts = [*values.items()]
    elif isinstance(values, list):
        parts = [*enumerate(values)]
    return [way, *(one for key, value in parts for one in places(value, (*way, key)))]


def exchanged(values: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The values with another one in a place."""
    if not way:
        return value
    first, *rest = way
    if isinstance(values, dict):
        return values | {first: exchanged(values[first], tuple(rest), value)}
    return [exchanged(v, tuple(rest), value) if n == first else v for n, v in enumerate(values)]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(), part, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from([way for way in places(VALUES) if way]), ANYTHING)
def test_any_value_in_any_place_is_taken_or_refused_in_one_line(
    way: tuple[Any, ...], value: Any
) -> None:
    """Catches a traceback from whatever somebody may write, wherever they write it."""
    try:
        load(exchanged(VALUES, way, value), HOME)
    except ConfigError as error:
        said = str(error)
        assert said.startswith("config: ")
        assert "\n" not in said
