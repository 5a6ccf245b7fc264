"""The shelf of pretrained backbones that ships with the repository, and its digests."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ..records.files import RecordError, digest, replacing

MANIFEST = "manifest.json"


def is_shelf(folder: Path) -> bool:
    """Whether a folder holds backbones and nothing else; one that was left unfinished has no
    manifest yet."""
    return all(p.name == MANIFEST or (p / "config.json").is_file() for p in folder.iterdir())


def put(backbones: Path, shelf: Path) -> list[str]:
    """Copy pretrained backbones onto the shelf and write each file's sha256 to its manifest; their
    names.

    Raises RecordError for a folder without a backbone.
    """
    folders = sorted(p for p in backbones.iterdir() if (p / "config.json").exists())
    if not folders:
        raise RecordError(f"{backbones}: no backbones here; name a folder that holds one a size")
    for folder in folders:
        with replacing(shelf / folder.name) as temporary:
            shutil.copytree(folder, temporary)
    files = sorted(p for p in shelf.rglob("*") if p.is_file() and p.name != MANIFEST)
    listed = {path.relative_to(shelf).as_posix(): digest(path) for path in files}
    with replacing(shelf / MANIFEST) as temporary:
        temporary.write_text(json.dumps(listed, indent=1) + "\n")
    return [folder.name for folder in folders]


def take(manifest: Path, shipped: Path, out: Path) -> None:
    """Copy one backbone from the shelf, after checking each of its files against the manifest.

    Args:
        manifest: the shelf's list of files with their sha256.
        shipped: the backbone's folder on the shelf.
        out: the copy's folder.

    Raises:
        RecordError: the backbone or the manifest is missing, or a file is not what was shipped.
    """
    shelf, name = manifest.parent, shipped.name
    try:
        listed = json.loads(manifest.read_text("utf-8"))
    except FileNotFoundError:
        raise RecordError(f"{manifest}: no such file; backbones.folder names no shelf") from None
    except ValueError as error:
        raise RecordError(
            f"{manifest}: not JSON ({error}); restore it from the repository"
        ) from None
    expected = {p: d for p, d in listed.items() if p.startswith(f"{name}/")}
    if not expected:
        known = ", ".join(sorted({path.split("/")[0] for path in listed}))
        raise RecordError(f"{shelf}: holds no backbone {name}; it holds {known}")
    with replacing(out) as temporary:
        for path, sha256 in expected.items():
            source, target = shelf / path, temporary / Path(path).relative_to(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not source.exists():
                raise RecordError(f"{source}: missing; restore it from the repository")
            shutil.copyfile(source, target)
            if digest(target) != sha256:
                raise RecordError(
                    f"{source}: sha256 is not the manifest's; restore it from the repository, "
                    "or set backbones.source to retrained"
                )
