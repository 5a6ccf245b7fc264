"""The demo page without a browser: what it offers, what it asks, and that it needs gradio."""

from __future__ import annotations

import dataclasses
import socket
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from downscaling.asking import sides
from downscaling.asking.ask import Asked, Step, ask
from downscaling.asking.modules import Module, counterpart, default_run
from downscaling.asking.offered import Offered, offer
from downscaling.asking.page import asked_of
from downscaling.asking.sides import Thought, answers
from downscaling.cli import app
from downscaling.errors import ModelError, UserError
from downscaling.stages.modules import perception_models, reasoning_models
from downscaling.study.runs import Run
from planned import HOME, planned

if TYPE_CHECKING:
    from conftest import Tiny


@pytest.fixture
def offered(tiny: Tiny) -> Offered:
    """Two tiny modules that see with one that reads, in a study that has made none."""
    return _offer([str(tiny.sees)], [str(tiny.reads), str(tiny.sees)])


def _offer(perception: list[str], reasoning: list[str]) -> Offered:
    study = planned()
    seeing, reading = perception_models(study, "0"), reasoning_models(study)
    return offer(study, seeing, reading, perception, reasoning, 0)


def test_a_name_is_for_both_sides_and_two_are_left_and_right(offered: Offered, tiny: Tiny) -> None:
    """Catches sides that are swapped, and a name that counts for the left alone."""
    sees, reads = str(tiny.sees), str(tiny.reads)
    assert offered.pairs == ((sees, reads), (sees, sees))
    assert offered.perception[sees] == Module("sees", tiny.sees)
    with pytest.raises(UserError, match="--reasoning: 3 times; at most two"):
        _offer([sees], [reads, reads, reads])
    with pytest.raises(ModelError, match="extract-17B: neither"):
        _offer(["extract-17B"], [reads])


def test_by_default_the_baseline_stands_beside_extract_and_think() -> None:
    """Catches a page that shows one pair twice, or another reasoner on the right."""
    study = planned()
    assert counterpart(study, default_run(study)) == Run("instruct-8B", "4B", "think")
    with pytest.raises(ModelError, match=r"extract-1\.7B: not made yet"):
        _offer([], [])


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
    written = list(answers(planned(), [left, right]))
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
    written = list(answers(planned(), [left, right]))
    places = [place for place, (_, one) in enumerate(written) if isinstance(one, Thought)]
    thought = [one.text for _, one in written if isinstance(one, Thought)]
    assert {written[place][0] for place in places} == {1}
    side, thinking = written[places[-1] + 1]
    assert isinstance(thinking, Step)
    assert (side, thinking.name) == (1, "thinking")
    assert len(thought) > 3
    assert "".join(thought).strip() == thinking.text.strip()


def test_who_leaves_ends_the_models(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a page that was closed and whose models go on, beside those of the next question."""
    reads, sees = Module("reads", tiny.reads), Module("sees", tiny.sees)
    asked = Asked(tiny.image, "what color?", (), "red", sees, reads, "plain", 3)
    sought = []
    monkeypatch.setattr(sides, "ask", lambda *given: sought.append(given) or ask(*given))
    taken = answers(planned(), [asked] * 5)
    next(taken)
    threads = threading.active_count()
    taken.close()
    assert threading.active_count() == threads - 1
    assert len(sought) < 5


def test_what_ends_the_models_reaches_the_page(tiny: Tiny) -> None:
    """Catches an error that stays in the models' thread, and a page that waits for ever."""
    nothing = Module("nothing", tiny.image.parent / "nothing")
    asked = Asked(tiny.image, "what color?", (), "red", nothing, nothing, "plain", 3)
    taken = answers(planned(), [asked])
    assert next(taken)[1].text == "red"
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
