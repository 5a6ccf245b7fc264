"""Any causal language model with a chat template can stand in a vision-language model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from downscaling.config.errors import ConfigError
from downscaling.errors import ModelError, UserError
from downscaling.miniature import shelf
from downscaling.models.assemble import assemble, load_vision_language_model, save
from downscaling.models.dialogue import PARTS, QWEN_1_5, chat, fit_template
from downscaling.models.preprocess import IGNORED, batch_images
from downscaling.records.files import read
from downscaling.records.rows import Answer, Description, Turn
from downscaling.study.load import load
from running import HOME, preset, snakemake

TURNS = [Turn("red or blue?", "red"), Turn("and now?", "blue")]
LLAMA = (
    "{{- '<s>' }}{%- for message in messages %}"
    "{{- '<h>' + message.role + '</h>' + message.content | trim + '<e>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<h>assistant</h>' }}{%- endif %}"
)
QWEN3 = (
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' }}"
    "{%- if message.role == 'assistant' and loop.last %}"
    "{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}"
    "{{- message.content + '<|im_end|>\\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)


def letters(template: str | None, end: str, special: list[str]) -> PreTrainedTokenizerFast:
    """A tokenizer of single characters with some special tokens and a chat template."""
    order = [*special, *map(chr, range(32, 127)), "\n"]
    vocabulary = {token: number for number, token in enumerate(order)}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner.add_special_tokens(special)
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=end, chat_template=template)


def llama(folder: Path, seed: int = 0, tied: bool = True) -> Path:
    """A folder with a tiny Llama: another family, another format of chat, no padding token."""
    torch.manual_seed(seed)
    words = letters(LLAMA, "<e>", ["<s>", "<h>", "</h>", "<e>"])
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=tied,
        eos_token_id=words.eos_token_id,
        initializer_range=0.3,  # or an untrained model says nothing
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def test_another_family_is_assembled_saved_and_asked(tower: Path, tmp_path: Path) -> None:
    """Catches ChatML written for a model of another format, a tokenizer without padding, a full
    vocabulary, and a tied head that saving or loading loses."""
    folder = llama(tmp_path / "llama")
    model, preprocessor = assemble(folder, tower, "anyres", seed=1)
    Image.new("RGB", (120, 50), (200, 30, 30)).save(tmp_path / "image.png")
    ids, labels = preprocessor.encode(TURNS, [(50, 120)])
    text = preprocessor.tokenizer.decode([t for t in ids if t != model.config.image_token_id])
    assert text.replace(" ", "") == (
        "<s><h>user</h>\nredorblue?<e><h>assistant</h>red<e>"
        "<h>user</h>andnow?<e><h>assistant</h>blue<e>"
    )
    counted = [t for t, label in zip(ids, labels, strict=True) if label != IGNORED]
    assert preprocessor.tokenizer.decode(counted).replace(" ", "") == "red<e>blue<e>"
    save(model, preprocessor, tmp_path / "saved")
    again, asked = load_vision_language_model(tmp_path / "saved")
    prompt, pictures = asked.ask("red or blue?", [tmp_path / "image.png"])
    inputs = {"input_ids": torch.tensor([prompt]), **batch_images([pictures])}
    with torch.inference_mode():
        assert torch.equal(model(**inputs).logits, again(**inputs).logits)
    assert asked.tokenizer.pad_token_id is not None


def test_the_same_seed_assembles_the_same_model(tower: Path, tmp_path: Path) -> None:
    """Catches new rows of the vocabulary, or a connector, drawn from the ambient generator."""
    folder = llama(tmp_path / "llama")
    first, second = (assemble(folder, tower, "base", seed=1)[0].state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_head_that_caps_its_logits_is_refused(tower: Path, tmp_path: Path) -> None:
    """Catches a model whose logits are silently others within the vision-language model."""
    words = letters(LLAMA, "<e>", ["<s>", "<h>", "</h>", "<e>"])
    config = Gemma2Config(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        final_logit_softcapping=0.1,
        pad_token_id=0,
        bos_token_id=0,
        eos_token_id=3,
    )
    Gemma2ForCausalLM(config).save_pretrained(tmp_path / "gemma")
    words.save_pretrained(tmp_path / "gemma")
    with pytest.raises(ModelError, match="Gemma2ForCausalLM is more than its layers"):
        assemble(tmp_path / "gemma", tower, "base", seed=0)


def test_a_template_that_rewrites_turns_gives_way_to_the_recipe_s() -> None:
    """Catches think blocks in the replies that are trained on, or a system line left out: Qwen3's
    template against the recipe's qwen_1_5."""
    words = letters(QWEN3, "<|im_end|>", ["<|im_start|>", "<|im_end|>"])
    fit_template(words)
    assert words.chat_template == PARTS + QWEN_1_5
    assert chat(words, TURNS)[:3] == [
        (
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
            "<|im_start|>user\nred or blue?<|im_end|>\n<|im_start|>assistant\n",
            False,
        ),
        ("red<|im_end|>", True),
        ("\n<|im_start|>user\nand now?<|im_end|>\n<|im_start|>assistant\n", False),
    ]


def test_a_template_that_can_be_trained_on_is_kept() -> None:
    """Catches the miniature's template, or another family's, replaced without need."""
    words = letters(LLAMA, "<e>", ["<s>", "<h>", "</h>", "<e>"])
    fit_template(words)
    assert words.chat_template == PARTS + LLAMA


@pytest.mark.parametrize(
    ("template", "end", "reason"),
    [
        (None, "<e>", "no chat template"),
        (QWEN3.replace("<|im_", "<|x_"), "<e>", "rewrites earlier turns"),
        (LLAMA, "<s>", "does not end a reply with the eos token, <s>"),
    ],
)
def test_a_template_that_cannot_serve_is_refused(
    template: str | None, end: str, reason: str
) -> None:
    """Catches a model that is never taught to stop, or is trained on another format than asked."""
    with pytest.raises(UserError, match=reason):
        fit_template(letters(template, end, ["<s>", "<h>", "</h>", "<e>"]))


def test_images_stand_at_their_places(language_model: Path, tower: Path) -> None:
    """Catches images that all go to the front, a place of a later turn that is filled first, and a
    text that spells a place and gets an image."""
    _, preprocessor = assemble(language_model, tower, "base", seed=0)
    turns = [
        Turn("red <image> blue <image>", "red", 2),
        Turn("<image>\nred <image>", "<image> blue", 1),
    ]
    words, image = preprocessor.tokenizer, preprocessor.image_tokens([(48, 48)])[0]

    def read(images: int) -> str:
        ids, _ = preprocessor.encode(turns, [(48, 48)] * images)
        text = "".join(str(words.decode(ids)).split())
        return text.replace("<image>" * image, "[image]")

    asks, replies = "<|im_end|><|im_start|>assistant", "<|im_end|><|im_start|>user"
    later = f"{asks}red{replies}[image]red<unk><unk>{asks}<unk><unk>blue<|im_end|>"
    assert read(3) == f"<|im_start|>userred[image]blue[image]{later}"
    assert read(4) == f"<|im_start|>user[image]red[image]blue[image]{later}"
    with pytest.raises(UserError, match="about 2 images has 3 places for them, at 'red <image>"):
        read(2)


EXAMPLE = HOME / "examples/backbone.yaml"


@pytest.fixture
def shelf_of_llamas(tower: Path, tmp_path: Path) -> Path:
    """A folder as `downscaling shelve` writes it, with what the documented example names: one
    language model whose head is tied to its embeddings, one whose is not."""
    sizes = yaml.safe_load(EXAMPLE.read_text())["backbones"]["sizes"]
    for number, size in enumerate(sizes):
        llama(tmp_path / "made" / size, seed=number, tied=number > 0)
    shutil.copytree(tower, tmp_path / "made/tower")
    shelf.put(tmp_path / "made", tmp_path / "shelf")
    return tmp_path / "shelf"


def overlays(tmp_path: Path, shelf: Path, **changes: Any) -> list[str]:
    """The options that lay the example over the smoke preset, with its models on a shelf."""
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(json.dumps({"backbones": {"folder": str(shelf)}} | changes))
    return [*preset("smoke"), str(EXAMPLE), str(overlay)]


def test_the_documented_swap_is_a_whole_graph(shelf_of_llamas: Path, tmp_path: Path) -> None:
    """Catches an example that no longer loads, or names runs of sizes that it has not."""
    run = snakemake(tmp_path, "--dry-run", *overlays(tmp_path, shelf_of_llamas))
    assert run.code == 0, run.text
    assert run.jobs["backbone"] == 3
    assert run.jobs["reason_1_360M_plain"] == run.jobs["reason_1_135M_plain"] == 1
    assert {"tune", "converse", "verdicts", "report"} <= run.jobs.keys()


@pytest.mark.slow
def test_the_documented_swap_runs(shelf_of_llamas: Path, tmp_path: Path) -> None:
    """Catches what only running shows: a tuning, a description or an answer in a format that is
    not the family's, or a stage that knows Qwen3 alone."""
    entry = {"perception": ["caption-135M"], "reasoning": ["360M", "135M"], "modes": ["plain"]}
    changes = {
        "tunings": {"caption": {"from": "connector"}},  # two stages are enough
        "runs": {"end_to_end": {"models": [], "blind": []}, "decoupled": [entry]},
    }
    options = overlays(tmp_path, shelf_of_llamas, **changes)
    results = tmp_path / "results/other"
    answers = [
        f"results/other/answers/caption-135M/{size}/plain/seed-0/in-domain.parquet"
        for size in ("360M", "135M")
    ]
    run = snakemake(tmp_path, "--cores", "2", *options, "--", *answers)
    assert run.code == 0, run.text[-6000:]
    assert run.jobs["tune"] == 2
    described = read(results / "descriptions/caption-135M/seed-0/in-domain.parquet", Description)
    written = [row.text for row in described]
    written += [row.text for path in answers for row in read(tmp_path / path, Answer)]
    assert any(written)
    assert not any(mark in text for text in written for mark in ("<s>", "<h>", "</h>", "<e>"))
    model, preprocessor = load_vision_language_model(results / "models/caption-135M/seed-0")
    assert model.config.text_config.model_type == "llama"
    assert preprocessor.tokenizer.chat_template == PARTS + LLAMA


def test_a_family_without_think_tags_is_not_asked_to_think(
    shelf_of_llamas: Path, tmp_path: Path
) -> None:
    """Catches hours of tuning before a reasoner turns out to have no tags, a size of the study's
    own or another's."""
    entry = {"perception": ["gold"], "reasoning": ["135M"], "modes": ["plain", "think"]}
    told = "config: runs.decoupled, entry 1, modes: given think with {}, whose vocabulary has no"
    changes = overlays(tmp_path, shelf_of_llamas, runs={"decoupled": [entry]})
    run = snakemake(tmp_path, "--dry-run", *changes)
    assert run.code == 1
    assert told.format("135M") in run.text.splitlines()[-1]
    reasoners = {"llama": {"model": str(shelf_of_llamas / "360M")}}
    values = yaml.safe_load((HOME / "config.yaml").read_text())
    values["external"]["reasoners"] = reasoners
    values["runs"]["decoupled"] = [entry | {"reasoning": ["8B", "llama"]}]
    with pytest.raises(ConfigError, match=told.format("llama")):
        load(values, HOME)
