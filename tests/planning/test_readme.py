"""What the README says that presets cost is what their plans say."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from downscaling.planning.report import Estimate
from downscaling.study.load import read
from downscaling.study.study import Study
from running import HOME, overlays

Planner = Callable[[Study], Estimate]
TOLD = {
    r"(\d+) jobs": ("jobs", 1),
    r"(\d+) GB to fetch": ("download_bytes", 1e9),
    r"(\d+) GB of disk": ("disk_bytes", 1e9),
    r", (\d\.\d) GB$": ("disk_bytes", 1e9),
}
"""What the table of presets tells, each with the plan's number and its unit."""


@pytest.mark.parametrize("preset", ["(default)", "gpu", "released", "paper", "rehearsal"])
def test_a_preset_costs_what_its_plan_says(preset: str, plan: Planner) -> None:
    """Catches a table that stays behind when a study, or a source, has grown."""
    readme = (HOME / "README.md").read_text("utf-8")
    row = re.search(rf"^\|.*{re.escape(preset)}`? \| .* \| (.*) \| .* \|$", readme, re.MULTILINE)
    assert row
    over = [] if preset == "(default)" else overlays(preset)
    total = plan(read(HOME / "config.yaml", over)).values()["total"]
    told = {form: found[1] for form in TOLD if (found := re.search(form, row[1]))}
    assert told
    for form, number in told.items():
        name, unit = TOLD[form]
        decimals = len(number.partition(".")[2])
        assert number == f"{total[name] / unit:.{decimals}f}", form
    hours = re.search("some 500 GPU-hours|half a GPU-hour", row[1])
    assert bool(hours) == ("GPU-hour" in row[1])
    if hours:
        expected = 500 if "500" in hours[0] else 0.5
        assert total["gpu_hours"] == pytest.approx(expected, rel=0.2)
