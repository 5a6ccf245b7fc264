"""Tiny models with random weights, models whose next token is known, and their tokenizer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import (
    LlavaOnevisionConfig,
    LlavaOnevisionForConditionalGeneration,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
    SiglipVisionConfig,
)

from downscaling.generation.batching import Prompt

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>"]
TAGS = ["<think>", "</think>", "\n", "<unk>"]
WORDS = ["user", "assistant", "wait", "Wait", "waiter", "now", "know", "yes", "no"]
WORDS += [f"w{number}" for number in range(64 - len(SPECIAL) - len(TAGS) - len(WORDS))]
SIZE = 64


@dataclasses.dataclass(frozen=True)
class Sampled:
    """Settings as a study would give them; greedy unless told."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    max_new_tokens: int = 8
    thinking_budget: int | None = None


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def sampled() -> type[Sampled]:
    return Sampled


def make_tokenizer(words: list[str]) -> PreTrainedTokenizerFast:
    vocabulary = {word: number for number, word in enumerate(words)}
    inner = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    inner.pre_tokenizer = Split(" ", "removed")
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        unk_token="<unk>",
        extra_special_tokens=["<|im_start|>", "<image>"],
    )


@pytest.fixture
def tokenizer_of() -> Callable[[list[str]], PreTrainedTokenizerFast]:
    """A word-level tokenizer with Qwen's special tokens, the tags, and these words."""
    return lambda words: make_tokenizer(SPECIAL + TAGS + words)


@pytest.fixture
def tokenizer() -> PreTrainedTokenizerFast:
    return make_tokenizer(SPECIAL + TAGS + WORDS)


@pytest.fixture
def tokenizer_without_newline() -> PreTrainedTokenizerFast:
    return make_tokenizer(SPECIAL + [t for t in TAGS if t != "\n"] + WORDS + ["other"])


@pytest.fixture
def ids(tokenizer: PreTrainedTokenizerFast) -> Callable[[str], tuple[int, ...]]:
    """Token ids of words parted by single spaces."""
    return lambda text: tuple(tokenizer.convert_tokens_to_ids(text.split(" ")))


@pytest.fixture(scope="session")
def qwen() -> Qwen3ForCausalLM:
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=SIZE,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        intermediate_size=64,
        initializer_range=0.3,
        tie_word_embeddings=True,
    )
    return Qwen3ForCausalLM(config).eval()


@pytest.fixture(scope="session")
def llava() -> LlavaOnevisionForConditionalGeneration:
    """Four image tokens a view of 16 by 16 pixels, and one newline vector after them."""
    torch.manual_seed(1)
    text = Qwen3Config(
        vocab_size=SIZE,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        intermediate_size=64,
        initializer_range=0.3,
    )
    vision = SiglipVisionConfig(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        image_size=16,
        patch_size=8,
        vision_use_head=False,
    )
    config = LlavaOnevisionConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=SPECIAL.index("<image>"),
        video_token_id=SIZE - 1,
        image_grid_pinpoints=[[16, 16], [16, 32], [32, 16], [32, 32]],
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
    )
    model = LlavaOnevisionForConditionalGeneration(config).eval()
    # Drawn with a small spread, image features would hardly be felt beside the words.
    with torch.no_grad():
        model.model.multi_modal_projector.linear_2.weight.mul_(200)
    return model


Table = Mapping[str, Mapping[str, float]]


@pytest.fixture
def chain(tokenizer: PreTrainedTokenizerFast) -> Callable[..., Qwen3ForCausalLM]:
    """A real Qwen3 whose next token hangs on the last one alone, by a table of logits.

    chain({"w0": {"w1": 2.0}}) says w1 after w0; what the table leaves out has the logit `rest`.
    """

    def make(
        table: Table, rest: float = -40.0, own: PreTrainedTokenizerFast = tokenizer
    ) -> Qwen3ForCausalLM:
        config = Qwen3Config(
            vocab_size=SIZE,
            hidden_size=SIZE,
            num_hidden_layers=1,
            num_attention_heads=1,
            num_key_value_heads=1,
            head_dim=16,
            intermediate_size=16,
            tie_word_embeddings=False,
        )
        model = Qwen3ForCausalLM(config).eval()
        logits = torch.full((SIZE, SIZE), rest)
        for last, following in table.items():
            for token, logit in following.items():
                logits[own.convert_tokens_to_ids(last), own.convert_tokens_to_ids(token)] = logit
        with torch.no_grad():
            # One direction a token, past a layer that adds nothing; the norm scales it by 8.
            model.model.embed_tokens.weight.copy_(torch.eye(SIZE))
            model.model.layers[0].self_attn.o_proj.weight.zero_()
            model.model.layers[0].mlp.down_proj.weight.zero_()
            model.lm_head.weight.copy_(logits.T / SIZE**0.5)
        return model

    return make


@pytest.fixture
def ask(ids: Callable[[str], tuple[int, ...]]) -> Callable[..., Prompt]:
    """A text prompt in chat format: `ask("w1 w2", "<think>")` opens its thinking."""

    def make(question: str, opening: str = "", seed: int = 0) -> Prompt:
        text = f"<|im_start|> user \n {question} <|im_end|> \n <|im_start|> assistant \n"
        # The newline of the template is written as a word of its own, between single spaces.
        return Prompt(ids(text + (f" {opening}" if opening else "")), {}, seed)

    return make
