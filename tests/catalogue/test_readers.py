"""The readers that entries ask for."""

from __future__ import annotations

import importlib

import pytest

from downscaling.catalogue import benchmarks, datasets
from downscaling.catalogue.readers import reader_module


def asked_for() -> set[tuple[str, str]]:
    """Each reader that an entry asks for, with the function that reads it."""
    asked = {(entry.reader.reader, "entries") for entry in benchmarks.load().values()}
    asked |= {("vlmevalkit_tsv", "entries")}
    for entry in datasets.load().values():
        asked |= {(reader.reader, "samples") for reader in entry.training.values()}
        asked |= {(reader.reader, "questions") for reader in entry.questions.values()}
    return asked


@pytest.mark.parametrize(("reader", "function"), sorted(asked_for()))
def test_a_reader_is_found_by_its_name(reader: str, function: str) -> None:
    """Catches an entry that names a reader which does not exist, found only after a download."""
    assert callable(getattr(importlib.import_module(reader_module(reader)), function))
