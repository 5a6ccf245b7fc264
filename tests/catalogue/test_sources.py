"""The registry that ships, the lock that ships, and the page that tells of both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from downscaling.catalogue import sources as registry
from downscaling.data import lock
from downscaling.records.files import RecordError

HOME = Path(__file__).parents[2]


def test_the_registry_names_what_the_study_uses() -> None:
    """Catches a set or model of the paper that was forgotten, or renamed without its users."""
    sources = registry.load()
    weights = {name for name, source in sources.items() if source.kind == "weights"}
    assert {f"qwen3-{size}" for size in ("8b", "4b", "1.7b", "0.6b", "vl-8b")} <= weights
    assert {"siglip-so400m", "qwen2-0.5b", "qwen2-7b", "smolvlm"} <= weights
    assert {"llava-onevision-0.5b", "llava-onevision-7b"} <= weights
    assert {f"internvl2.5-{size}" for size in ("1b", "2b", "8b")} <= weights
    assert {"gemma3-4b", "gemma3-12b"} <= weights
    assert {f"extract{kind}-{size}b" for kind in ("", "-from-scratch") for size in (0.6, 1.7)} <= (
        weights
    )
    sets = {"blip558k", "coin", "m4", "pieapp", "nights", "allava", "vet-382k"}
    assert sets | {"vmcbench", "mmstar", "official"} <= sources.keys() - weights


def test_each_entry_is_whole() -> None:
    """Catches an image link to a source that does not exist, and a set that cannot be unpacked."""
    sources = registry.load()
    for name, source in sources.items():
        assert source.licence, name
        assert source.size, name
        assert source.kind == "weights" or source.kind == "code" or source.images, name
        for target in source.links.values():
            assert target.split("/")[0] in sources, name
        for file in source.files if source.address else ():
            assert not lock.refusal(file, source), name
            assert "*" not in file, name  # a web address cannot be asked for its files


def test_an_entry_of_another_form_is_named(tmp_path: Path) -> None:
    """Catches a misspelt key that is passed over, and a source without a home."""
    whole = 'title = "X"\nkind = "weights"\nrole = "r"\nlicence = "l"\nsize = "s"\n'
    for text, problem in {
        f'[x]\n{whole}hub = "a/b"\nfilez = ["x"]\n': "x: filez: Extra inputs",
        f"[x]\n{whole}": "needs either hub or address",
        f'[x]\n{whole.replace("weights", "data")}hub = "a/b"\n': "needs files",
    }.items():
        (tmp_path / "sets.toml").write_text(text)
        with pytest.raises(RecordError, match=problem):
            registry.load([tmp_path / "sets.toml"])
    (tmp_path / "sets.toml").write_text(f'[x]\n{whole}hub = "a/b"\n')
    with pytest.raises(RecordError, match="x: named twice"):
        registry.load([tmp_path / "sets.toml"] * 2)


def test_the_lock_that_ships_names_only_sources_and_may_be_fetched() -> None:
    """Catches a lock entry that outlived its source, or that a fetch would refuse."""
    sources = registry.load()
    for name in lock.read(HOME / "sources.lock"):
        lock.entry(HOME / "sources.lock", name, sources[name])


def test_the_page_tells_of_every_source() -> None:
    """Catches a source that a reader looks for in vain, and a gate that is not told."""
    page = (HOME / "docs/sources.md").read_text("utf-8")
    told = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    sources = registry.load()
    assert sorted(told) == sorted(sources)
    for name, source in sources.items():
        line = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert source.licence in line, name
        assert source.gated in line, name
