"""A headless Chromium for tests of pages, and what they use of selenium. Without selenium a test
that imports it is skipped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium: pip install .[dev]")
from selenium.common.exceptions import (  # noqa: E402
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

__all__ = [
    "NEEDED",
    "By",
    "Keys",
    "NoSuchElementException",
    "Select",
    "StaleElementReferenceException",
    "WebDriverWait",
    "chromium",
    "requests",
    "webdriver",
]

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
NEEDED = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="no chromium: apt-get install chromium chromium-driver"
)
"""Skips a test where there is no Chromium."""


@contextmanager
def chromium(width: int, served: str = "") -> Iterator[Any]:
    """A driver of Chromium without a window, that keeps the console and the requests.

    served: the one host that it finds.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    found = f", EXCLUDE {served}" if served else ""
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        f"--window-size={width},900",
        f"--host-resolver-rules=MAP * ~NOTFOUND{found}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


def requests(driver: Any) -> list[str]:
    """The addresses that were asked for since the last call."""
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
