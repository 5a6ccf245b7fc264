"""The widgets of the demo page. What users and models write stands in text boxes alone, where it
stays text; a module's name stands in a heading, too, escaped.

gradio makes it, and is imported when a page is made: the package does not need it."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import ImageOps

from ..config.generation import Mode
from ..data.load_image import load_image
from ..errors import UserError, escaped, explained
from ..study.runs import Run
from ..study.study import Study
from .ask import Asked
from .modules import title
from .offered import Offered
from .sides import Models, Thought
from .text import NOTHING, about, heading

SIDES = ("left", "right")
STEPS = ("focus", "description", "thinking", "answer")
_INTRODUCTION = (
    "<h1>One question to two pairs of models</h1>"
    "<p>In each pair one model describes the image, and the other answers from the description "
    "alone.</p>"
)
LONGEST_TEXT = 2_000
"""Characters of what a user types into one field."""
_SHOWN = (640, 640)


def asked_of(
    offered: Offered,
    file: str | None,
    text: str,
    options: str,
    focus: str,
    thinks: bool,
    chosen: Sequence[str],
) -> list[Asked]:
    """The question to each side, of what the fields hold.

    options: one a line; empty lines count for nothing.
    chosen: names of the left's perception and reasoning module, then of the right's.

    Raises UserError where the image is missing or the observer is not made, and as `Asked` does.
    """
    if file is None:
        raise UserError("no image; choose one")
    return [
        Asked(
            image=Path(file),
            text=text.strip(),
            options=tuple(line.strip() for line in options.splitlines() if line.strip()),
            focus=focus.strip() or offered.observer(),
            perception=offered.perception[perception],
            reasoning=offered.reasoning[reasoning],
            mode=_mode(thinks),
            seed=offered.seed,
        )
        for perception, reasoning in zip(chosen[::2], chosen[1::2], strict=True)
    ]


def page(study: Study, offered: Offered, models: Models) -> Any:
    """The page as gradio's Blocks."""
    import gradio

    def show(file: str | None) -> dict[Any, Any]:
        """An image as it is read for the models, or why it is refused."""
        nothing = gradio.Image(None, visible=False)
        if file is None:
            return {picture: nothing, refusal: _no_line()}
        try:
            image = load_image(Path(file), Path(file).name)
        except Exception as error:
            return {picture: nothing, upload: None, refusal: _line(error)}
        shown = gradio.Image(ImageOps.contain(image, _SHOWN), visible=True)
        return {picture: shown, refusal: _no_line()}

    def called(perception: str, reasoning: str, mode: Mode) -> str:
        """What a pair is called."""
        both = f"{offered.perception[perception].name}, {offered.reasoning[reasoning].name}"
        return title(study, Run(perception, reasoning, mode)) or both

    def entitle(thinks: bool, *chosen: str) -> list[str]:
        """The headings of both sides."""
        pairs = zip(chosen[::2], chosen[1::2], strict=True)
        return [_subtitle(called(*pair, _mode(thinks))) for pair in pairs]

    def answer(*fields: Any) -> Iterator[dict[Any, Any]]:
        """The steps of both sides, each when it is taken, or why there are no more."""
        file, text, options, focus, thinks, *chosen = fields
        empty = {
            box: gradio.Textbox("", label=heading(name), visible=thinks or name != "thinking")
            for (_, name), box in boxes.items()
        }
        yield {refusal: _no_line(), **empty}
        try:
            sides = asked_of(offered, file, text, options, focus, thinks, chosen)
            thought = [""] * len(sides)
            for place, written in models.answers(study, sides):
                if isinstance(written, Thought):
                    thought[place] += written.text
                    yield {boxes[SIDES[place], "thinking"]: _words(thought[place])}
                    continue
                told = about(written, bool(sides[place].options))
                shown = gradio.Textbox(
                    _words(written.text) or NOTHING,
                    label=escaped(f"{heading(written.name)} [{told}]"),
                )
                yield {boxes[SIDES[place], written.name]: shown}
        except Exception as error:
            yield {refusal: _line(error)}

    boxes: dict[tuple[str, str], Any] = {}
    chosen: list[Any] = []
    titles: list[Any] = []
    with gradio.Blocks(title="downscaling demo", fill_width=True) as blocks:
        gradio.HTML(_INTRODUCTION)
        with gradio.Row():
            with gradio.Column():
                gradio.HTML(_subtitle("Question"))
                upload = gradio.File(label="image", elem_id="image", height=130)
                picture = gradio.Image(
                    label="as it is read",
                    visible=False,
                    interactive=False,
                    buttons=[],
                    height=180,
                    elem_id="picture",
                    format="png",
                )
                text = gradio.Textbox(label="question", max_length=LONGEST_TEXT, elem_id="question")
                options = gradio.Textbox(
                    label="options, one a line; none: an open question",
                    lines=4,
                    max_lines=4,
                    max_length=LONGEST_TEXT,
                    elem_id="options",
                )
                focus = gradio.Textbox(
                    label="what to look for; empty: a model writes it",
                    max_length=LONGEST_TEXT,
                    elem_id="focus",
                )
                thinks = gradio.Checkbox(
                    True, label="think step by step first, as Extract+Think does", elem_id="think"
                )
                button = gradio.Button("Ask", variant="primary", elem_id="ask")
                refusal = gradio.Textbox(
                    label="refused", visible=False, interactive=False, elem_id="refused"
                )
            for side, (perception, reasoning) in zip(SIDES, offered.pairs, strict=True):
                with gradio.Column():
                    begins = _subtitle(called(perception, reasoning, "think"))
                    titles.append(gradio.HTML(begins, elem_id=f"{side}-title"))
                    with gradio.Row():
                        chosen += [
                            gradio.Dropdown(
                                list(names), value=name, label=role, elem_id=f"{side}-{role}"
                            )
                            for role, names, name in (
                                ("perception", offered.perception, perception),
                                ("reasoning", offered.reasoning, reasoning),
                            )
                        ]
                    for name in STEPS:
                        boxes[side, name] = gradio.Textbox(
                            label=heading(name),
                            lines=1,
                            max_lines=8,
                            interactive=False,
                            autoscroll=False,
                            elem_id=f"{side}-{name}",
                        )
        # Nothing but the page calls what it does: there is no other way in.
        gradio.on(
            [upload.upload, upload.clear],
            show,
            upload,
            [picture, upload, refusal],
            api_visibility="private",
            queue=False,
        )
        gradio.on(
            [field.change for field in (thinks, *chosen)],
            entitle,
            [thinks, *chosen],
            titles,
            api_visibility="private",
            queue=False,
            show_progress="hidden",
        )
        gradio.on(
            [button.click, text.submit],
            answer,
            [upload, text, options, focus, thinks, *chosen],
            [refusal, *boxes.values()],
            api_visibility="private",
            concurrency_limit=1,
        )
    return blocks


def _mode(thinks: bool) -> Mode:
    return "think" if thinks else "plain"


def _subtitle(text: str) -> str:
    return f"<h2>{html.escape(escaped(text))}</h2>"


def _words(text: str) -> str:
    """What a model wrote, as it is shown."""
    return escaped(text.strip(), keep="\n")


def _line(error: Exception) -> Any:
    """The line of an error that a user can act on; any other is raised."""
    import gradio

    line = str(error) if isinstance(error, UserError) else explained(error)
    if line is None:
        raise error
    return gradio.Textbox(line, visible=True)


def _no_line() -> Any:
    import gradio

    return gradio.Textbox("", visible=False)
