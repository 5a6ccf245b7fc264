"""The categories of a benchmark that are taken, and which of them a row is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..records.categories import unfit_category
from ..records.files import RecordError


@dataclass(frozen=True)
class Categories:
    """Those that are taken, each with what a row's cell holds that is of it, and of no other, in
    any case of letters; none takes all rows, each under what its cell holds."""

    cells: Mapping[str, Sequence[str]]

    @cached_property
    def _of(self) -> dict[str, str]:
        return {cell.lower(): name for name, cells in self.cells.items() for cell in cells}

    def takes(self, cell: str) -> bool:
        """Whether a row with this cell is of one that is taken."""
        return not self._of or cell.lower() in self._of

    def named(self, cell: str, row: str) -> str:
        """The category of a row that is taken; row: where it stands. Raises RecordError for one
        that cannot have its name."""
        held = cell.lower()
        category = self._of.get(held, held or "all")
        if unfit := unfit_category(category):
            raise RecordError(
                f"{row}: category {category!r} {unfit}; name it otherwise there, or in the entry's "
                "categories"
            )
        return category
