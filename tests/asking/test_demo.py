"""The demo page without a browser: what it offers, what it asks, and that it needs gradio."""

from __future__ import annotations

import dataclasses
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from downscaling.asking import sides
from downscaling.asking.ask import Asked, Step, ask
from downscaling.asking.modules import Module, counterpart, default_run, title
from downscaling.asking.offered import Offered, offer
from downscaling.asking.page import asked_of
from downscaling.asking.sides import Models, Thought
from downscaling.cli import app
from downscaling.errors import ModelError, UserError
from downscaling.stages.modules import perception_models, reasoning_models
from downscaling.study.runs import Run
from downscaling.study.study import Study
from planned import HOME, planned

if TYPE_CHECKING:
    from conftest import Tiny


@pytest.fixture
def offered(tiny: Tiny) -> Offered:
    """Two tiny modules that see with one that reads, beside those of the study."""
    return _offer(planned(), [str(tiny.sees)], [str(tiny.reads), str(tiny.sees)])


def _offer(study: Study, perception: list[str], reasoning: list[str]) -> Offered:
    seeing, reading = perception_models(study, "0"), reasoning_models(study)
    return offer(study, seeing, reading, perception, reasoning, 0)


def _written(*sides: Asked) -> list[tuple[int, Step | Thought]]:
    with Models() as models:
        return list(models.answers(planned(), sides))


def test_a_name_is_for_both_sides_and_two_are_left_and_right(offered: Offered, tiny: Tiny) -> None:
    """Catches sides that are swapped, and a name that counts for the left alone."""
    sees, reads = str(tiny.sees), str(tiny.reads)
    assert offered.pairs == ((sees, reads), (sees, sees))
    assert offered.perception[sees] == Module("sees", tiny.sees)
    with pytest.raises(UserError, match="--reasoning: 3 times; at most two"):
        _offer(planned(), [sees], [reads, reads, reads])
    with pytest.raises(ModelError, match="extract-17B: neither"):
        _offer(planned(), ["extract-17B"], [reads])


def test_by_default_the_baseline_stands_beside_extract_and_think(tmp_path: Path) -> None:
    """Catches a page that shows one pair twice, another reasoner on the right, or either under a
    name that is not its own."""
    study = planned()
    left = default_run(study)
    right = counterpart(study, left)
    assert right == Run("instruct-8B", "4B", "think")
    assert title(study, left) == "Extract+Think"
    assert title(study, right) == "Baseline"
    assert title(study, dataclasses.replace(left, mode="plain")) is None
    assert title(study, Run("models/mine", "4B", "think")) is None
    with pytest.raises(ModelError, match=r"extract-1\.7B: not made yet"):
        _offer(Study(study.configuration, tmp_path), [], [])


def test_the_fields_become_a_question(offered: Offered, tiny: Tiny) -> None:
    """Catches an empty line that becomes an option, a side with the other's modules, and a missing
    field that costs the loading of a model."""
    chosen = [name for pair in offered.pairs for name in pair]
    fields = (str(tiny.image), " what color? ", "red\n\n blue \n", "the color", True, chosen)
    left, right = asked_of(offered, *fields)
    assert left == Asked(
        image=tiny.image,
        text="what color?",
        options=("red", "blue"),
        focus="the color",
        perception=Module("sees", tiny.sees),
        reasoning=Module(tiny.reads.name, tiny.reads),
        mode="think",
        seed=0,
    )
    assert right == dataclasses.replace(left, reasoning=Module("sees", tiny.sees))
    for place, value, line in (
        (0, None, "no image; choose one"),
        (1, " ", "no question; write one"),
        (2, "\n".join("x" * 27), "27 options: at most 26, one a letter"),
        (2, "\nred\n", "1 option: at least 2, or none for an open question"),
    ):
        lacking = [*fields[:place], value, *fields[place + 1 :]]
        with pytest.raises(UserError, match=line):
            asked_of(offered, *lacking)  # type: ignore[arg-type]


def test_each_side_answers_as_ask_does_and_the_phrase_is_written_once(tiny: Tiny) -> None:
    """Catches a page with steps of its own, and an observer that is loaded for each side."""
    reads = Module("reads", tiny.reads)
    sees = Module("sees", tiny.sees)
    left = Asked(tiny.image, "what color?", ("red", "blue"), reads, sees, reads, "plain", 3)
    right = dataclasses.replace(left, mode="think")
    written = _written(left, right)
    steps = [(place, one) for place, one in written if isinstance(one, Step)]
    for place, asked in enumerate((left, right)):
        mine = [step for side, step in steps if side == place]
        alone = list(ask(planned(), asked))
        assert [(one.name, one.text) for one in mine] == [(one.name, one.text) for one in alone]
    assert steps[0][1] is steps[3][1]


def test_a_thinking_comes_word_by_word_before_its_step(tiny: Tiny) -> None:
    """Catches a thinking that comes whole, on the other side, or of a side that does not think."""
    reads, sees = Module("reads", tiny.reads), Module("sees", tiny.sees)
    right = Asked(tiny.image, "what color?", ("red", "blue"), "red", sees, reads, "think", 3)
    left = dataclasses.replace(right, mode="plain")
    written = _written(left, right)
    places = [place for place, (_, one) in enumerate(written) if isinstance(one, Thought)]
    thought = [one.text for _, one in written if isinstance(one, Thought)]
    assert {written[place][0] for place in places} == {1}
    side, thinking = written[places[-1] + 1]
    assert isinstance(thinking, Step)
    assert (side, thinking.name) == (1, "thinking")
    assert len(thought) > 3
    assert "".join(thought).strip() == thinking.text.strip()


@dataclasses.dataclass
class Slow:
    """Stands in for `ask`: thinks until it is let go or ended."""

    begun: SimpleQueue[str] = dataclasses.field(default_factory=SimpleQueue)
    ended: SimpleQueue[str] = dataclasses.field(default_factory=SimpleQueue)
    lets_go: threading.Event = dataclasses.field(default_factory=threading.Event)

    def ask(self, _: Study, asked: Asked, listen: Callable[[str], None]) -> Iterator[Step]:
        """The steps to an answer."""
        self.begun.put(asked.text)
        try:
            while not self.lets_go.wait(0.01):
                listen("on and on ")
        finally:
            self.ended.put(asked.text)
        yield Step("answer", "Answer: red", "reads")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    """Models that think without end."""
    models = Slow()
    monkeypatch.setattr(sides, "ask", models.ask)
    return models


def test_who_leaves_ends_a_thinking_and_waits_for_nothing(tiny: Tiny, slow: Slow) -> None:
    """Catches a page that was closed and whose models think on, a server that stands still until
    they end, and two questions whose models run at once."""
    module = Module("tiny", tiny.reads)
    first = Asked(tiny.image, "first?", (), "red", module, module, "think", 3)
    second = dataclasses.replace(first, text="second?")
    with Models() as models:
        left = models.answers(planned(), [first, first])
        assert next(left) == (0, Thought("on and on "))
        waiting = models.answers(planned(), [second])
        begins = threading.Thread(target=lambda: next(waiting))
        begins.start()
        assert slow.begun.get(timeout=30) == "first?"
        assert slow.begun.empty()
        left.close()
        assert slow.ended.get(timeout=30) == "first?"
        assert slow.begun.get(timeout=30) == "second?"
        begins.join()
        slow.lets_go.set()
        assert list(waiting)[-1] == (0, Step("answer", "Answer: red", "reads"))
    assert slow.begun.empty()


def test_a_close_does_not_wait_for_the_step_that_is_taken(tiny: Tiny) -> None:
    """Catches a server that stands still while the models of a page that was closed load."""
    module = Module("tiny", tiny.reads)
    goes_on = threading.Event()
    ended_by_us: list[bool] = []

    def ask(_: Study, __: Asked, ___: object) -> Iterator[Step]:
        yield Step("focus", "red", "")
        ended_by_us.append(goes_on.wait(10))
        yield Step("description", "red box", "sees")

    asked = Asked(tiny.image, "what?", (), "red", module, module, "plain", 3)
    with pytest.MonkeyPatch.context() as patch, Models() as models:
        patch.setattr(sides, "ask", ask)
        taken = models.answers(planned(), [asked])
        next(taken)
        taken.close()
        goes_on.set()
    assert ended_by_us == [True]


def test_an_end_ends_what_is_answered_and_what_waits(tiny: Tiny, slow: Slow) -> None:
    """Catches an interrupt that waits for a thinking of minutes, and a question that begins after
    it."""
    module = Module("tiny", tiny.reads)
    asked = Asked(tiny.image, "first?", (), "red", module, module, "think", 3)
    with Models() as models:
        taken = models.answers(planned(), [asked])
        next(taken)
        models.end()
        assert {type(one) for _, one in taken} <= {Thought}
        assert list(models.answers(planned(), [asked])) == []
    assert slow.begun.get() == "first?"
    assert slow.begun.empty()


def test_what_ends_the_models_reaches_the_page(tiny: Tiny) -> None:
    """Catches an error that stays in the models' thread, and a page that waits for ever."""
    nothing = Module("nothing", tiny.image.parent / "nothing")
    asked = Asked(tiny.image, "what color?", (), "red", nothing, nothing, "plain", 3)
    with Models() as models:
        taken = models.answers(planned(), [asked])
        focus = next(taken)[1]
        assert focus.text == "red"
        with pytest.raises(UserError, match="nothing"):
            next(taken)


def test_without_gradio_a_line_says_how_to_install_it(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a traceback of a package that the study does not need, and a port that is taken from
    its owner or told by a traceback."""
    for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_TEMP_DIR"):
        monkeypatch.setenv(name, "")  # restored afterwards
    monkeypatch.setitem(sys.modules, "gradio", None)
    command = ["demo", "--config", str(HOME / "config.yaml")]
    command += ["--perception", str(tiny.sees), "--reasoning", str(tiny.reads)]
    told = CliRunner().invoke(app, [*command, "--port", "0"])
    assert (told.exit_code, told.output) == (
        1,
        "downscaling: demo: gradio is not installed; install it: "
        "pip install --no-deps -r envs/demo.txt\n",
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = CliRunner().invoke(app, [*command, "--port", str(port)])
    assert told.exit_code == 1
    assert told.output == f"downscaling: --port {port}: Address already in use; name another\n"
