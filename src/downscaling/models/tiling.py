"""AnyRes: how an image is cut into tiles, and what of their features a model keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

REDUCED_ABOVE = 1.1
"""Times the side of a map of `max_tiles`, from where on a map is reduced to that."""


@dataclass(frozen=True)
class Tiling:
    """How a model tiles images. All maps and grids are rows and columns of patches.

    Attributes:
        side: of a tile, in pixels.
        patches: a side of a tile.
        shapes: heights and widths in pixels of the boards that tiles may make.
        max_tiles: how many tiles' features are kept.
    """

    side: int
    patches: int
    shapes: list[list[int]]
    max_tiles: int

    @classmethod
    def of(cls, config: Any) -> Tiling:
        """That of a LLaVA-OneVision's configuration."""
        side = int(config.vision_config.image_size)
        patches = side // config.vision_config.patch_size
        tiles = int(config.vision_aspect_ratio.removeprefix("anyres_max_"))
        return cls(side, patches, config.image_grid_pinpoints, tiles)

    @property
    def most_tokens(self) -> int:
        """No image takes more: base view, a map just not reduced, and a newline a row."""
        rows = max(height for height, _ in self.shapes) // self.side * self.patches
        kept = self.max_tiles * self.patches**2 * REDUCED_ABOVE**2
        return self.patches**2 + int(kept) + rows

    def kept(self, height: int, width: int) -> tuple[int, int]:
        """The map of an image of this size (pixels) as transformers packs its features: padding is
        cropped on the grid of patches (`unpad_image`), and what is too large is reduced."""
        rows, columns = self._grid(height, width)
        if width / height > columns / rows:
            rows -= 2 * ((rows - _rounded(height * (columns / width))) // 2)
        else:
            columns -= 2 * ((columns - _rounded(width * (rows / height))) // 2)
        ratio = math.sqrt(rows * columns / (self.max_tiles * self.patches**2))
        if ratio > REDUCED_ABOVE:
            rows, columns = int(rows // ratio), int(columns // ratio)
        return rows, columns

    def as_official(self, height: int, width: int) -> tuple[int, int]:
        """The size (pixels) of an image that transformers cuts and crops as LLaVA-NeXT does one of
        this size.

        LLaVA-NeXT cuts the products of `kept` off without rounding. Floating point makes 8.999999
        of some that are 9, and then one row or column more goes on each side. So it does for
        transformers if the image is one pixel shorter or narrower, which leaves the tiles as they
        are (compared for every size up to 4,000 pixels a side).
        """
        rows, columns = self._grid(height, width)
        if width / height > columns / rows:
            return height - _falls_short(height * (columns / width)), width
        return height, width - _falls_short(width * (rows / height))

    def _grid(self, height: int, width: int) -> tuple[int, int]:
        """The board of an image's tiles, padding included."""
        from transformers.image_processing_utils import select_best_resolution

        tall, wide = select_best_resolution((height, width), self.shapes)
        return tall // self.side * self.patches, wide // self.side * self.patches


def _rounded(product: float) -> int:
    """As transformers cuts it off, after rounding to seven decimals."""
    return int(round(product, 7))


def _falls_short(product: float) -> bool:
    """Whether it is an integer that floating point leaves a trifle below itself."""
    return int(product) < _rounded(product)
