"""The demo page in a real browser: a headless Chromium that asks the served page."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest
import yaml

from chromium import (
    NEEDED,
    By,
    Keys,
    NoSuchElementException,
    StaleElementReferenceException,
    WebDriverWait,
    chromium,
    requests,
)
from planned import default_values

pytest.importorskip("gradio.routes", reason="no gradio: pip install --no-deps -r envs/demo.txt")

if TYPE_CHECKING:
    from conftest import Tiny

pytestmark = [pytest.mark.slow, NEEDED]
HOSTILE = "<b>**red**</b><img src=x onerror=\"document.title='obeyed'\">"

WATCH = """
window.seen = [];
setInterval(() => {
  const words = document.querySelector("#left-thinking textarea")?.value;
  if (words && words !== window.seen.at(-1)) window.seen.push(words);
}, 5);
"""
"""Collects what the left thinking holds, each time that it holds something else."""


@dataclass
class Served:
    """A served page: its process, address and folder, and where its temporary files lie."""

    process: subprocess.Popen[str]
    address: str
    folder: Path
    scratch: Path


@pytest.fixture(scope="module")
def served(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The verb as a user starts it. Every word that the right's reasoning module writes is markup;
    the observer is the study's."""
    folder, scratch = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("scratch")
    values = default_values()
    values["backbones"]["source"] = "retrained"
    values["scores"]["spread"] = None
    (folder / "config.yaml").write_text(yaml.safe_dump(values))
    shutil.copytree(tiny.reads, folder / "results/miniature/backbones/8B")
    shutil.copytree(tiny.reads, folder / "marks")
    tokenizer = json.loads((folder / "marks/tokenizer.json").read_text())
    added = {token["content"] for token in tokenizer["added_tokens"]}
    words = tokenizer["model"]["vocab"]
    tokenizer["model"]["vocab"] = {
        word if word in added else f"<b>**{word}**</b>": place for word, place in words.items()
    }
    (folder / "marks/tokenizer.json").write_text(json.dumps(tokenizer))
    command = [sys.executable, "-m", "downscaling", "demo", "--port", "0"]
    command += ["--perception", str(tiny.sees)]
    command += ["--reasoning", str(tiny.reads), "--reasoning", str(folder / "marks")]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"TMPDIR": str(scratch), "HTTP_PROXY": "http://127.0.0.1:9"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("http://127.0.0.1:"), process.communicate()
    yield Served(process, line.split()[0], folder, scratch)
    process.kill()
    process.communicate()


class Page:
    """The page, open in Chromium."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds."""
        waiting = WebDriverWait(
            self.driver, 60, 0.1, [StaleElementReferenceException, NoSuchElementException]
        )
        return waiting.until(lambda _: holds())

    def all(self, selector: str) -> list[Any]:
        """The elements of a selector."""
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def text(self, name: str) -> str:
        """What a text box holds; nothing where it is not shown."""
        boxes = self.all(f"#{name} textarea, #{name} input")
        return boxes[0].get_property("value") if boxes else ""

    def label(self, name: str) -> str:
        """What stands above a text box."""
        return str(self.all(f"#{name} label > span")[0].text)

    def write(self, name: str, text: str) -> None:
        """Write into a text box, over what it holds."""
        (box,) = self.all(f"#{name} textarea, #{name} input")
        box.clear()
        box.send_keys(text)

    def upload(self, file: Path) -> None:
        """Choose a file, in the place of another."""
        for button in self.all("#image button[aria-label='Clear']"):
            button.click()
        field = (By.CSS_SELECTOR, "#image input[type=file]")
        self.until(lambda: [self.driver.find_element(*field).send_keys(str(file))])

    def ask(self) -> None:
        """Press the button."""
        self.all("#ask")[0].click()

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last call."""
        return requests(self.driver)


@pytest.fixture(scope="module")
def page(served: Served) -> Iterator[Page]:
    """Chromium, without a window, that finds no host but this machine."""
    with chromium(width=1400, served="127.0.0.1") as driver:
        opened = Page(driver)
        driver.get(served.address)
        opened.until(lambda: opened.all("#ask"))
        yield opened


def test_the_page_says_what_it_is_and_who_answers(page: Page, tiny: Tiny) -> None:
    """Catches a page without a heading, and a side under the name of a pair that was chosen
    before."""

    def headings() -> list[str]:
        return [one.text for one in page.all("h1, h2")]

    sees, reads = tiny.sees.name, tiny.reads.name
    asks = ["One question to two pairs of models", "Question"]
    assert headings() == [*asks, f"{sees}, {reads}", f"{sees}, marks"]
    field = page.all("#left-reasoning input")[0]
    for chosen, name in (("8B", "8B"), (str(tiny.reads), reads)):
        field.click()
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(chosen, Keys.ENTER)
        page.until(lambda name=name: headings() == [*asks, f"{sees}, {name}", f"{sees}, marks"])


def test_both_sides_answer_and_markup_stays_text(page: Page, tiny: Tiny, served: Served) -> None:
    """Catches a side that stays empty, steps under another module's name, and a reply or an option
    that a browser obeys."""
    page.upload(tiny.image)
    width = "return document.querySelector('#picture img')?.naturalWidth"
    page.until(lambda: page.driver.execute_script(width) == 640)
    page.write("question", "what color is the cross?")
    page.write("options", f"{HOSTILE}\nblue")
    page.driver.execute_script(WATCH)
    page.ask()
    page.until(lambda: page.text("right-answer"))
    assert page.text("refused") == ""
    for side, reads in (("left", tiny.reads.name), ("right", "marks")):
        assert page.text(f"{side}-focus") == page.text("left-focus") != ""
        assert "8B; " in page.label(f"{side}-focus")
        assert page.text(f"{side}-description") == page.text("left-description") != ""
        assert "sees; " in page.label(f"{side}-description")
        assert reads in page.label(f"{side}-thinking")
        assert " s, loaded in " in page.label(f"{side}-answer")
        assert "read as " in page.label(f"{side}-answer")
    seen = page.driver.execute_script("return window.seen")
    assert len(seen) > 3
    assert all(page.text("left-thinking").startswith(words) for words in seen)
    assert "<b>**" in page.text("right-thinking")
    assert "<b>" not in page.text("left-thinking")
    assert page.all("b, img[src=x]") == []
    assert page.driver.title == "downscaling demo"


def test_an_error_of_ours_is_one_line_in_the_page(page: Page, tiny: Tiny, tmp_path: Path) -> None:
    """Catches a file that is no image and costs a traceback, is tried by another loader, or leaves
    the earlier image to be asked about."""
    (tmp_path / "image.png").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    page.upload(tmp_path / "image.png")
    page.until(lambda: page.text("refused"))
    assert page.text("refused") == (
        "image.png: not a readable image (none of PNG, JPEG, WEBP, GIF, BMP, TIFF); replace it"
    )
    page.until(lambda: not page.all("#picture img"))
    page.ask()
    page.until(lambda: "no image" in page.text("refused"))
    page.upload(tiny.image)
    page.until(lambda: page.all("#picture img"))
    page.write("question", " ")
    page.ask()
    page.until(lambda: "no question" in page.text("refused"))


def test_nothing_is_asked_of_others(page: Page, served: Served) -> None:
    """Catches a font, a script or a count of users that comes from or goes to another host, and a
    page that answers under another's name or takes a file without end."""
    asked = page.requests()
    assert any("/gradio_api/" in url for url in asked)
    inside = (served.address, "data:", "blob:", "chrome:", "about:")
    assert [url for url in asked if not url.startswith(inside)] == []
    script = "return fetch('https://example.org').then(() => 'sent', () => 'stopped')"
    assert page.driver.execute_script(script) == "stopped"
    page.until(lambda: "Content Security Policy" in str(page.driver.get_log("browser")))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    foreign = urllib.request.Request(served.address, headers={"Host": "evil.example"})
    with pytest.raises(HTTPError, match="400"):
        opener.open(foreign)
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    large = urllib.request.Request(
        f"{served.address}/gradio_api/upload",
        data=body + bytes(50_000_001) + b"\r\n--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    with pytest.raises(HTTPError, match="413"):
        opener.open(large)


def test_an_interrupt_ends_it_with_one_line(page: Page, served: Served) -> None:
    """Catches a server that an open page keeps alive, a traceback, and files that stay behind."""
    assert list(served.scratch.iterdir()) != []
    served.process.send_signal(signal.SIGINT)
    told, complaints = served.process.communicate(timeout=30)
    assert (told, complaints) == ("", "downscaling: stopped; run it again to go on\n")
    assert served.process.returncode == 130
    assert list(served.scratch.iterdir()) == []
    assert {one.name for one in served.folder.iterdir()} == {"config.yaml", "marks", "results"}
