"""The report in a real browser: a headless Chromium that opens it from the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chromium import NEEDED, By, Keys, Select, WebDriverWait, chromium, requests, webdriver
from made_up import HOSTILE, PUBLISHED, RUNS

pytestmark = [pytest.mark.slow, NEEDED]

Make = Callable[..., Any]
NAMES = [f"{p}, {m}" if r == "end-to-end" else f"{p} → {r}, {m}" for p, r, m in RUNS]
SEES, MISSES, SLIPS = NAMES[1], NAMES[2], NAMES[3]
PUBLISHED_ROW = (PUBLISHED[0], "robust", "all")


class Page:
    """A report that is open in Chromium."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path, hash: str = "") -> None:
        """Open a report and wait for its first samples."""
        self.driver.get("about:blank")
        self.requests()
        self.driver.get_log("browser")
        self.driver.get(page.as_uri() + hash)
        self.until(lambda: self.cards())

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds."""
        return WebDriverWait(self.driver, 60, 0.05).until(lambda _: holds())

    def all(self, selector: str) -> list[Any]:
        """The elements that are shown for a selector."""
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return [one for one in found if one.is_displayed()]

    def cards(self) -> list[str]:
        """The ids of the questions on the page."""
        return [one.text for one in self.all(".card .where code")]

    def found(self) -> int:
        """How many questions the filters leave."""
        return int(self.driver.find_element(By.ID, "found").text.split()[0])

    def choose(self, **values: str) -> None:
        """Choose by what the lists show, or type; wait until the samples have changed."""
        for name, value in values.items():
            field = self.driver.find_element(By.ID, name)
            asked = self.driver.execute_script("return state.asked")
            if field.tag_name == "select":
                Select(field).select_by_visible_text(value)
            else:
                field.send_keys(Keys.CONTROL, "a")
                field.send_keys(Keys.BACKSPACE, value)
            self.until(lambda before=asked: self.settled(before))

    def settled(self, before: int) -> bool:
        """Whether a choice was taken up, and what it asked for is shown."""
        return bool(
            self.driver.execute_script(
                "return state.asked > arguments[0] && state.shown === state.asked", before
            )
        )

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        for key in keys:
            webdriver.ActionChains(self.driver).send_keys(key).perform()

    def focused(self) -> str:
        """The id of the question that has the focus."""
        script = "return document.activeElement.querySelector('.where code')?.textContent ?? ''"
        return str(self.driver.execute_script(script))

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last call."""
        return requests(self.driver)

    def complaints(self) -> list[str]:
        """What the console holds since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Chromium, without a window and without a network."""
    with chromium(width=1200) as driver:
        yield Page(driver)


@pytest.fixture(scope="module")
def small(make: Make) -> Path:
    """A report on two dozen questions, with hostile text in a description."""
    return Path(make(24, hostile=True).page)


def test_it_opens_from_a_disk_and_asks_nobody(page: Page, small: Path) -> None:
    """Catches a page that needs a server, a request that leaves, a policy that stops the page's
    own script or style, and an error on the console."""
    page.open(small)
    page.driver.execute_script("document.querySelector('.card img').scrollIntoView()")
    width = "return document.querySelector('.card img').naturalWidth"
    page.until(lambda: page.driver.execute_script(width))
    assert page.found() == 24
    assert page.complaints() == []
    asked = page.requests()
    assert any("answers-0.js" in url for url in asked)
    assert [url for url in asked if not url.startswith("file:///")] == []
    script = "return fetch('https://example.org').then(() => 'sent', () => 'stopped')"
    assert page.driver.execute_script(script) == "stopped"
    assert "Content Security Policy" in " ".join(page.complaints())


def test_filters_leave_what_they_say(page: Page, small: Path) -> None:
    """Catches a filter that does nothing, or counts by another run's outcome: the smallest
    perception module misses the odd questions, every third question is of ocrvqa."""
    page.open(small)
    page.choose(run=MISSES, outcome="perception failed")
    assert page.found() == 12
    assert all(int(name[1:]) % 2 for name in page.cards())
    page.choose(category="ocrvqa")
    assert page.found() == 4
    assert page.cards() == ["q00003", "q00009", "q00015", "q00021"]
    page.choose(outcome="right")
    assert page.cards() == ["q00000", "q00006", "q00012", "q00018"]
    page.choose(category="all", outcome="all", words="thing 7")
    assert page.cards() == ["q00007"]
    page.choose(words="no such words")
    assert page.cards() == []
    page.choose(words="", benchmark="families")
    assert page.found() == 0


def test_two_runs_stand_beside_each_other_where_they_differ(page: Page, small: Path) -> None:
    """Catches a comparison of the wrong run, and questions on which both are right."""
    page.open(small)
    page.choose(run=MISSES, other=SLIPS)
    # One misses odd questions, the other every fourth.
    assert page.found() == 18
    replies = page.all(".card:first-child .reply")
    assert [MISSES in replies[0].text, SLIPS in replies[1].text] == [True, True]
    page.choose(compare="only the first is right")
    assert page.cards() == [f"q{number:05d}" for number in range(0, 24, 4)]
    page.choose(compare="only the second is right")
    assert page.found() == 12
    page.choose(compare="all questions")
    assert page.found() == 24


def test_a_keyboard_is_enough(page: Page, small: Path) -> None:
    """Catches keys that do nothing, a focus that is lost when the page turns, and letters typed
    into the search that turn pages instead."""
    page.open(small)
    page.choose(run=SEES)
    page.driver.execute_script("document.activeElement.blur()")
    page.press("j")
    assert page.focused() == "q00000"
    page.press("j", "j", "k")
    assert page.focused() == "q00001"
    page.press("n")
    assert page.focused() == "q00010"
    page.press("k")
    assert page.focused() == "q00009"
    page.press("j", "n", "p")
    assert page.focused() == "q00010"
    page.press("/", "j")
    field = page.driver.switch_to.active_element
    assert field.get_attribute("value") == "j"
    page.press(Keys.TAB, Keys.TAB)
    assert page.driver.switch_to.active_element.tag_name in ("button", "li", "summary")


def test_hostile_text_stays_text(page: Page, small: Path) -> None:
    """Catches markup or scripts of a model that come to life, and a long word that pushes the
    page beyond its width."""
    page.open(small)
    before = page.driver.title
    page.choose(run=SEES)
    shown = page.driver.execute_script(
        "return document.querySelector('.card .text.description').textContent"
    )
    assert shown == HOSTILE
    assert page.driver.find_elements(By.CSS_SELECTOR, "#cards script, #cards b b, [onerror]") == []
    assert page.driver.title == before
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.driver.execute_script(wide) <= 0
    assert page.complaints() == []


def test_filters_of_verdicts_mean_only_these(page: Page, small: Path) -> None:
    """Catches a filter that hides what was asked for, and one whose claims stay folded."""
    page.open(small)
    page.driver.execute_script("document.getElementById('claims').scrollIntoView()")
    every = len(page.all("#claims-list .claim"))
    (not_run,) = page.all(".toggles[data-for=claims-list] [data-verdict='not run']")
    page.driver.execute_script("arguments[0].click()", not_run)
    shown = page.all("#claims-list .claim")
    assert {one.get_attribute("data-verdict") for one in shown} == {"not run"}
    assert len(shown) > every
    page.driver.execute_script("arguments[0].click()", not_run)
    assert len(page.all("#claims-list .claim")) == every


def test_a_view_of_samples_can_be_sent(page: Page, small: Path) -> None:
    """Catches filters that the address forgets, or takes up wrongly, and a reset that leaves it."""
    page.open(small)
    page.choose(run=MISSES, other=SLIPS, compare="only the first is right", category="vqav2")
    address = page.driver.current_url
    cards, found = page.cards(), page.found()
    page.open(small)
    assert page.found() != found
    page.driver.get("about:blank")
    page.driver.get(address)
    page.until(page.cards)
    assert (page.cards(), page.found()) == (cards, found)
    asked = page.driver.execute_script("return state.asked")
    page.driver.execute_script("document.querySelector('#filters [type=reset]').click()")
    page.until(lambda: page.settled(asked))
    page.until(lambda: "all filters reset" in page.all("#found")[0].text)
    assert page.driver.current_url.endswith("#samples:")
    page.open(small, "#samples:run=no/such/run/0&outcome=zzz&words=thing 3?")
    assert page.found() == 1
    assert page.all("#unknown")[0].text == "not known here: run no/such/run/0; outcome zzz"
    assert page.driver.execute_script(
        "return document.querySelector('#browser').offsetTop < scrollY + 300"
    )
    assert page.complaints() == []


def test_two_runs_are_not_called_as_options_are(page: Page, small: Path) -> None:
    """Catches runs A and B beside options A to D."""
    page.open(small)
    page.choose(run=MISSES, other=SLIPS)
    heads = [head.text.split(":")[0] for head in page.all(".card:first-child .reply .head")]
    assert heads == ["first", "second"]
    assert "← first" in page.all(".card:first-child .options")[0].text


def test_a_figure_is_enlarged_and_closed(page: Page, small: Path) -> None:
    """Catches a click that leaves the page, and an enlarged figure that stays."""
    page.open(small)
    page.driver.execute_script("document.querySelector('#overview a.enlarge').click()")
    (image,) = page.all("#enlarged img")
    page.until(lambda: image.get_property("naturalWidth"))
    assert page.driver.current_url.startswith(small.as_uri())
    page.all("#enlarged button")[0].click()
    assert not page.all("#enlarged")
    assert page.complaints() == []


def test_table_2_sorts_and_shows_more_columns_on_demand(page: Page, small: Path) -> None:
    """Catches numbers that are sorted as words, rows without a number among those with one, and
    fourteen columns at once."""
    page.open(small)
    names = lambda: [row.text for row in page.all("#table-2-rows tbody th")]  # noqa: E731
    assert names() == ["End-to-end baseline", "SmolVLM"]
    heads = {
        head.text.split("\n")[0].split(" n ")[0]: head
        for head in page.all("#table-2-rows thead th")
    }
    assert "vqav2" not in heads
    for _ in range(2):
        page.driver.execute_script("arguments[0].click()", heads["perception"])
    assert names() == ["End-to-end baseline", "SmolVLM"]
    page.driver.execute_script("arguments[0].click()", heads["perception"])
    assert names() == ["SmolVLM", "End-to-end baseline"]
    page.driver.execute_script("arguments[0].click()", heads["in-domain average"])
    assert names() == ["End-to-end baseline", "SmolVLM"]
    page.driver.execute_script(
        "document.querySelector('.all-columns[data-table=table-2-rows]').click()"
    )
    assert any("vqav2" in head.text for head in page.all("#table-2-rows thead th"))


def test_many_categories_show_when_they_are_asked_for(page: Page, small: Path) -> None:
    """Catches a page that opens with thirty columns, and categories that nobody can reach."""
    page.open(small)
    page.driver.execute_script("document.querySelector('#tables').scrollIntoView()")
    heads = lambda: [one.text for one in page.all("#every-run thead th") if one.is_displayed()]  # noqa: E731
    assert heads() == ["run", "in-domain", "n", "out-of-domain", "n"]
    asking = page.driver.find_element("css selector", ".all-columns[data-table=every-run]")
    page.driver.execute_script("arguments[0].click()", asking)
    assert "gqa in-domain" in [" ".join(head.split()) for head in heads()]
    assert asking.get_attribute("aria-pressed") == "true"


def test_no_two_elements_are_called_alike(page: Page, small: Path) -> None:
    """Catches a button that works on a figure in the table's stead."""
    page.open(small)
    script = "return [...document.querySelectorAll('[id]')].map((one) => one.id)"
    named = page.driver.execute_script(script)
    assert {"table-2", "table-2-rows"} <= {*named}
    assert len(named) == len({*named})


def test_numbers_sort_by_size(page: Page, small: Path) -> None:
    """Catches 1 200 before 24, and a run without a number among those with one."""
    page.open(small)
    write = "document.querySelectorAll('#every-run td:nth-child(3)')[{}].textContent = '{}'"
    for place, text in enumerate(["24", "1\u202f200", "", "7"]):
        page.driver.execute_script(write.format(place, text))
    page.driver.execute_script("document.querySelectorAll('#every-run thead th')[2].click()")
    cells = [cell.text for cell in page.all("#every-run td:nth-child(3)")]
    assert [text for text in cells if text in ("24", "1\u202f200", "", "7")] == (
        ["1\u202f200", "24", "7", ""]
    )


@pytest.mark.parametrize("hash", ["#%E0%A4%A", "#samples:%E0%A4%A", '#["', "#scores:999999"])
def test_an_address_that_makes_no_sense_stops_nothing(page: Page, small: Path, hash: str) -> None:
    """Catches a damaged link that takes the sample browser with it."""
    page.open(small, hash)
    assert page.found() == 24
    assert page.complaints() == []
    if "scores" in hash:
        page.until(lambda: "There is no such line: 999999." in page.all("#rows-about")[0].text)


def test_going_back_takes_back_a_choice(page: Page, small: Path) -> None:
    """Catches a browser's button that leaves the report, and one that changes the address alone."""
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")  # a full history drops entries that nobody clicked in
    page.open(small)
    page.choose(run=MISSES)
    page.choose(outcome="perception failed")
    assert page.found() == 12
    for found, outcome in ((24, "all"), (24, "all")):
        asked = page.driver.execute_script("return state.asked")
        page.driver.execute_script("history.back()")
        page.until(lambda before=asked: page.settled(before))
        assert page.found() == found
        shown = page.driver.execute_script("return byId('outcome').selectedOptions[0].text")
        assert shown == outcome
    assert page.driver.current_url.startswith(small.as_uri())
    page.driver.close()
    page.driver.switch_to.window(first)


def test_the_dark_does_not_glare(page: Page, small: Path) -> None:
    """Catches figures on white in a dark page."""
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    page.open(small)
    script = "return getComputedStyle(document.querySelector('.drawing a')).filter"
    assert "invert" in page.driver.execute_script(script)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    page.open(small)
    assert page.driver.execute_script(script) == "none"


def test_a_phone_has_room_for_it(page: Page, small: Path) -> None:
    """Catches a page that must be scrolled sideways on a phone."""
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.open(small)
    page.driver.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = "return document.documentElement.scrollWidth"
    assert page.driver.execute_script(wide) <= 390
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_link_leads_into_what_is_folded(page: Page, small: Path) -> None:
    """Catches a command that a number links to and that stays hidden, and a count of outcomes that
    leads to other answers."""
    page.open(small, "#command-0")
    assert page.all("#command-0 pre")
    page.driver.execute_script("document.getElementById('what-became').open = true")
    count = page.all("#what-became button[data-outcome='perception failed']")[0]
    expected = int(count.text)
    asked = page.driver.execute_script("return state.asked")
    # The driver would scroll it to the top, beneath the list of parts.
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", count)
    count.click()
    page.until(lambda: page.settled(asked))
    assert page.found() == expected == 12
    badges = page.all(".card .reply .badge")
    assert {badge.text for badge in badges} == {"perception failed"}


def test_a_number_leads_to_its_row_and_its_commands(page: Page, small: Path) -> None:
    """Catches a link to another row than that of the number, a row without the command that made
    it, and lines that a link asks for and no table has."""
    page.open(small)
    page.driver.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    (entry,) = [row for row in page.all("#numbers-table tr[id]") if "row" in row.text][:1]
    measured = entry.find_element(By.CSS_SELECTOR, "[data-label='measured'] b").text
    link = entry.find_element(By.LINK_TEXT, "row")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    link.click()
    page.until(lambda: page.all("#rows tbody tr"))
    names = [cell.text for cell in page.all("#rows thead th")]
    (cells,) = [
        [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "td")]
        for row in page.all("#rows tbody tr")
    ]
    shown = dict(zip(names, cells, strict=True))
    assert (shown["perception"], shown["parser"], shown["seed"]) == PUBLISHED_ROW
    assert 100 * float(shown["value"]) == float(measured)
    lines = (small.parent / "scores/scores.csv").read_text().splitlines()
    assert lines[int(shown["line"]) - 1].split(",") == cells[2:]
    page.all("#rows-about a")[-1].click()
    page.until(lambda: page.all("#command-1 pre"))
    assert page.driver.execute_script("return location.hash") == "#command-1"
    target = page.all("#command-1 pre")[0].text.split()[-1]
    assert target == str(small.parent / "provenance/score.json")
    page.driver.execute_script("location.hash = '#scores:1,2,999999'")
    page.until(lambda: page.all("#rows tbody tr")[0].text.startswith("2 "))
    assert len(page.all("#rows tbody tr")) == 1
    assert page.complaints() == []


def test_costs_come_from_the_file_of_measurements(page: Page, make: Make) -> None:
    """Catches costs that a browser does not load from a disk, a figure of seconds that is not
    shown, and a page that fails, or promises costs, where the measurements were not sent along."""
    made = make(3)
    page.open(made.page)
    page.until(lambda: page.all("#costs-about dd"))
    assert page.all("#costs-about dd")[2].text == "a host (3 jobs)"
    assert page.all("#costs tr.total td[data-measured='all longest']")[0].text == "3 min 22 s"
    assert page.complaints() == []
    image = page.driver.find_element(By.CSS_SELECTOR, "#figure-a9 img")
    page.driver.execute_script("arguments[0].scrollIntoView()", image)
    page.until(lambda: image.get_property("naturalWidth"))
    (made.root / "measured").rename(made.root / "elsewhere")
    page.open(made.page)
    page.until(lambda: page.all("#costs-missing")[0].text == "It is missing beside this page.")
    assert not page.all("#costs-about")
    assert len(page.cards()) == 3
    assert not any("Uncaught" in line for line in page.complaints())


def test_the_light_report_needs_nothing_beside_it(page: Page, tmp_path: Path) -> None:
    """Catches a picture that the page's policy or its address keeps from showing, and a page that
    is wider than a phone."""
    alone = Path(shutil.copy(Path(__file__).parents[2] / "docs/miniature-report.html", tmp_path))
    page.driver.get("about:blank")
    page.requests()
    page.complaints()
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.driver.get(alone.as_uri())
    page.driver.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.driver.execute_script("for (const one of document.images) one.loading = 'eager'")
    page.until(
        lambda: page.driver.execute_script(
            "return [...document.images].every((one) => one.complete)"
        )
    )
    widths = page.driver.execute_script("return [...document.images].map(i => i.naturalWidth)")
    assert len(widths) == 12
    assert min(widths) > 300
    wide = "return document.documentElement.scrollWidth"
    assert page.driver.execute_script(wide) <= 390
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert page.complaints() == []
    asked = {one for one in page.requests() if not one.startswith("data:image/svg+xml,")}
    assert asked == {alone.as_uri()}


def test_five_thousand_questions_stay_quick(page: Page, make: Make) -> None:
    """Catches a list that puts every question on the page, when it opens, is turned or filtered,
    even where it hides most of them afterwards."""
    page.open(make(5000).page)
    page.choose(run=MISSES, other=SLIPS)
    assert page.found() == 3750
    cards = "return document.querySelectorAll('#cards > .card').length"
    assert page.driver.execute_script(cards) == 10
    added = (
        "const observer = new MutationObserver(() => {});"
        "observer.observe(document.body, { childList: true, subtree: true });"
        "const added = () => observer.takeRecords().flatMap((record) => [...record.addedNodes])"
        ".reduce((sum, node) => sum + 1 + (node.querySelectorAll?.('*').length ?? 0), 0);"
    )
    turned = page.driver.execute_script(f"{added} turn(1); turn(-1); return added();")
    assert 0 < turned < 2 * 1000
    asked = page.driver.execute_script("return state.asked")
    shown = "document.querySelectorAll('#cards > .card').length"
    filtered = page.driver.execute_async_script(
        f"const done = arguments[0]; {added}"
        "document.getElementById('category').value = 'ocrvqa';"
        "const show_ = show; let drawn = 0;"
        "show = () => { observer.takeRecords(); show_(); drawn = added(); };"
        f"refresh().then(() => {{ show = show_; done([drawn, {shown}]); }})"
    )
    assert 0 < filtered[0] < 1000
    assert filtered[1] == 10
    assert page.settled(asked)
    assert page.found() == 1250
