"""Words and tags as token ids, found in a tokenizer's vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from transformers import PreTrainedTokenizerBase

from ..errors import ModelError
from .ends import end_ids, token_id

# How byte-level and sentence-piece vocabularies write the space before a word.
_SPACES = str.maketrans({"Ġ": " ", "▁": " "})
_EDGES = re.compile(r"^\W+|\W+$")


def suppressed_ids(tokenizer: PreTrainedTokenizerBase, keywords: Iterable[str]) -> list[int]:
    """Ids, in ascending order, of the tokens that are one of the keywords.

    A token is decoded, stripped of the space and punctuation around it, put in lower case and then
    compared as a whole word: " Wait", "wait" and "wait," are "wait"; "waiter", "know" (for "now")
    and "mother" (for "other") are not, and are listed by `near_misses`. Special tokens and think
    tags are never among them. A keyword that the vocabulary holds only in pieces ("double-check"
    as "double" and "-check") is found where a piece is a keyword itself.

    Source: NoWait's keyword list (paper, appendix). The paper's code has a literal list of Qwen3's
    ids instead (`published_ids`), which holds longer words too, such as "otherwise".
    """
    wanted = _lowered(keywords)
    return [number for number, text in _vocabulary(tokenizer) if _words(text) & wanted]


def published_ids(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[int]:
    """The ids of a published list of Qwen3's. Raises ModelError where the vocabulary cannot be the
    one that they are of: it has fewer tokens, or others of its tokens than these are "wait"."""
    waits = suppressed_ids(tokenizer, ["wait"])
    if max(ids) >= len(tokenizer) or (waits and not set(waits) & set(ids)):
        raise ModelError(
            f"{tokenizer.name_or_path}: the paper's list of suppressed tokens, up to number "
            f"{max(ids)}, is of Qwen3's vocabulary, and here it has other words; set "
            "reasoning.thinking: own"
        )
    return list(ids)


def near_misses(tokenizer: PreTrainedTokenizerBase, keywords: Iterable[str]) -> dict[int, str]:
    """Tokens, by ascending id, that hold a keyword only as a part of a longer word, and their text:
    what a search for substrings would have suppressed and `suppressed_ids` does not."""
    wanted = _lowered(keywords)
    return {
        number: text
        for number, text in _vocabulary(tokenizer)
        if not _words(text) & wanted and any(word in text.lower() for word in wanted)
    }


def newline_id(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """The id of the newline where it is a token of its own, else None."""
    ids = tokenizer.encode("\n", add_special_tokens=False)
    if len(ids) == 1 and tokenizer.decode(ids) == "\n":
        return int(ids[0])
    return token_id(tokenizer, "\n")


def special_ids(tokenizer: PreTrainedTokenizerBase) -> set[int]:
    """Ids of the tokens that stand for no text: special ones, ends of a turn, think tags."""
    tags = (token_id(tokenizer, tag) for tag in ("<think>", "</think>"))
    added = tokenizer.added_tokens_decoder.items()
    found = {number for number, token in added if token.special}
    found |= {number for number in tags if number is not None}
    return found | {*tokenizer.all_special_ids, *end_ids(tokenizer)}


def _vocabulary(tokenizer: PreTrainedTokenizerBase) -> Iterator[tuple[int, str]]:
    for number in sorted(set(tokenizer.get_vocab().values()) - special_ids(tokenizer)):
        yield number, str(tokenizer.decode([number], clean_up_tokenization_spaces=False))


def _lowered(keywords: Iterable[str]) -> set[str]:
    return {keyword.strip().lower() for keyword in keywords} - {""}


def _words(text: str) -> set[str]:
    plain = text.translate(_SPACES).lower()
    return {_EDGES.sub("", word) for word in [plain, *plain.split()]}
