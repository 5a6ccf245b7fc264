"""The documentation as a site, which fetches nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chromium import NEEDED, chromium

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a link that leads nowhere fails it."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=HOME,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "https_proxy": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.slow
def test_a_reader_needs_no_network(site: Path) -> None:
    """Catches a font, a script or a style that a page fetches from elsewhere."""
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 25
    fetched = re.compile(r'<(?:script|link|img)\b[^>]*\b(?:src|href)="(https?:[^"]*)"')
    found = {
        (page.name, address)
        for page in pages
        for address in fetched.findall(page.read_text("utf-8"))
        if 'rel="canonical"' not in address
    }
    assert found == set()


@pytest.mark.slow
def test_every_key_and_every_verb_has_its_place(site: Path) -> None:
    """Catches pages of reference that are made of nothing or hold the keys of yesterday, and
    summaries that are cut."""
    configuration = (site / "configuration.html").read_text("utf-8")
    for key in ("thinking_budget", "omitted_share", "numerics", "max_new_tokens"):
        assert f"<code>{key}</code>" in configuration
    commands = (site / "commands.html").read_text("utf-8")
    for verb in ("ask", "audit", "compare", "doctor", "plan"):
        assert f"downscaling {verb}" in commands
    assert "jobs, tokens, GPU-hours, disk and downloads.</li>" in commands
    assert "...</li>" not in commands


@pytest.mark.slow
def test_links_out_of_the_pages_lead_to_files_of_the_site(site: Path) -> None:
    """Catches a link to an example or a picture that lies in the repository alone."""
    assert (site / "files/examples/own-model.yaml").is_file()
    assert (site / "files/results/miniature/figures/overview.png").is_file()
    front = (site / "index.html").read_text("utf-8")
    assert 'src="files/results/miniature/figures/overview.png"' in front
    assert 'href="ask.html"' in front


@pytest.mark.slow
@NEEDED
@pytest.mark.parametrize(("scheme", "turned"), [("light", False), ("dark", True)])
def test_a_figure_can_be_read_on_a_phone_and_in_the_dark(
    site: Path, scheme: str, turned: bool
) -> None:
    """Catches a figure as wide as a phone, a page that scrolls sideways as a whole, and a white
    block in the dark."""
    figure = "document.querySelector('.md-typeset img')"
    with chromium(width=500) as driver:
        phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        driver.get((site / "index.html").as_uri())
        script = f"return [{figure}.clientWidth, getComputedStyle({figure}).filter]"
        width, shown = driver.execute_script(script)
        assert width > 600
        assert shown.startswith("invert") == turned
        assert driver.execute_script("return document.documentElement.scrollWidth") == 390


@pytest.mark.slow
def test_the_light_report_is_a_page_of_the_site(site: Path) -> None:
    """Catches a report that lies in the site, and that no page leads to."""
    assert (site / "miniature-report.html").read_bytes() == (
        HOME / "docs/miniature-report.html"
    ).read_bytes()
    assert (site / "index.html").read_text("utf-8").count('href="miniature-report.html"') >= 2
