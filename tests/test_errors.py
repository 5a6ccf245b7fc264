"""A disk or a system that fails a reader is told as that, and never as damage to the file. The
errors are the kernel's own."""

from __future__ import annotations

import errno
import os
import platform
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from downscaling.catalogue import entries
from downscaling.comparison.results_folder import ResultsFolder
from downscaling.config import reading
from downscaling.data.images import ImageFolder
from downscaling.data.load_image import load_image
from downscaling.data.readers import tables as published
from downscaling.errors import DISK, DiskError, disk_error
from downscaling.miniature import truth
from downscaling.models.assemble import load_language_model, load_tokenizer
from downscaling.records import features, files, tables
from downscaling.records.rows import Focus
from downscaling.report.pictures import Pictures
from downscaling.runtime import digests
from downscaling.runtime.plainly import shown_plainly
from downscaling.training import checkpoints

SOURCE = Path(__file__).parents[1] / "src"
HUB = Path(__file__).parent / "hub"
FAILING = "/proc/self/mem"
"""A file that opens, and of which a read ends in an input/output error: nothing lies at 0."""
READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "a configuration": ("a.yaml", reading.read),
    "a lock": ("a.json", lambda path: reading.read_json(path, 1000)),
    "an entry of the catalogue": ("a.toml", entries.parse),
    "a table": ("a.csv", lambda path: tables.read_table(path, Focus)),
    "scenes": ("a.jsonl", truth.read),
    "an image": ("a.png", load_image),
    "an image of a set": (
        "a.png",
        lambda path: ImageFolder(path.parent, path.parent).find(path.name, "train.json, row 3"),
    ),
    "an image of the report": (
        "a.png",
        lambda path: Pictures(path.parent, path.parent / "copies").add(path.name),
    ),
    "a manifest": (digests.MANIFEST, lambda path: digests.manifest(path.parent)),
    "a configuration of results": (
        "workflow/configuration.json",
        lambda path: ResultsFolder(path.parents[1]).configuration,
    ),
}
"""Readers that open a file in Python: its name, and what reads it."""


@contextmanager
def few_files(free: int) -> Iterator[None]:
    """A process that may open so many files more."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, limits[0]), limits[1]))
    held = []
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        for descriptor in held[len(held) - free :]:
            os.close(descriptor)
        del held[len(held) - free :]
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.parametrize("name", READERS)
def test_a_disk_that_reports_an_error_is_no_damage(name: str, tmp_path: Path) -> None:
    """Catches a sound file that is deleted, or a row that is left out, because a line says that it
    is damaged; and a read that fails in a line without the file or what to do."""
    place, read = READERS[name]
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(FAILING)
    with pytest.raises(DiskError) as caught:
        read(path)
    assert str(caught.value) == (
        f"{path}: Input/output error; the disk reports an error; check it and run it again"
    )


def test_a_checkpoint_that_cannot_be_read_now_is_kept(tmp_path: Path) -> None:
    """Catches a whole checkpoint of days that is removed as torn, for an error of the disk."""
    (tmp_path / "checkpoint-5").mkdir()
    (tmp_path / "checkpoint-5/weights").write_text("w")
    digests.seal(tmp_path / "checkpoint-5")
    manifest = tmp_path / "checkpoint-5" / digests.MANIFEST
    manifest.rename(tmp_path / "aside")
    manifest.symlink_to(FAILING)
    with pytest.raises(DiskError, match="Input/output error; the disk reports an error"):
        checkpoints.newest(tmp_path)
    manifest.unlink()
    (tmp_path / "aside").rename(manifest)
    assert checkpoints.newest(tmp_path) == tmp_path / "checkpoint-5"


def test_too_many_open_files_are_no_damage(
    language_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a sound table, image or model that is told to be damaged, to be deleted and made
    again, while the process has too many files open."""
    table, image = tmp_path / "a.parquet", tmp_path / "a.png"
    model = shutil.copytree(language_model, tmp_path / "model")
    files.write(table, [Focus("q", "the cup")], Focus)
    Image.new("RGB", (4, 4)).save(image)
    readers: list[Callable[[], Any]] = [
        lambda: files.read(table, Focus),
        lambda: files.check(table, Focus),
        lambda: features.dataset(table, Focus, tmp_path / "scratch"),
        lambda: list(published.rows(table, ["question"], tmp_path / "scratch")),
        lambda: load_image(image),
        lambda: load_tokenizer(model),
        lambda: load_language_model(model, "float32"),
    ]
    for read in readers:
        read()  # which imports what it needs
        told = []
        for free in range(3):
            with few_files(free), suppress(SystemExit), shown_plainly():
                read()
            told.append(capsys.readouterr().err.partition("downscaling: ")[2])
        assert told[0]
        for said in filter(None, told):
            assert said.startswith(str(tmp_path))
            assert said.endswith(f": Too many open files; {DISK[errno.EMFILE]}\n")
        read()


EIO = """
import sys
from pathlib import Path
from downscaling.records.files import read, write
from downscaling.records.rows import Focus
from downscaling.runtime.plainly import shown_plainly
from disks import refuse_pread

path = Path(sys.argv[1])
write(path, [Focus("q", "the cup")], Focus)
read(path, Focus)
refuse_pread()
with shown_plainly():
    read(path, Focus)
"""


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="a filter for Linux on x86-64"
)
def test_a_table_on_a_disk_that_reports_an_error_is_no_damage(tmp_path: Path) -> None:
    """Catches a table that is told to be damaged where Arrow, in C++, met an error of the disk."""
    path = tmp_path / "a.parquet"
    done = subprocess.run(
        [sys.executable, "-c", EIO, str(path)],
        env=os.environ | {"PYTHONPATH": f"{SOURCE}:{HUB}"},
        capture_output=True,
        text=True,
    )
    assert done.stderr == (
        f"downscaling: {path}: Input/output error; the disk reports an error; check it and run it "
        "again\n"
    )


@pytest.mark.parametrize("code", DISK)
def test_an_error_that_rust_or_c_tells_as_text_is_the_disk_s(code: int) -> None:
    """Catches a disk's error that safetensors, tokenizers or torch tell in words alone."""
    said = os.strerror(code)
    for told in (f"{said} (os error {code})", f"unable to open file <a>: {said} ({code})"):
        with pytest.raises(ValueError, match="cannot be loaded") as caught, _hidden():
            raise RuntimeError(told)
        assert str(disk_error(caught.value, "model")).startswith(f"model: {said}; ")
    assert disk_error(ValueError(f"row {code}"), "model") is None


@contextmanager
def _hidden() -> Iterator[None]:
    """Put an error of its own in the place of another, as transformers does."""
    try:
        yield
    except RuntimeError:
        raise ValueError("cannot be loaded")  # noqa: B904
