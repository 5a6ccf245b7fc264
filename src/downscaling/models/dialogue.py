"""Conversations as a model's chat template writes them, with what of them the loss counts."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any, cast

from transformers import PreTrainedTokenizerBase

from ..errors import ModelError
from ..records.rows import PLACE, Turn
from .bounded import LONGEST, MEMORY, SECONDS, is_bounded
from .spelling import as_text

START, END = "<|im_start|>", "<|im_end|>"
IMAGE = "<image>"  # the token that holds an image's place

QWEN_1_5 = (
    "{%- if messages[0].role != 'system' %}"
    "{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{%- endif %}"
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
"""LLaVA-NeXT's template of this name (llava/conversation.py): ChatML with a system line."""

PARTS = (
    "{%- set told = namespace(messages=[]) %}"
    "{%- for message in messages %}{%- if message.content is not string %}"
    "{%- set turn = namespace(text='', spoken=false) %}"
    "{%- for part in message.content %}{%- if part.type == 'image' %}"
    f"{{%- set turn.text = turn.text + '{IMAGE}' %}}"
    "{%- else %}{%- set front = turn.text and not turn.spoken %}"
    "{%- set turn.text = turn.text + ('\\n' if front else '') + part.text %}"
    "{%- set turn.spoken = true %}{%- endif %}{%- endfor %}"
    "{%- set message = dict(message, content=turn.text) %}{%- endif %}"
    "{%- set told.messages = told.messages + [message] %}{%- endfor %}"
    "{%- set messages = told.messages %}"
)
"""What stands before a template of texts, so that it writes messages of parts too, as processors of
transformers are given them: an image becomes its token, and a line break follows images in front of
all text, as in `chat`. Messages that are text pass as they are."""

_TEXT = {"tokenize": False}
_bounded: set[tuple[str, str, int, str]] = set()
"""Templates, numbers of messages and options that were tried."""

MARK = "\ufdd0"  # stands for each message while the template writes; no template's own


def fit_template(tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer a chat template that can be trained on, its own if that can.

    All turns of a conversation are trained at once, so a template must write a turn the same way
    whatever follows it. Qwen3's does not: it opens the last reply with an empty think block and
    takes the block away from replies further up. In the place of such a template a ChatML
    tokenizer gets `QWEN_1_5`, as in the study's recipe. `PARTS` goes before either.

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
    tokenizer.chat_template = PARTS + tokenizer.get_chat_template()
    chat(tokenizer, [Turn("one", "two")])


def _rewrites(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether a conversation that goes on is written otherwise from its start."""
    messages = ["one", "two", "three", "four", "five"]
    whole = _written(tokenizer, messages)
    return not all(whole.startswith(_written(tokenizer, messages[:n])) for n in range(1, 5))


def _written(tokenizer: PreTrainedTokenizerBase, messages: Sequence[str]) -> str:
    """A conversation as the template writes it: a prompt, a reply, and so on."""
    spoken = zip(itertools.cycle(("user", "assistant")), messages, strict=False)
    told = [{"role": role, "content": message} for role, message in spoken]
    is_open = len(messages) % 2 == 1
    return cast(str, written(tokenizer, told, tokenize=False, add_generation_prompt=is_open))


def written(writer: Any, messages: Sequence[Any], **options: Any) -> Any:
    """What a tokenizer's or a processor's chat template makes of messages, as
    `apply_chat_template`. A template of others may fail in any way, in the sandbox that it runs in,
    or never end: raises ModelError.

    Whether it ends is tried for each number of messages once, with those that come first: one that
    looks for a word in others may still take for ever.
    """
    tokenizer = getattr(writer, "tokenizer", writer)
    form = (str(writer.chat_template), str(tokenizer.chat_template), len(messages), str(options))
    if form not in _bounded:
        if not is_bounded(lambda: writer.apply_chat_template(messages, **options | _TEXT)):
            raise _refused(
                tokenizer,
                f"the chat template takes more than {SECONDS} s, {MEMORY / 1e9:.0f} GB or "
                f"{LONGEST:,} characters for {len(messages)} messages; give another",
            )
        _bounded.add(form)
    try:
        return writer.apply_chat_template(messages, **options)
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        problem = f"the chat template fails ({type(error).__name__}: {reason}); mend it"
        raise _refused(tokenizer, problem) from None


@functools.lru_cache(maxsize=256)
def _frame(tokenizer: PreTrainedTokenizerBase, template: str, messages: int) -> tuple[str, ...]:
    """What a template writes before, between and behind so many messages.

    Kept, for a template takes far longer than the tokenizer; and messages never meet it, so what
    they hold changes nothing around them.
    """
    parts = _written(tokenizer, [MARK] * messages).split(MARK)
    if len(parts) != messages + 1:
        raise _refused(tokenizer, "the chat template does not write each message once; mend it")
    return tuple(parts)


def chat(
    tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn], leading: int = 0
) -> list[tuple[str, bool]]:
    """A conversation as pieces of text, each with whether the loss counts it: replies with their
    end-of-sequence token are counted. A last turn without a reply ends where the reply begins.
    White space around a message stays, even where the template would trim it. Tokens are written
    by the template, and `IMAGE` where an image stands; messages are text, whatever they spell.

    leading: how many images stand before the first prompt, besides those that turns have placed.
    Raises ModelError if no end-of-sequence token follows a reply.
    """
    messages: list[str] = []
    for turn in turns:
        messages.append(_prompt(tokenizer, turn, 0 if messages else leading))
        if turn.reply:
            messages.append(as_text(tokenizer, turn.reply))
    before, *afters = _frame(tokenizer, str(tokenizer.chat_template), len(messages))
    end = cast(str | None, tokenizer.eos_token)
    pieces: list[tuple[str, bool]] = []
    for place, (message, after) in enumerate(zip(messages, afters, strict=True)):
        is_reply = place % 2 == 1
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


def _prompt(tokenizer: PreTrainedTokenizerBase, turn: Turn, leading: int) -> str:
    """A prompt with its images in front and at its places."""
    texts = turn.prompt.split(PLACE, turn.placed)
    front = f"{IMAGE * leading}\n" if leading else ""
    return front + IMAGE.join(as_text(tokenizer, text) for text in texts)


def request(tokenizer: PreTrainedTokenizerBase, text: str, thinking: bool) -> tuple[int, ...]:
    """Token ids of a text without images that a language model is to reply to. thinking: whether
    its template, if it knows of that, has it think first."""
    ids = written(
        tokenizer,
        [{"role": "user", "content": as_text(tokenizer, text)}],
        add_generation_prompt=True,
        enable_thinking=thinking,
        return_dict=False,
    )
    return tuple(cast(list[int], ids))


def _refused(tokenizer: PreTrainedTokenizerBase, problem: str) -> ModelError:
    return ModelError(f"{tokenizer.name_or_path}: {problem}")


def plain(tokenizer: PreTrainedTokenizerBase, turn: Turn, images: int) -> list[tuple[str, bool]]:
    """The connector stage's template: the images, then the caption (LLaVA's `plain`)."""
    return [(IMAGE * images, False), (f"{as_text(tokenizer, turn.reply)}\n", True)]


def has_newlines(template: str) -> bool:
    """Whether the newline vector stands among an image's features: with every template but plain.

    LLaVA-NeXT's script of the connector's stage (pretrain_siglip.sh) leaves `mm_patch_merge_type`
    at flat, which knows no newline; its other scripts say spatial_unpad.
    """
    return template != "plain"
