"""A turn ends where its family's ends."""

from __future__ import annotations

from downscaling.generation.ends import end_ids


def test_a_turn_ends_where_the_model_s_family_ends_it(tokenizer_of):
    """Catches a Gemma that writes on after its turn: its end of sequence is another token."""
    ends = ["<|im_end|>", "<|endoftext|>"]
    assert tokenizer_of([]).convert_ids_to_tokens(end_ids(tokenizer_of([]))) == ends
    tokenizer = tokenizer_of(["<end_of_turn>"])
    assert tokenizer.convert_ids_to_tokens(end_ids(tokenizer)) == [*ends, "<end_of_turn>"]
