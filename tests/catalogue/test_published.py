"""The paper's numbers and claims, as read from the package."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from downscaling.catalogue.paper_numbers import claims, published, question_sets, value


def test_every_number_is_read_under_an_id_of_its_own() -> None:
    """Catches a row lost or doubled in the data file, or a cell that is no number."""
    ids = [record.id for record in published()]
    assert len(ids) == len(set(ids)) == 264
    assert {record.unit for record in published()} >= {"% accuracy", "points", "thousand"}


def test_table_2_averages_agree_with_their_columns() -> None:
    """Catches a mistyped cell: in-domain averages of Table 2 are means of their six columns."""
    models = {record.id.split(".")[1] for record in published() if ".in.c1" in record.id}
    assert len(models) == 15
    for model in models:
        mean = sum(value(f"t2.{model}.in.c{place}") for place in range(1, 7)) / 6
        assert value(f"t2.{model}.in.avg") == pytest.approx(mean, abs=0.051), model


def test_sizes_are_numbers_where_a_row_has_one_size() -> None:
    """Catches a size read as text, and a span of sizes forced into a number."""
    rows = {record.id: record for record in published()}
    assert rows["t2.et_06_17.in.avg"].perception == Decimal("0.6")
    assert rows["t2.et_06_17.in.avg"].reasoning == Decimal("1.7")
    assert rows["t2.base_e2e_06.in.avg"].reasoning is None
    assert rows["ta1.qwen3"].perception == "8->1.7"


def test_claims_refer_to_numbers_that_exist() -> None:
    """Catches a formula that names a number the data does not hold."""
    assert [claim.id for claim in claims()] == [f"C{place:02d}" for place in range(1, 41)]
    ids = {record.id for record in published()}
    for claim in claims():
        for name in re.findall(r"\b(?:t2|f5|ta1)\.[\w.]+\w", claim.formula):
            assert name in ids or any(known.startswith(f"{name}.") for known in ids), (
                claim.id,
                name,
            )


def test_question_sets_are_the_in_domain_columns() -> None:
    """Catches sets in another order than Table 2's, and a split that counts for the whole."""
    columns = [r.metric for r in published() if r.id.startswith("t2.smolvlm.in.c")]
    assert [one.metric for one in question_sets()] == columns
    assert sum(one.dev + one.test for one in question_sets()) == 2822


def test_an_unknown_number_is_an_error() -> None:
    """Catches a silent default for a number that the paper does not print."""
    with pytest.raises(KeyError):
        value("t2.no_such_model.in.avg")
