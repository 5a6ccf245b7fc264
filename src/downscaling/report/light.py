"""The light report: one file that a browser opens from anywhere.

It is the report's page without all that lies beside it, and it is made of small results alone: in a
clone, of those that git keeps. Its figures are inside it, and it runs no script.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from ..records.files import replacing
from ..study.paths import is_measured
from .found import Found, Preset, ResultFiles
from .page import environment

MARK = 'id="left-out"'
"""What the page has and no other: it says what it leaves out."""
TWICE = "table-2"
"""The figure that the page shows as a table, too."""
PLAIN = " !$()*+,-./:;=?@[]_~"
"""What a data address in an attribute may hold as it is."""


def is_light(page: Path) -> bool:
    """Whether a file is a light report."""
    text = page.read_bytes()
    return text.lstrip().startswith(b"<!doctype html>") and MARK.encode() in text


def write(
    root: Path,
    preset: Preset,
    files: ResultFiles,
    whole: str,
    page: Path,
) -> None:
    """Write a preset's light report, whole or not at all.

    Args:
        root: the preset's folder.
        preset: the preset.
        files: what the report is made of. A figure that is measured is left out, as all that is.
        whole: where the whole report lies, which the page names.
        page: the page.

    Raises:
        RecordError: a result is missing or is not what it should be.
        OSError: the same, of a figure.
    """
    figures = {
        name: both
        for name, both in files.figures.items()
        if name != TWICE and not is_measured(both[0].relative_to(root).as_posix())
    }
    shown = ResultFiles(**vars(files) | {"figures": figures})
    values = Found(root, preset, shown).values()

    def image(path: str) -> str:
        return f"data:image/svg+xml,{quote((root / path).read_bytes(), safe=PLAIN)}"

    made_of = environment(folder="", image=image, root=f"{root}/", whole=whole)
    text = made_of.get_template("page.html").render(**values)
    with replacing(page) as temporary:
        temporary.write_text(text, encoding="utf-8")
