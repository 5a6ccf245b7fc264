"""What an image file becomes, of each kind that published sets hold."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image

from downscaling.data.load_image import image_size, load_image
from downscaling.errors import LargePictureError, PictureError

DOCS = Path(__file__).parents[2] / "docs" / "sources.md"
WHITE, RED, BLACK = (255, 255, 255), (200, 30, 30), (0, 0, 0)
TURNED = Image.Exif()
TURNED[ExifTags.Base.Orientation] = 6  # a quarter turn clockwise makes it upright


def file(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """An image as a file of a kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def row(mode: str, *pixels: Any) -> Image.Image:
    """An image one pixel high."""
    image = Image.new(mode, (len(pixels), 1))
    for place, pixel in enumerate(pixels):
        image.putpixel((place, 0), pixel)
    return image


def numbers(*values: float, kind: str) -> Image.Image:
    """An image one pixel high whose values are numbers of a kind."""
    return Image.fromarray(np.array([values], kind))


def palette(mode: str, *pixels: Any) -> Image.Image:
    """An image one pixel high of a palette of red, black and white."""
    image = row(mode, *pixels)
    image.putpalette([*RED, *BLACK, *WHITE])
    return image


def frames(kind: str) -> bytes:
    """A file with a red and a white frame."""
    red, white = Image.new("RGB", (2, 1), RED), Image.new("RGB", (2, 1), WHITE)
    options = {"lossless": True} if kind == "WEBP" else {}
    return file(red, kind, save_all=True, append_images=[white], **options)


def grey(*values: int) -> list[tuple[int, int, int]]:
    """Pixels of grey."""
    return [(value,) * 3 for value in values]


KINDS: dict[str, list[tuple[bytes, list[tuple[int, int, int]]]]] = {
    "mode `1`": [(file(row("1", 0, 255)), grey(0, 255))],
    "mode `L`": [(file(row("L", 7, 99)), grey(7, 99)), (file(row("L", 7, 99), "BMP"), grey(7, 99))],
    "mode `RGB`": [
        (file(row("RGB", RED, BLACK), kind), [RED, BLACK]) for kind in ("PNG", "TIFF", "BMP")
    ],
    "mode `LA`, `RGBA`, `PA`": [
        (file(row("LA", (9, 255), (9, 0))), grey(9, 255)),
        (file(row("RGBA", (*RED, 255), (*RED, 0), (*BLACK, 51))), [RED, WHITE, (204,) * 3]),
        (file(row("RGBA", (*RED, 255), (*RED, 0)), "WEBP", lossless=True), [RED, WHITE]),
        (file(palette("PA", (0, 255), (0, 0)), "TIFF"), [RED, WHITE]),
    ],
    "mode `P`": [
        (file(palette("P", 0, 1)), [RED, BLACK]),
        (file(palette("P", 0, 1), "GIF"), [RED, BLACK]),
    ],
    "mode `P` with transparency": [
        (file(palette("P", 0, 1), transparency=1), [RED, WHITE]),
        (file(palette("P", 0, 1), transparency=bytes([255, 51])), [RED, (204,) * 3]),
        (file(palette("P", 0, 1), "GIF", transparency=1), [RED, WHITE]),
    ],
    "mode `1`, `L` or `RGB` with one transparent colour": [
        (file(row("1", 0, 255), transparency=0), grey(255, 255)),
        (file(row("L", 7, 99), transparency=7), grey(255, 99)),
        (file(row("RGB", RED, BLACK), transparency=BLACK), [RED, WHITE]),
    ],
    "mode `I;16`": [
        (file(numbers(0, 257, 0x8000, 0xFFFF, kind="<u2")), grey(0, 1, 128, 255)),
        (file(numbers(0, 0x8000, 0xFFFF, kind="<u2"), "TIFF"), grey(0, 128, 255)),
        (file(numbers(5, 0x8000, kind="<u2"), transparency=5), grey(255, 128)),
    ],
    "mode `I`, `F`": [
        (file(numbers(-500, 0, 500, kind="i4"), "TIFF"), grey(0, 128, 255)),
        (file(numbers(0, 0.2, 1, np.nan, np.inf, kind="f4"), "TIFF"), grey(0, 51, 255, 0, 255)),
        (file(numbers(3, 3, kind="f4"), "TIFF"), grey(0, 0)),
    ],
    "mode `CMYK`, `YCbCr`": [
        (file(row("CMYK", (0, 255, 255, 0), (0, 0, 0, 255)), "TIFF"), [(255, 0, 0), BLACK]),
        (file(row("YCbCr", (77, 128, 128)), "TIFF"), grey(77)),
    ],
    "animated GIF, PNG or WEBP, MPO, TIFF of several pages": [
        (frames(kind), [RED, RED]) for kind in ("GIF", "PNG", "WEBP", "TIFF")
    ],
}
"""Files of each kind in the table of docs/sources.md, with the pixels that they become."""
CASES = [pytest.param(*case, id=kind) for kind, cases in KINDS.items() for case in cases]


@pytest.mark.parametrize(("held", "pixels"), CASES)
def test_an_image_becomes_what_the_docs_say(
    held: bytes, pixels: list[tuple[int, int, int]], tmp_path: Path
) -> None:
    """Catches GIF, WEBP, BMP and TIFF refused, a name that decides, 16-bit grey that is white, and
    pixels of a colour that nobody sees."""
    (tmp_path / "a.jpg").write_bytes(held)
    image = load_image(tmp_path / "a.jpg")
    assert image.mode == "RGB"
    assert [image.getpixel((place, 0)) for place in range(image.width)] == pixels
    assert image.info == {}
    assert image_size(tmp_path / "a.jpg") == (image.height, image.width)


def test_the_docs_list_every_kind() -> None:
    """Catches a kind of image that is tested and not documented, and the reverse."""
    table = DOCS.read_text("utf-8").partition("| image | what it becomes |\n|---|---|\n")[2]
    kinds = re.findall(r"^\| (.+?) \|", table.partition("| EXIF orientation")[0], re.MULTILINE)
    assert kinds == list(KINDS)


@pytest.mark.parametrize("key", [BLACK, RED])
def test_a_resized_image_keeps_its_colours(key: tuple[int, int, int]) -> None:
    """Catches a transparent colour that stays with the pixels: processors then see through those
    that only look like it."""
    image = Image.new("RGB", (8, 8), BLACK)
    image.paste(RED, (0, 0, 8, 4))
    loaded = load_image(io.BytesIO(file(image, transparency=key)))
    half = loaded.resize((4, 4), Image.Resampling.NEAREST)
    for seen in (loaded, half):
        colors = {color for _, color in seen.getcolors() or []}
        assert colors == {WHITE, BLACK, RED} - {key}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "MPO"])
def test_a_photo_is_turned_upright(kind: str, tmp_path: Path) -> None:
    """Catches photos on their side, which lmms-eval shows upright, and tokens counted for the
    other side. An MPO is what some telephones write under the name of a JPEG."""
    image = Image.new("RGB", (16, 8), BLACK)
    image.paste(WHITE, (0, 0, 8, 8))
    (tmp_path / "a.jpg").write_bytes(file(image, kind, exif=TURNED))
    upright = load_image(tmp_path / "a.jpg")
    assert upright.size == (8, 16)
    assert image_size(tmp_path / "a.jpg") == (16, 8)
    assert (upright.getpixel((4, 1)), upright.getpixel((4, 14))) == (WHITE, BLACK)


@pytest.mark.parametrize("exif", [b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b""])
def test_a_damaged_exif_costs_no_image(exif: bytes, tmp_path: Path) -> None:
    """Catches an image with sound pixels that is lost for its metadata."""
    (tmp_path / "a.jpg").write_bytes(file(Image.new("RGB", (4, 2), RED), "JPEG", exif=exif))
    assert load_image(tmp_path / "a.jpg").size == (4, 2)
    assert image_size(tmp_path / "a.jpg") == (2, 4)


def cut(kind: str) -> bytes:
    """The first half of an image's file."""
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    whole = file(Image.fromarray(noise), kind)
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>404</html>", b"\x89PNG\r\n\x1a\n", *map(cut, ("PNG", "JPEG", "WEBP", "GIF"))],
)
def test_damage_is_told_in_one_line(content: bytes, tmp_path: Path) -> None:
    """Catches a truncated image taken for a whole one, and a traceback of Pillow's."""
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(PictureError, match=r"a\.png: not a readable image \(") as refusal:
        load_image(tmp_path / "a.png")
    assert "\n" not in str(refusal.value)
    with pytest.raises(PictureError, match=r"^row 3: image: not a readable image"):
        load_image(io.BytesIO(content), "row 3: image")


def test_a_long_image_is_loaded_and_a_bomb_never_decoded(
    bomb: Callable[[int, int], bytes], tmp_path: Path
) -> None:
    """Catches gigabytes of memory for a file of a few bytes, and a line taken for one."""
    assert load_image(io.BytesIO(file(Image.new("RGB", (20_000, 1), RED)))).size == (20_000, 1)
    for side in (12_000, 50_000):  # refused here, and by Pillow
        (tmp_path / "a.png").write_bytes(bomb(side, side))
        for look in (load_image, image_size):
            with pytest.raises(LargePictureError, match=r"a\.png is refused: more than 100,000,0"):
                look(tmp_path / "a.png")
