"""The light report: one file, and the committed one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from downscaling.cli import app
from downscaling.report.light import is_light
from downscaling.report.page import PAPER

HOME = Path(__file__).parents[2]
COMMITTED = "docs/miniature-report.html"


def report(folder: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """The command, called in a folder, over the default configuration."""
    command = [sys.executable, "-m", "downscaling", "report"]
    options = ["--config", str(HOME / "config.yaml"), "--out", str(out)]
    return subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True)


def test_the_committed_page_is_what_the_committed_results_give(tmp_path: Path) -> None:
    """Catches a page of yesterday's results or of an older page's code, and a page that asks for
    results that a clone does not have."""
    done = report(HOME, tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    same = (tmp_path / "page.html").read_bytes() == (HOME / COMMITTED).read_bytes()
    assert same, f"make it anew: downscaling report --out {COMMITTED}"


def test_it_is_one_file() -> None:
    """Catches a link that breaks where the page is sent alone, a script, an address that is asked,
    a picture that is left out, and a page too large to be sent."""
    page = (HOME / COMMITTED).read_text("utf-8")
    links = set(re.findall(r'(?:href|src)="([^"]+)"', page))
    pictures = {link for link in links if link.startswith("data:image/svg+xml,")}
    assert len(pictures) == page.count("<figure") == 12
    anchors = {link for link in links - pictures if link.startswith("#")}
    assert {anchor for anchor in anchors if f'id="{anchor[1:]}"' not in page} == set()
    assert links - pictures - anchors == {PAPER}
    assert "<script" not in page
    assert "default-src 'none'; style-src 'sha256-" in page
    assert len(page) < 3_000_000


def test_it_says_what_it_leaves_out() -> None:
    """Catches a reader who takes it for the whole."""
    page = (HOME / COMMITTED).read_text("utf-8")
    (told,) = re.findall(r'<p class="note" id="left-out">(.*?)</p>', page, re.DOTALL)
    for left_out in ("samples", "rows and the command", "what the run took"):
        assert left_out in told
    assert "results/miniature/report.html" in told


def test_results_that_are_missing_are_one_line(tmp_path: Path) -> None:
    """Catches a traceback where nothing was run yet, and half a page."""
    done = report(tmp_path, tmp_path / "page.html")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "results/miniature/" in done.stderr
    assert "snakemake" in done.stderr
    assert [*tmp_path.iterdir()] == []


def test_results_of_another_preset_have_its_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a call of Snakemake without the overlays, which knows no rule for the results."""
    for name in ("config.yaml", "presets", "backbones", "reference"):
        (tmp_path / name).symlink_to(HOME / name)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["report", "presets/gpu.yaml", "--out", "page.html"])
    assert done.exit_code == 1
    assert done.stderr.startswith("downscaling: results/gpu/")
    end = "no such file; make it with: snakemake --cores all --configfile presets/gpu.yaml\n"
    assert done.stderr.endswith(end)


def test_a_page_is_made_anew_in_its_place(tmp_path: Path) -> None:
    """Catches a light report that is not known as one, which then cannot be brought up to date."""
    page = tmp_path / "page.html"
    page.write_bytes((HOME / COMMITTED).read_bytes())
    assert is_light(page)
    page.write_text("<!doctype html>\n<p>mine</p>")
    assert not is_light(page)
