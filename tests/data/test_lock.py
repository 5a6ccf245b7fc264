"""What a damaged, outdated or hostile lock is answered with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from downscaling.config.errors import ConfigError
from downscaling.data.lock import SourceError, entry, read
from downscaling.records.files import RecordError
from downscaling.stages import fetch
from planned import planned, published

DIGEST = "0123456789abcdef" * 4
REVISION = "0123456789" * 4
NAME = "qwen3-0.6b"


def lock(files: object = None, revision: Any = REVISION, **more: object) -> str:
    """A lock of one source, by default with one file."""
    files = {"a.json": {"bytes": 1, "sha256": DIGEST}} if files is None else files
    return json.dumps({NAME: {"revision": revision, "files": files, **more}})


def file(bytes: object = 1, sha256: object = DIGEST, name: str = "a.json") -> str:
    """A lock of one source with one file."""
    return lock({name: {"bytes": bytes, "sha256": sha256}})


SOUND = lock()
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "cut off": (SOUND[:-9], "not JSON ("),
    "empty": ("", "not JSON (Expecting value"),
    "YAML": (f"{NAME}:\n  revision: x\n", "not JSON ("),
    "UTF-16": (SOUND.encode("utf-16"), "line 1: not UTF-8 (byte 0); save it as UTF-8"),
    "deep": ("[" * 200_000, "more than 32 groups within groups"),
    "a source twice": (f"{SOUND[:-1]}, {SOUND[1:]}", f"'{NAME}' stands twice; allowed: each key"),
    "a file twice": (SOUND.replace('"a.json"', '"a.json": {}, "a.json"'), "'a.json' stands twice"),
    "a list": (f"[{SOUND}]", "Input should be a valid dictionary"),
    "another version": (json.dumps({"version": 2, "sources": {}}), "version: Input should be a va"),
    "an unknown key": (lock(etag="x"), f"{NAME}: etag: Extra inputs are not permitted"),
    "no revision": (json.dumps({NAME: {"files": {}}}), f"{NAME}: revision: Field required"),
    "a branch": (lock(revision="main"), f"{NAME}: revision: String should match pattern"),
    "a path for a revision": (lock(revision="../../x"), f"{NAME}: revision: String should match"),
    "a null": (lock(revision=None), f"{NAME}: revision: Input should be a valid string"),
    "no digest": (lock({"a.json": {"bytes": 1}}), "a.json: sha256: Field required"),
    "an uppercase digest": (file(sha256=DIGEST.upper()), "a.json: sha256: String should match pat"),
    "a short digest": (file(sha256=DIGEST[:40]), "a.json: sha256: String should match pattern"),
    "a digest and a newline": (file(sha256=f"{DIGEST}\n"), r"given '0123456789abcdef"),
    "a negative size": (file(bytes=-1), "a.json: bytes: Input should be greater than or equal"),
    "a size in text": (file(bytes="1"), "a.json: bytes: Input should be a valid integer"),
    "half a byte": (file(bytes=1.5), "a.json: bytes: Input should be a valid integer"),
    "true for a size": (file(bytes=True), "a.json: bytes: Input should be a valid integer"),
    "a size beyond any disk": (file(bytes=10**30), "a.json: bytes: Input should be less than or"),
    "a path upwards": (
        file(name="../a.json"),
        f"{NAME}: '../a.json' is refused: not a path inside",
    ),
    "an absolute path": (
        file(name="/etc/a"),
        f"{NAME}: '/etc/a' is refused: not a path inside the",
    ),
    "a path of Windows": (file(name="C:\\a"), f"{NAME}: 'C:\\\\a' is refused: not a path inside"),
    "a terminal's command": (
        file(name="\x1b[2J"),
        r"given the key '\x1b[2J'; allowed: text without",
    ),
    "a name of a megabyte": (file(name="a" * 10**6), "files: given the key 'aaaaaaaaaaaaaaaaaaaaa"),
}


@pytest.mark.parametrize(("content", "line"), REFUSED.values(), ids=REFUSED)
def test_a_damaged_lock_is_refused_in_one_line(
    content: str | bytes, line: str, tmp_path: Path
) -> None:
    """Catches a pin that silently wins over another, a digest that no file can have, a file that is
    written elsewhere, and a traceback."""
    path = tmp_path / "sources.lock"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RecordError) as refusal:
        read(path)
    assert str(refusal.value).startswith(str(path))
    assert line in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("dress", ["{}", "\ufeff{}", "{}\r\n", " \n{}"])
def test_what_an_editor_leaves_in_a_sound_lock_is_read(dress: str, tmp_path: Path) -> None:
    """Catches a byte-order mark or Windows newlines for which nothing can be fetched."""
    text = json.dumps(json.loads(SOUND), indent=1).replace("\n", "\r\n")
    (tmp_path / "sources.lock").write_text(dress.format(text), encoding="utf-8", newline="")
    assert read(tmp_path / "sources.lock")[NAME].bytes == 1


def test_a_folder_is_no_lock_and_a_source_without_a_pin_is_named(tmp_path: Path) -> None:
    """Catches a traceback of the operating system's, and a source fetched as it is today."""
    with pytest.raises(RecordError, match=r"not a readable file \(Is a directory\)"):
        read(tmp_path)
    with pytest.raises(SourceError, match=r"no entry for qwen3-0\.6b, so nothing"):
        entry(tmp_path / "sources.lock", NAME, published().downloads.catalogue[NAME])


def test_a_damaged_lock_is_told_before_any_job(tmp_path: Path) -> None:
    """Catches a lock whose damage ends the building of the graph, or the first download."""
    (tmp_path / "sources.lock").write_text(SOUND[:-9])
    sources = {"lock": str(tmp_path / "sources.lock")}
    with pytest.raises(RecordError, match=r"sources\.lock: not JSON"):
        fetch.check_lock(published(sources=sources))
    fetch.check_lock(planned(sources=sources))  # which fetches nothing
    with pytest.raises(ConfigError, match=r"sources\.lock: given '\.\./x'; allowed: a path"):
        published(sources={"lock": "../x"})
