"""Conversations as a model's chat template writes them, with what of them the loss counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from transformers import PreTrainedTokenizerBase

from ..records import Turn

START, END = "<|im_start|>", "<|im_end|>"

QWEN_1_5 = (
    "{%- if messages[0].role != 'system' %}"
    "{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{%- endif %}"
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
"""LLaVA-NeXT's template of this name (llava/conversation.py): ChatML with a system line."""


def fit_template(tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer a chat template that can be trained on, its own if that can.

    All turns of a conversation are trained at once, so a template must write a turn the same way
    whatever follows it. Qwen3's does not: it opens the last reply with an empty think block and
    takes the block away from replies further up. In the place of such a template a ChatML
    tokenizer gets `QWEN_1_5`, as in the study's recipe.

    Raises ValueError for a tokenizer without a template, one whose template rewrites earlier turns
    in another format, or one whose replies do not end with the end-of-sequence token (a model
    would never learn to stop).
    """
    if not tokenizer.chat_template:
        raise ValueError("the tokenizer has no chat template; put one into chat_template.jinja")
    probe = [Turn("one", "two"), Turn("three", "four"), Turn("five", "")]
    try:
        pieces = chat(tokenizer, probe)
    except ValueError:
        if not {START, END} <= tokenizer.get_vocab().keys():
            raise
        tokenizer.chat_template = QWEN_1_5
        pieces = chat(tokenizer, probe)
    end = cast(str | None, tokenizer.eos_token)
    if not end or not all(text.endswith(end) for text, counted in pieces if counted):
        raise ValueError(f"the chat template does not end a reply with the eos token, {end}")


def chat(tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn]) -> list[tuple[str, bool]]:
    """A conversation as pieces of text, each with whether the loss counts it: replies with their
    end of turn are counted, white space after it is not. A last turn without a reply ends where
    the reply begins.

    Raises ValueError if the chat template writes a turn otherwise once another follows.
    """
    pieces: list[tuple[str, bool]] = []
    messages: list[dict[str, str]] = []
    written = ""

    def more(role: str, content: str) -> str:
        """What a message adds to the text, with the opening of a reply after a prompt."""
        nonlocal written
        messages.append({"role": role, "content": content})
        before, written = (
            written,
            cast(
                str,
                tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=role == "user"
                ),
            ),
        )
        if not written.startswith(before):
            raise ValueError("the chat template rewrites earlier turns, so it cannot be trained on")
        return written[len(before) :]

    for turn in turns:
        pieces.append((more("user", turn.prompt), False))
        if turn.reply:
            reply = more("assistant", turn.reply)
            counted = reply.rstrip()
            pieces += [(counted, True), (reply[len(counted) :], False)]
    return pieces


def plain(turns: Sequence[Turn], image: str) -> list[tuple[str, bool]]:
    """The connector stage's template: the places of the images, then the caption (LLaVA's `plain`).

    image: the token that holds an image's place.
    """
    return [(image * turns[0].prompt.count(image), False), (f"{turns[0].reply}\n", True)]
