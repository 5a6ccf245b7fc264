from __future__ import annotations

import pytest
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import PreTrainedTokenizerFast

from downscaling.errors import ModelError
from downscaling.generation.words import near_misses, published_ids, suppressed_ids

KEYWORDS = ["wait", "alternatively", "hmm", "but", "however", "alternative", "another", "check"]
KEYWORDS += ["double-check", "oh", "maybe", "verify", "other", "again", "now", "ah", "anyway"]
KEYWORDS += ["anyhow"]


def words(tokenizer, numbers) -> set[str]:
    return set(tokenizer.convert_ids_to_tokens(list(numbers)))


def test_whole_words_only(tokenizer_of):
    """ "now" in "know", "ah" in "ahead", "oh" in "john", "other" in "mother", and "waiter"."""
    whole = ["wait", "Wait", "WAIT", "Ġwait", "▁Wait", "wait,", ".but", "now", "ah", "Oh", "other"]
    whole += ["another", "double-check", "but however"]
    parts = ["waiter", "waiting", "know", "ahead", "john", "mother", "others", "button", "_wait"]
    parts += ["cross-check"]
    tokenizer = tokenizer_of([*whole, *parts, "yes", "w1"])
    assert words(tokenizer, suppressed_ids(tokenizer, KEYWORDS)) == set(whole)
    missed = near_misses(tokenizer, KEYWORDS)
    assert words(tokenizer, missed) == set(parts)
    assert missed[tokenizer.convert_tokens_to_ids("know")] == "know"


def test_a_published_list_is_of_one_vocabulary(tokenizer_of):
    """Numbers past the vocabulary's end, or of another vocabulary's words, suppressed here: a
    Llama that thinks has more tokens than the list's largest number."""
    tokenizer = tokenizer_of(["wait", "yes", "no"])
    wait, no = tokenizer.convert_tokens_to_ids(["wait", "no"])
    assert published_ids(tokenizer, [no, wait]) == [no, wait]
    for others in ([wait, len(tokenizer)], [no]):
        with pytest.raises(ModelError, match=r"up to number \d+, .*reasoning.thinking: own"):
            published_ids(tokenizer, others)


def test_another_is_a_keyword_of_its_own(tokenizer_of):
    """A word that a keyword is part of, suppressed by that keyword or saved from its own."""
    tokenizer = tokenizer_of(["other", "another", "mother"])
    assert words(tokenizer, suppressed_ids(tokenizer, ["other"])) == {"other"}
    assert words(tokenizer, near_misses(tokenizer, ["other"])) == {"another", "mother"}
    assert words(tokenizer, suppressed_ids(tokenizer, ["another"])) == {"another"}
    assert words(tokenizer, near_misses(tokenizer, ["other", "another"])) == {"mother"}


def test_tags_and_special_tokens_are_not_words(tokenizer_of):
    """ "think" taking the think tags away, "user" being a word but "im_end" none."""
    tokenizer = tokenizer_of(["think", "image", "user"])
    found = suppressed_ids(tokenizer, ["think", "image", "im_end", "user", "endoftext", ""])
    assert words(tokenizer, found) == {"think", "image", "user"}
    assert near_misses(tokenizer, ["think", "image", "im_end", "user", ""]) == {}


@pytest.fixture(scope="module")
def byte_level() -> PreTrainedTokenizerFast:
    """Byte pairs as Qwen has them: a space is part of the token that follows it."""
    inner = Tokenizer(BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        special_tokens=["<|im_end|>", "<think>", "</think>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(["wait Wait, I know another way now, but, mother"] * 9, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>")


def test_byte_level_vocabulary(byte_level):
    """Tokens compared by their bytes' letters ("Ġnow") in place of their text."""
    found = [byte_level.decode([number]) for number in suppressed_ids(byte_level, KEYWORDS)]
    assert {"wait", " Wait", " now", " another", " but"} <= set(found)
    assert {text.strip().lower() for text in found} <= set(KEYWORDS)
    missed = near_misses(byte_level, KEYWORDS)
    assert {" know", " mother"} <= set(missed.values())
