"""docs/promises.md: what the README and the page of tasks promise, and what holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from held import TEST, absent
from running import HOME

COMMAND = re.compile(r"`((?:make|snakemake|downscaling|dvc|mkdocs|source) [^`]+)`")
PAGES = ("README.md", "docs/tasks.md")
"""Every row and every command of these is a promise."""
REFERENCE = "docs/miniature.md"
"""Promises are quoted from it, too."""
UNHELD = re.compile(r"(not run|measured, not tested|said, not tested): .+")
"""How a row begins that no test holds."""


def text(markdown: str) -> str:
    """A page without its links' addresses, and its block of commands as code in a line."""
    lines = re.sub(r"^(make \w+) +# (.*)$", r"`\1` \2", markdown, flags=re.MULTILINE)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", lines)


def rows(markdown: str) -> Iterator[list[str]]:
    """The cells of every table's rows, without heads."""
    for table in re.findall(r"^\|[-|]+\|\n((?:\|.*\n)+)", markdown, re.MULTILINE):
        for line in table.splitlines():
            yield line.removeprefix("| ").removesuffix(" |").split(" | ")


@pytest.fixture(scope="module")
def pages() -> str:
    """The pages that promise."""
    return "\n".join(text((HOME / page).read_text("utf-8")) for page in PAGES)


@pytest.fixture(scope="module")
def promises() -> str:
    """The list."""
    return (HOME / "docs/promises.md").read_text("utf-8")


def quotes(promises: str) -> list[str]:
    """What the list quotes."""
    return [quote for promise, _ in rows(promises) for quote in promise.split("<br>")]


def test_every_promise_is_held_or_said_not_to_be(promises: str) -> None:
    """Catches a test that was renamed or removed, and a promise of which nobody says what holds
    it."""
    assert absent(promises) == set()
    unclear = [row for row in rows(promises) if not (TEST.search(row[1]) or UNHELD.match(row[1]))]
    assert unclear == []


def test_the_list_quotes_what_is_promised(pages: str, promises: str) -> None:
    """Catches a promise that was taken back or changed, and whose test still holds the old one."""
    told = pages + text((HOME / REFERENCE).read_text("utf-8"))
    assert [quote for quote in quotes(promises) if quote not in told] == []


def test_every_row_and_command_is_in_the_list(pages: str, promises: str) -> None:
    """Catches a new promise that no test holds."""
    listed = quotes(promises)
    told = [cells[0] for cells in rows(pages)]
    assert len(told) > 30
    assert [promise for promise in told if promise not in listed] == []
    commands = COMMAND.findall(pages)
    assert len(commands) > 15
    quoted = COMMAND.findall("\n".join(listed))
    assert [command for command in commands if command not in quoted] == []
