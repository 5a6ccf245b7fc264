"""Pages of `docs/` that name the tests that hold what they say."""

from __future__ import annotations

import re

from running import HOME

TEST = re.compile(r"`(tests/[^`\s]+\.py)::(\w+)`")


def absent(page: str) -> set[str]:
    """The tests that a page names, as `tests/file.py::name`, and that are not there."""
    missing = set()
    for file, test in set(TEST.findall(page)):
        path = HOME / file
        if not path.is_file() or f"def {test}(" not in path.read_text("utf-8"):
            missing.add(f"{file}::{test}")
    return missing
