"""What the teacher sees of an image."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from downscaling.errors import PictureError
from downscaling.extraction.pictures import teacher_view


@pytest.mark.parametrize(
    ("size", "shape", "seen"),
    [
        ((400, 100), "aspect", (200, 50)),
        ((60, 40), "aspect", (60, 40)),
        ((20000, 1), "aspect", (14142, 1)),
        ((400, 100), "square", (100, 100)),
        ((60, 40), "square", (100, 100)),
    ],
)
def test_proportions_are_kept_unless_told(
    size: tuple[int, int], shape: str, seen: tuple[int, int], tmp_path: Path
) -> None:
    """Catches a squashed image where none was asked for, one that is enlarged, and one of no
    height."""
    Image.new("RGBA", size).save(tmp_path / "a.png")
    image = teacher_view(tmp_path / "a.png", shape, 100)
    assert image.size == seen
    assert image.mode == "RGB"


def test_the_teacher_sees_no_hidden_colour(tmp_path: Path) -> None:
    """Catches a transparent colour that a server or a processor sees through, or shows."""
    image = Image.new("P", (4, 4), 0)
    image.putpalette([0, 0, 0])
    image.save(tmp_path / "a.gif", transparency=0)
    for shape in ("aspect", "square"):
        seen = teacher_view(tmp_path / "a.gif", shape, 2)
        assert seen.getcolors() == [(4, (255, 255, 255))]
        assert not seen.has_transparency_data


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n"])
def test_a_broken_image_is_named(content: bytes, tmp_path: Path) -> None:
    """Catches one broken file that ends a job of 100,000."""
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(PictureError, match=r"a\.png: not a readable image"):
        teacher_view(tmp_path / "a.png", "aspect", 100)
    with pytest.raises(PictureError, match=r"b\.png: no such image; check the name"):
        teacher_view(tmp_path / "b.png", "aspect", 100)
