"""The guard of every text on its way to a tokenizer: what somebody wrote stays text."""

from __future__ import annotations

import functools
import re

from transformers import PreTrainedTokenizerBase


def as_text(tokenizer: PreTrainedTokenizerBase, text: str) -> str:
    """A text in which no special or added token of the tokenizer is spelled: a blank stands behind
    the first character of each. Any other text comes back as it is.

    A tokenizer looks for its added tokens before all else, so that a text which spells one ends
    its own turn, holds an image or thinks. `split_special_tokens` of transformers is no help: it
    leaves added tokens that are not special (`<think>`), and a vocabulary of whole words holds the
    others too. Nor can processors, which read prompts with their images, be asked for it.
    """
    return _spellings(tokenizer, len(tokenizer)).sub(r"\g<0> ", text)


@functools.lru_cache(maxsize=16)
def _spellings(tokenizer: PreTrainedTokenizerBase, size: int) -> re.Pattern[str]:
    """The first character of each spelling of a token. size: of the vocabulary, which a tokenizer
    may gain tokens of."""
    named = map(str, [*tokenizer.all_special_tokens, *tokenizer.added_tokens_decoder.values()])
    # Some vocabularies hold newlines and runs of blanks as added tokens; those are plain text.
    tokens = sorted({token for token in named if len(token.strip()) > 1})
    rests: dict[str, list[str]] = {}
    for token in tokens:
        rests.setdefault(token[0], []).append(re.escape(token[1:]))
    # The first character stands before the lookahead, by which `re` finds its place faster.
    starts = (f"{re.escape(first)}(?={'|'.join(rest)})" for first, rest in rests.items())
    return re.compile("|".join(starts) or r"(?!)")
