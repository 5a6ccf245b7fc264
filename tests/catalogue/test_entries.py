"""A user's own entry of the catalogue that is damaged, hostile or a slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from downscaling.catalogue.benchmarks import Benchmark
from downscaling.catalogue.entries import read
from downscaling.records.files import RecordError

SOUND = """\
[source]
title = "Mine"
role = "out-of-domain evaluation"
licence = "MIT"
size = "8 rows"
hub = "me/mine"
files = ["data/*.parquet"]

[reader]
reader = "lmms_parquet"
"""


def changed(before: str, after: str) -> str:
    """The sound entry with one line changed."""
    assert before in SOUND
    return SOUND.replace(before, after)


HUB = 'hub = "me/mine"'
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no TOML": ("title: Mine", "not a TOML file (Expected '=' after a key"),
    "cut off": (SOUND[:40], "not a TOML file ("),
    "a key twice": (changed(HUB, f"{HUB}\n{HUB}"), "not a TOML file (Cannot overwrite a value"),
    "a table twice": (SOUND + "[source]\n", "not a TOML file (Cannot declare"),
    "Latin-1": (changed("Mine", "é").encode("latin-1"), "not a TOML file ('utf-8' codec can't"),
    "a NUL": (changed("Mine", "\0"), "not a TOML file (Illegal character '\\x00'"),
    "a terminal's command": (
        changed("Mine", r"\u001b[2J"),
        r"source.title: given '\x1b[2J'; allow",
    ),
    "deep": ("a = " + "[" * 50_000, "not a TOML file (maximum recursion depth exceeded"),
    "two megabytes": ("#" * 2_000_000, "too large; allowed: 1,000,000 bytes"),
    "empty": ("", "source: missing; allowed: the keys title"),
    "an unknown key": (changed("size", "sice"), "source.sice: unknown key; allowed: title, kind"),
    "a number for a text": (changed('"Mine"', "5"), "source.title: given 5; allowed: text"),
    "a day for a text": (
        changed('"Mine"', "2024-01-01"),
        "source.title: given 2024-01-01; allowed",
    ),
    "infinite bytes": (
        changed(HUB, f"{HUB}\nbytes = inf"),
        "source.bytes: given inf; allowed: a w",
    ),
    "negative bytes": (changed(HUB, f"{HUB}\nbytes = -1"), "source.bytes: given -1; allowed: at l"),
    "another reader": (changed("lmms_parquet", "csv"), "reader.reader: given 'csv'; allowed: vlme"),
    "two homes": (changed(HUB, f'{HUB}\npath = "x"'), "source: needs one of hub, address, path"),
    "no home": (changed(HUB, ""), "source: needs one of hub, address, path"),
    "files upwards": (
        changed("data/*", "../*"),
        "source.files, entry 1: given '../*.parquet'; al",
    ),
    "files anywhere": (changed("data/*", "/*"), "source.files, entry 1: given '/*.parquet'; al"),
    "unpacked upwards": (
        changed(HUB, f'{HUB}\nunpack = {{"a.zip" = "../x"}}'),
        "source.unpack.a.zip: given '../x'; allowed: a pattern inside the source's folder",
    ),
    "a link upwards": (
        changed(HUB, f'{HUB}\nlinks = {{"../x" = "coin"}}'),
        "source.links.../x: given '../x'; allowed: a pattern inside the source's folder",
    ),
    "a file's address": (
        changed(HUB, 'address = "file:///etc/passwd"'),
        "source.address: given 'file:///etc/passwd'; allowed: names of the form",
    ),
    "no repository": (changed("me/mine", "../../x"), "source.hub: given '../../x'; allowed: names"),
}


@pytest.mark.parametrize(("content", "line"), REFUSED.values(), ids=REFUSED)
def test_an_entry_is_refused_in_one_line(content: str | bytes, line: str, tmp_path: Path) -> None:
    """Catches a traceback, an entry that writes or reads outside its folder, and an address of the
    machine's own files."""
    path = tmp_path / "mine.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RecordError) as refusal:
        read(path, Benchmark)
    assert str(refusal.value).startswith(f"{path}: {line}")
    assert "\n" not in str(refusal.value)


def test_a_sound_entry_with_windows_newlines_is_read(tmp_path: Path) -> None:
    """Catches an editor's newlines taken for damage."""
    (tmp_path / "mine.toml").write_text(SOUND, newline="\r\n")
    assert read(tmp_path / "mine.toml", Benchmark).source.hub == "me/mine"
