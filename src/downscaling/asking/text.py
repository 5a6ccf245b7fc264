"""The steps to an answer as lines for a terminal."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import escaped
from ..records.rows import LETTERS
from .ask import Asked, Step

NOTHING = "(nothing)"
"""What stands for a text without words."""
_WIDTH = 12
_NAMES = {"focus": "to observe"}


def opening(asked: Asked) -> str:
    """What is asked."""
    options = (f"{LETTERS[place]}. {option}" for place, option in enumerate(asked.options))
    lines = [_line("image", str(asked.image)), _line("question", asked.text)]
    return "\n".join([*lines, *(_line("", option) for option in options)])


class Terminal:
    """Shows steps as they are taken, and a thinking as it is written."""

    def __init__(self, write: Callable[[str], None], has_options: bool) -> None:
        self._write, self._has_options = write, has_options
        self._is_listening, self._held = False, ""

    def listen(self, words: str) -> None:
        """Show what was thought since."""
        if not self._is_listening:
            words = words.lstrip()
        words = self._held + words
        kept = words.rstrip()
        self._held = words[len(kept) :]  # shown when more follows: a thinking may end in it
        if kept:
            self._write(continued(kept) if self._is_listening else _line("thinking", kept))
            self._is_listening = True

    def show(self, step: Step) -> None:
        """Show a step; of a thinking that was listened to, its end alone."""
        if not (step.name == "thinking" and self._is_listening):
            self._write(_line(heading(step.name), step.text or NOTHING))
        self._write(f"\n{'':{_WIDTH}} [{about(step, self._has_options)}]\n")


def heading(name: str) -> str:
    """What a step of a name is called."""
    return _NAMES.get(name, name)


def about(step: Step, has_options: bool) -> str:
    """Who wrote a step, its seconds, whether it was cut, which option is read in it."""
    told = [step.module or "given"]
    if step.seconds:
        told.append(f"{step.seconds:.1f} s, loaded in {step.loading:.1f} s")
    if step.cut:
        told.append("closed by its budget" if step.name == "thinking" else "cut at its cap")
    if has_options and step.name == "answer":
        told.append(f"read as {step.option or 'none of the options'}")
    return "; ".join(told)


def continued(text: str) -> str:
    """Words that follow a heading, or words before."""
    return escaped(text, keep="\n").replace("\n", f"\n{'':{_WIDTH}} ")


def _line(name: str, text: str) -> str:
    return f"{name:{_WIDTH}} {continued(text.strip())}"
