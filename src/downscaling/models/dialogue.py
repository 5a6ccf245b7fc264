"""Conversations as a model's chat template writes them, with what of them the loss counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from transformers import PreTrainedTokenizerBase

from ..errors import ModelError
from ..records.rows import Turn

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


MARK = "\ufdd0"  # stands around each message while the template writes; never a character of text


def fit_template(tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer a chat template that can be trained on, its own if that can.

    All turns of a conversation are trained at once, so a template must write a turn the same way
    whatever follows it. Qwen3's does not: it opens the last reply with an empty think block and
    takes the block away from replies further up. In the place of such a template a ChatML
    tokenizer gets `QWEN_1_5`, as in the study's recipe.

    Raises ModelError for a tokenizer without a template, one whose template rewrites earlier turns
    in another format, or one whose replies do not end with the end-of-sequence token (a model
    would never learn to stop).
    """
    if not tokenizer.chat_template:
        raise _refused(tokenizer, "no chat template; put one into chat_template.jinja")
    if _rewrites(tokenizer):
        if not {START, END} <= tokenizer.get_vocab().keys():
            raise _refused(
                tokenizer,
                "the chat template rewrites earlier turns; give one that can be trained on",
            )
        tokenizer.chat_template = QWEN_1_5
    chat(tokenizer, [Turn("one", "two")])


def _rewrites(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether a conversation that goes on is written otherwise from its start."""
    turns = [Turn("one", "two"), Turn("three", "four"), Turn("five", "")]
    whole = _written(tokenizer, turns)
    begun = [
        [Turn("one", "")],
        turns[:1],
        [turns[0], Turn("three", "")],
        turns[:2],
    ]
    return not all(whole.startswith(_written(tokenizer, start)) for start in begun)


def _written(tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn]) -> str:
    """A conversation as the template writes it, with `MARK` around each message."""
    messages = []
    for turn in turns:
        messages.append({"role": "user", "content": f"{MARK}{turn.prompt}{MARK}"})
        if turn.reply:
            messages.append({"role": "assistant", "content": f"{MARK}{turn.reply}{MARK}"})
    is_open = not turns[-1].reply
    text = tokenizer.apply_chat_template(
        cast(Any, messages), tokenize=False, add_generation_prompt=is_open
    )
    return cast(str, text)


def chat(tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn]) -> list[tuple[str, bool]]:
    """A conversation as pieces of text, each with whether the loss counts it: replies with their
    end-of-sequence token are counted. A last turn without a reply ends where the reply begins.
    White space around a message stays, even where the template would trim it.

    Raises ModelError if no end-of-sequence token follows a reply.
    """
    # The template is asked once a conversation, for it takes longer than the tokenizer.
    parts = _written(tokenizer, turns).split(MARK)
    if len(parts) != 1 + 2 * sum(1 + bool(turn.reply) for turn in turns):
        raise _refused(tokenizer, "the chat template does not write each message once; mend it")
    end = cast(str | None, tokenizer.eos_token)
    pieces: list[tuple[str, bool]] = []
    before = parts[0]
    for place in range(1, len(parts), 2):
        message, after = parts[place : place + 2]
        is_reply = place // 2 % 2 == 1
        if not is_reply:
            before += message + after
            continue
        ending, found, rest = after.partition(end) if end else (after, "", "")
        if not found:
            problem = f"the chat template does not end a reply with the eos token, {end}"
            raise _refused(tokenizer, f"{problem}; let it")
        pieces += [(before, False), (message + ending + found, True)]
        before = rest
    return [*pieces, (before, False)] if before else pieces


def _refused(tokenizer: PreTrainedTokenizerBase, problem: str) -> ModelError:
    return ModelError(f"{tokenizer.name_or_path}: {problem}")


def plain(turns: Sequence[Turn], image: str) -> list[tuple[str, bool]]:
    """The connector stage's template: the places of the images, then the caption (LLaVA's `plain`).

    image: the token that holds an image's place.
    """
    return [(image * turns[0].prompt.count(image), False), (f"{turns[0].reply}\n", True)]
