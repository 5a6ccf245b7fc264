"""Tokens that end a turn."""

from __future__ import annotations

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from ..errors import ModelError


def end_ids(
    tokenizer: PreTrainedTokenizerBase, named: int | Sequence[int] | None = None
) -> list[int]:
    """Tokens that end a turn: the tokenizer's end of sequence; where it has them, Qwen's
    `<|im_end|>` and `<|endoftext|>` and Gemma's `<end_of_turn>`, none of which need be that; and
    those that the model's folder names, such as Phi's `<|end|>`.

    Raises ModelError if there is none.
    """
    ids = [tokenizer.eos_token_id]
    ids += [token_id(tokenizer, t) for t in ("<|im_end|>", "<|endoftext|>", "<end_of_turn>")]
    ids += named if isinstance(named, Sequence) else [named]
    found = list(dict.fromkeys(number for number in ids if number is not None))
    if not found:
        raise ModelError(
            f"{tokenizer.name_or_path}: the tokenizer has no end-of-turn token; "
            "name one as eos_token in tokenizer_config.json"
        )
    return found


def token_id(tokenizer: PreTrainedTokenizerBase, token: str) -> int | None:
    """The id of a token, None if the vocabulary does not hold it."""
    number = tokenizer.convert_tokens_to_ids(token)
    if number is None or tokenizer.convert_ids_to_tokens(number) != token:
        return None
    return int(str(number))
