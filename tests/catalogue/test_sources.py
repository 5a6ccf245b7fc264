"""The sources of the catalogue, the lock that ships, and the page that tells of both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from downscaling.catalogue import sources as catalogue
from downscaling.catalogue import weights
from downscaling.catalogue.entries import read
from downscaling.catalogue.weights import Weights
from downscaling.data import lock
from downscaling.records.files import RecordError

HOME = Path(__file__).parents[2]
WHOLE = '[source]\nkind = "weights"\ntitle = "X"\nrole = "r"\nlicence = "l"\nsize = "s"\n'


def test_the_catalogue_names_what_the_study_uses() -> None:
    """Catches a set or model of the paper that was forgotten, or renamed without its users."""
    sources, models = catalogue.load(), weights.load().keys()
    assert {f"qwen3-{size}" for size in ("8b", "4b", "1.7b", "0.6b", "vl-8b")} <= models
    assert {"siglip-so400m", "qwen2-0.5b", "qwen2-7b", "smolvlm"} <= models
    assert {"llava-onevision-0.5b", "llava-onevision-7b"} <= models
    assert {f"internvl2.5-{size}" for size in ("1b", "2b", "8b")} <= models
    assert {"gemma3-4b", "gemma3-12b"} <= models
    assert {f"extract{kind}-{size}b" for kind in ("", "-from-scratch") for size in (0.6, 1.7)} <= (
        models
    )
    assert models == {name for name, source in sources.items() if source.kind == "weights"}
    sets = {"blip558k", "coin", "m4", "pieapp", "nights", "allava", "vet-382k"}
    assert sets | {"vmcbench", "mmstar", "official"} <= sources.keys() - models


def test_each_source_is_whole() -> None:
    """Catches an image link to a source that does not exist, and a set that cannot be unpacked."""
    sources = catalogue.load()
    for name, source in sources.items():
        assert source.licence, name
        assert source.size, name
        assert source.kind == "weights" or source.kind == "code" or source.images, name
        for target in source.links.values():
            assert target.split("/")[0] in sources, name
        for file in source.files if source.address else ():
            assert not lock.refusal(file, source), name
            assert "*" not in file, name  # a web address cannot be asked for its files


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f'{WHOLE}hub = "a/b"\nfilez = ["x"]\n', "source.filez: unknown key; allowed: title, kind"),
        (WHOLE, "source: needs one of hub, address, path"),
        (f'{WHOLE}hub = "a/b"\npath = "x"\n', "source: needs one of hub, address, path"),
        (f"{WHOLE}hub = 7\n", "source.hub: given 7; allowed: text"),
        (f'{WHOLE}hub = "a/b"\n'.replace("weights", "data"), "source: needs files"),
        (
            f'{WHOLE}hub = "a/b"\nfiles = ["*"]\n'.replace("weights", "code"),
            'needs kind = "weights"',
        ),
        (WHOLE.replace('title = "X"\n', ""), "source.title: missing; allowed: text"),
        ("source = 1\n", "source: given 1; allowed: keys with values"),
        *(
            (f'{WHOLE}hub = "a/b"\n{line}\n', "allowed: a pattern inside the source's folder")
            for line in (
                'files = ["../x"]',
                'files = ["/etc/x"]',
                'strip = ".."',
                'unpack = { "a.zip" = "../elsewhere" }',
                'unpack = { "../a.zip" = "." }',
                'flatten = ["../a.zip"]',
                'links = { "../../x" = "coco2014" }',
                'links = { "x" = "../../.." }',
            )
        ),
        ("[source\n", "not a TOML file"),
    ],
)
def test_an_entry_of_another_form_is_refused_in_a_line(
    tmp_path: Path, text: str, problem: str
) -> None:
    """Catches a misspelt key that is passed over, a source without a home, a place outside the
    source's folder, and a traceback."""
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(RecordError) as caught:
        read(path, Weights)
    assert str(caught.value).startswith(f"{path}: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    """Catches a name that no path, rule or option could carry."""
    path = tmp_path / "My Model.toml"
    path.write_text(f'{WHOLE}hub = "a/b"\n')
    with pytest.raises(RecordError, match=r"My Model.toml: allowed: a name of small letters"):
        read(path, Weights)


def test_a_users_own_entry_is_a_source_too(tmp_path: Path) -> None:
    """Catches a model of a user's own that nobody can pin, and one that hides a published one."""
    own = tmp_path / "mine.toml"
    own.write_text(f'{WHOLE}hub = "me/mine"\n')
    assert catalogue.load([own])["mine"].home == "https://huggingface.co/me/mine"
    assert "mine" not in catalogue.load()
    taken = own.rename(tmp_path / "qwen3-8b.toml")
    with pytest.raises(RecordError, match=r"qwen3-8b is the name of another source; rename"):
        catalogue.load([taken])


def test_the_lock_that_ships_is_what_fetching_is_held_to(tmp_path: Path) -> None:
    """Catches an entry that outlived its source or that a fetch would refuse, a source that could
    be fetched without a pin, and a lock that was edited out of the form in which it is written."""
    sources, path = catalogue.load(), HOME / "sources.lock"
    pins = lock.read(path)
    assert pins.keys() <= sources.keys()
    for name, source in sources.items():
        if name in pins:
            assert lock.entry(path, name, source).files
            continue
        refusal = f"sources.lock: no entry for {name}, so nothing is fetched; .*pin {name}"
        with pytest.raises(lock.SourceError, match=refusal):
            lock.entry(path, name, source)
    lock.write(tmp_path / "sources.lock", pins)
    assert (tmp_path / "sources.lock").read_bytes() == path.read_bytes()


def test_the_page_tells_of_every_source() -> None:
    """Catches a source that a reader looks for in vain, and a gate that is not told."""
    page = (HOME / "docs/sources.md").read_text("utf-8")
    told = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    sources = catalogue.load()
    assert sorted(told) == sorted(sources)
    for name, source in sources.items():
        line = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert source.licence in line, name
        assert source.gated in line, name
