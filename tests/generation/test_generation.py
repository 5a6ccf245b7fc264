from __future__ import annotations

import copy
from collections import Counter

import pytest
import torch
from scipy.stats import chisquare
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import GenerationConfig, PreTrainedTokenizerFast

from downscaling.errors import ModelError
from downscaling.generation.batching import Prompt
from downscaling.generation.generate import Generated, generate


def images(count: int, patches: int, seed: int, size: tuple[int, int] = (16, 16)):
    draw = torch.Generator().manual_seed(seed)
    return {
        "pixel_values": torch.rand(count, patches, 3, 16, 16, generator=draw) * 2 - 1,
        "image_sizes": torch.tensor([size] * count),
    }


@pytest.fixture
def text_prompts(ask):
    questions = ["w1", "w2 w3 w4 w5", "w6 w1", "w9", "w9 w8 w7 w6 w5 w4 w3", "yes", "no w2", "w4"]
    return [ask(question, seed=number) for number, question in enumerate(questions)]


@pytest.fixture
def image_prompts(ask, ids, llava):
    """Text alone, one base view, several images, and AnyRes in several shapes."""
    shown = [
        images(1, 1, 0),
        {},
        images(3, 1, 1),
        images(1, 3, 2, (16, 32)),
        images(1, 1, 3),
        images(1, 5, 4, (30, 32)),
        images(2, 1, 5),
        images(1, 2, 6),
    ]
    prompts = []
    for number, pictures in enumerate(shown):
        places = ""
        for at in range(len(pictures.get("pixel_values", ()))):
            alone = {name: values[at : at + 1] for name, values in pictures.items()}
            single = len(pictures["pixel_values"]) == 1 and alone["pixel_values"].shape[1] > 1
            features = llava.get_image_features(
                **alone, batch_num_images=torch.tensor([1 if single else 2])
            )
            places += "<image> " * len(features.pooler_output[0])
        question = ask(f"{places}w{number} w1", seed=number)
        prompts.append(Prompt(question.ids, pictures, question.seed))
    return prompts


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("thinking", [False, True], ids=["plain", "thinking"])
@pytest.mark.parametrize("temperature", [0.0, 1.0], ids=["greedy", "sampled"])
def test_a_batch_of_text_equals_its_rows(
    qwen, tokenizer, text_prompts, sampled, ids, *, side, thinking, temperature
):
    """Padding, neighbours or a padding_side attribute that leak into an answer."""
    tokenizer.padding_side = side
    qwen.padding_side = side
    prompts = text_prompts
    if thinking:  # half of them open the thinking in the prompt
        prompts = [
            Prompt(prompt.ids + (ids("<think> \n") if number % 2 else ()), {}, prompt.seed)
            for number, prompt in enumerate(prompts)
        ]
    settings = sampled(temperature=temperature, top_p=0.99, max_new_tokens=12, thinking_budget=9)
    options = {"thinking": thinking, "suppress": ids("w1 w2")}
    together = generate(qwen, tokenizer, prompts, settings, batch_size=8, **options)
    alone = [generate(qwen, tokenizer, [prompt], settings, **options)[0] for prompt in prompts]
    assert together == alone
    assert len({answer.text for answer in together}) > 4
    if thinking:
        assert {answer.forced for answer in together} == {True, False}


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("thinking", [False, True], ids=["plain", "thinking"])
@pytest.mark.parametrize("temperature", [0.0, 1.0], ids=["greedy", "sampled"])
def test_a_batch_with_images_equals_its_rows(
    llava, tokenizer, image_prompts, sampled, ids, *, side, thinking, temperature
):
    """Images that go to another row's places, or AnyRes where a base view was meant."""
    tokenizer.padding_side = side
    llava.padding_side = side
    prompts = image_prompts
    if thinking:
        prompts = [Prompt(p.ids + ids("<think>"), p.images, p.seed) for p in prompts]
    settings = sampled(temperature=temperature, max_new_tokens=8, thinking_budget=5)
    together = generate(llava, tokenizer, prompts, settings, batch_size=8, thinking=thinking)
    alone = [
        generate(llava, tokenizer, [prompt], settings, thinking=thinking)[0] for prompt in prompts
    ]
    assert together == alone
    assert len({(answer.thinking, answer.text) for answer in together}) > 4


def test_another_image_gives_another_answer(llava, tokenizer, image_prompts, sampled):
    """Images that are dropped on the way: then all the tests of equality still hold."""
    settings = sampled(max_new_tokens=12)
    seen = generate(llava, tokenizer, image_prompts, settings)
    turned = [
        Prompt(p.ids, p.images and {**p.images, "pixel_values": -p.images["pixel_values"]}, p.seed)
        for p in image_prompts
    ]
    changed = [
        one != other
        for one, other in zip(seen, generate(llava, tokenizer, turned, settings), strict=True)
    ]
    assert not changed[1]  # the one without an image
    assert sum(changed) >= 5


def test_greedy_is_what_transformers_writes(qwen, tokenizer, text_prompts, sampled):
    """Positions shifted by the padding, in every batch alike."""
    mine = generate(qwen, tokenizer, text_prompts, sampled(max_new_tokens=10))
    for prompt, answer in zip(text_prompts, mine, strict=True):
        ids = torch.tensor([prompt.ids])
        for _ in range(answer.tokens):
            ids = torch.cat([ids, qwen(input_ids=ids).logits[:, -1:].argmax(dim=-1)], dim=1)
        own = ids[0, len(prompt.ids) :]
        assert tokenizer.decode(own, skip_special_tokens=True) == answer.text


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_order_and_batch_size_change_nothing(qwen, tokenizer, text_prompts, sampled, batch_size):
    """Answers handed back in the order of the batches, or noise that depends on the row."""
    settings = sampled(temperature=1.0, max_new_tokens=10)
    expected = generate(qwen, tokenizer, text_prompts, settings)
    backwards = generate(qwen, tokenizer, text_prompts[::-1], settings, batch_size=batch_size)
    assert backwards[::-1] == expected


def test_a_seed_decides_the_answer(qwen, tokenizer, ask, sampled):
    """An unseeded draw, or a seed that is ignored."""
    settings = sampled(temperature=1.0, max_new_tokens=10)
    torch.manual_seed(1)
    first = generate(qwen, tokenizer, [ask("w1", seed=s) for s in (5, 5, 6)], settings)
    torch.manual_seed(2)
    again = generate(qwen, tokenizer, [ask("w1", seed=s) for s in (5, 5, 6)], settings)
    assert first == again
    assert first[0] == first[1] != first[2]


def test_draws_have_the_probabilities_of_the_softmax(chain, tokenizer, ask, sampled):
    """A temperature applied twice or not at all; noise of a wrong shape; a step that repeats
    the noise of the one before."""
    logits = {"w1": 0.5, "w2": -0.2, "w3": -1.0, "w4": 0.0}
    model = chain(dict.fromkeys(["\n", *logits], logits))
    count = 3000
    prompts = [ask("w1", seed=seed) for seed in range(count)]
    settings = sampled(temperature=0.7, max_new_tokens=2)
    drawn = generate(model, tokenizer, prompts, settings, batch_size=1000)
    pairs = Counter(answer.text for answer in drawn)
    each = torch.softmax(torch.tensor(list(logits.values()), dtype=torch.float64) / 0.7, 0)
    expected = {
        f"{one} {two}": float(each[i] * each[j]) * count
        for i, one in enumerate(logits)
        for j, two in enumerate(logits)
    }
    assert set(pairs) <= set(expected)
    assert chisquare([pairs[pair] for pair in expected], list(expected.values())).pvalue > 1e-3


@pytest.mark.parametrize(
    ("limits", "allowed"),
    [
        ({"top_k": 2}, {"w1", "w4"}),
        ({"top_p": 0.6}, {"w1", "w4"}),
        ({"top_p": 0.01}, {"w1"}),
        ({"top_k": 0, "top_p": 1.0}, {"w1", "w2", "w3", "w4"}),
    ],
)
def test_top_k_and_top_p_limit_the_draw(chain, tokenizer, ask, sampled, *, limits, allowed):
    """A limit applied after the noise, which would let any token through."""
    model = chain({"\n": {"w1": 0.6, "w2": -0.2, "w3": -0.4, "w4": 0.5}})
    settings = sampled(temperature=1.0, max_new_tokens=1, **limits)
    prompts = [ask("w1", seed=seed) for seed in range(200)]
    drawn = generate(model, tokenizer, prompts, settings, batch_size=200)
    assert {answer.text for answer in drawn} == allowed


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_settings_of_the_model_do_not_leak_in(qwen, tokenizer, text_prompts, sampled, temperature):
    """A model's folder whose generation_config limits or alters the answers; dropout left on."""
    settings = sampled(temperature=temperature, max_new_tokens=10)
    expected = generate(qwen, tokenizer, text_prompts, settings)
    loaded = copy.deepcopy(qwen).train()
    loaded.generation_config = GenerationConfig(
        do_sample=True,
        temperature=5.0,
        top_k=1,
        top_p=0.1,
        repetition_penalty=9.0,
        no_repeat_ngram_size=1,
        min_new_tokens=9,
        suppress_tokens=list(range(20, 60)),
        num_return_sequences=2,
    )
    for layer in loaded.model.layers:
        layer.self_attn.attention_dropout = 0.5
    own = loaded.generation_config
    assert generate(loaded, tokenizer, text_prompts, settings) == expected
    assert loaded.generation_config is own
    assert loaded.training


def test_tokens_and_truncation(chain, tokenizer, ask, sampled):
    """Padding counted as writing; an answer that ends on its last token called truncated."""
    model = chain(
        {"\n": {"w1": 0}, "w1": {"w2": 0}, "w2": {"<|im_end|>": 0}, "w3": {"w3": 0}}
        | {"w4": {"<|endoftext|>": 0}}
    )
    endless, other_end = ask("w9", "w3"), ask("w9", "w4")
    prompts = [ask("w9"), endless, other_end]
    settings = sampled(max_new_tokens=3)
    assert generate(model, tokenizer, prompts, settings) == [
        Generated("", "w1 w2", 3, False, False),
        Generated("", "w3 w3 w3", 3, False, True),
        Generated("", "", 1, False, False),
    ]
    assert generate(model, tokenizer, prompts[:1], sampled(max_new_tokens=2)) == [
        Generated("", "w1 w2", 2, False, True)
    ]


def test_a_turn_ends_where_the_model_s_folder_says(chain, tokenizer, ask, sampled):
    """A model of a family whose turns end with a token of their own, written on to the cap."""
    model = chain({"\n": {"w1": 0}, "w1": {"w2": 0}, "w2": {"w3": 0}})
    for end in ("w2", "w3"):
        model.generation_config.eos_token_id = [tokenizer.convert_tokens_to_ids(end)]
        text = {"w2": "w1", "w3": "w1 w2"}[end]
        told = generate(model, tokenizer, [ask("w9")], sampled())
        assert told == [Generated("", text, len(text.split()) + 1, False, False)]


def test_progress_counts_prompts(qwen, tokenizer, text_prompts, sampled):
    """A display that counts batches, or misses the last one."""
    seen: list[int] = []
    settings = sampled(max_new_tokens=1)
    generate(qwen, tokenizer, text_prompts, settings, batch_size=3, progress=seen.append)
    assert seen == [3, 3, 2]
    assert generate(qwen, tokenizer, [], settings) == []


def test_what_cannot_be_answered_is_refused(qwen, tokenizer, ask, sampled):
    """A broken prompt or tokenizer that fails deep inside the model, or not at all."""
    good, settings = ask("w1"), sampled()
    with pytest.raises(ValueError, match="prompt 1 is empty"):
        generate(qwen, tokenizer, [good, Prompt((), {}, 0)], settings)
    flat = {"pixel_values": torch.zeros(1, 3, 16, 16), "image_sizes": torch.tensor([[16, 16]])}
    with pytest.raises(ValueError, match=r"prompt 0: pixel_values of shape \(1, 3, 16, 16\)"):
        generate(qwen, tokenizer, [Prompt(good.ids, flat, 0)], settings)
    with pytest.raises(ValueError, match="must be pixel_values and image_sizes"):
        generate(qwen, tokenizer, [Prompt(good.ids, {"pixels": torch.zeros(1)}, 0)], settings)
    with pytest.raises(ValueError, match="batch_size is 0"):
        generate(qwen, tokenizer, [good], settings, batch_size=0)
    with pytest.raises(ValueError, match="temperature is -1"):
        generate(qwen, tokenizer, [good], sampled(temperature=-1))


def test_a_text_past_the_model_s_positions_is_refused(qwen, tokenizer, ask, sampled):
    """A long description whose answer is noise, and is counted as one."""
    good = ask("w1")
    qwen.config.max_position_embeddings = len(good.ids) + 8
    assert generate(qwen, tokenizer, [good], sampled(max_new_tokens=8))
    long = ask("w1 w2")
    told = (
        f"has {len(good.ids) + 8} positions, and {len(long.ids)} tokens are read and up to 8 "
        "written; lower max_new_tokens or thinking_budget, or give a model of more positions"
    )
    with pytest.raises(ModelError, match=told):
        generate(qwen, tokenizer, [good, long], sampled(max_new_tokens=8))
    qwen.config.max_position_embeddings = len(good.ids) + 5
    budget = sampled(max_new_tokens=2, thinking_budget=3)
    with pytest.raises(ModelError, match="and up to 6 written"):  # an answer, thinking, its tag
        generate(qwen, tokenizer, [good], budget, thinking=True)


def test_a_tokenizer_without_tags_only_answers(qwen, sampled, ask):
    """Thinking asked of a tokenizer that cannot mark it, taken for the unknown token."""
    words = {"<unk>": 0, "<|im_end|>": 1} | {f"w{n}": n for n in range(2, 64)}
    bare = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(WordLevel(words, unk_token="<unk>")),
        unk_token="<unk>",
        eos_token="<|im_end|>",
    )
    assert generate(qwen, bare, [ask("w1")], sampled(max_new_tokens=2))[0].tokens <= 2
    with pytest.raises(ModelError, match="no <think> and </think>"):
        generate(qwen, bare, [ask("w1")], sampled(), thinking=True)
    endless = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(WordLevel({"<unk>": 0}, unk_token="<unk>")), unk_token="<unk>"
    )
    with pytest.raises(ModelError, match="no end-of-turn token"):
        generate(qwen, endless, [ask("w1")], sampled())
