"""Checks of models before their weights are fetched: configurations, tokenizers, chat templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import transformers
from safetensors import SafetensorError

from ..config.block import LONGEST_SIZE, SIZE
from ..config.external import Weights
from ..config.teacher import TransformersTeacher
from ..errors import ModelError, UserError, disk_error
from ..models.assemble import load_tokenizer
from ..models.converters.llava_next import check_configuration
from ..models.dialogue import fit_template
from ..models.folder import check_weights
from ..planning.architectures import folder_config, published_values, tower_config
from ..study.study import Study
from .finding import Finding

TOWER = "tower"
UNTOLD = ("tie_word_embeddings", "vision_use_head")
"""Keys that a published configuration may say at another place, or leave to its class."""
REMEDY = (
    "it is another model than the study means: pin the revision that was meant; where the "
    "published one is right, correct planning/configs or the catalogue"
)


def look(study: Study, folders: Mapping[str, Path]) -> Iterator[Finding]:
    """One finding for each model of which the text files are there.

    folders: of sources of weights, each with its text files, without its weights.
    """
    transformers.logging.set_verbosity_error()  # what is wrong is told in the table
    backbones, external = study.configuration.backbones, study.configuration.external
    teacher = study.configuration.teacher
    if backbones.source == "hub":
        for size in study.sizes:
            yield from _found(backbones.weights[size], folders, _trainable)
        yield from _found(backbones.weights["tower"], folders, _tower)
    if study.data.is_taught and isinstance(teacher, TransformersTeacher):
        yield from _found(teacher.model, folders, _seeing)
    for weights in external.models.values():
        yield from _found(weights.form or weights.model, folders, _external(weights))
    for weights in external.reasoners.values():
        yield from _found(weights.model, folders, _reasoner)
    for name, size in study.models.released():
        source = study.configuration.released[name][size]
        parts = backbones.weights[size], backbones.weights["tower"]
        if folders.keys() >= {*parts}:
            yield from _found(source, folders, _released(*(folders[part] for part in parts)))


def check_backbones(folder: Path) -> None:
    """Look at backbones that are to be put on a shelf: language models, named by their sizes, and a
    SigLIP as `tower`, each in its folder.

    Raises ModelError, one line, for one of another name or kind, for one without weights, for one
    that cannot be tuned, and where there is no tower or no language model.
    """
    models = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")
    names = [model.name for model in models]
    for name in names:
        if name != TOWER and not (re.fullmatch(SIZE, name) and len(name) <= LONGEST_SIZE):
            raise ModelError(
                f"{folder / name}: not named as a backbone; allowed: {TOWER}, or a size, such as "
                "1.7B or 360M"
            )
    if TOWER not in names or names == [TOWER]:
        lacking = f"no {TOWER}" if TOWER not in names else "no language model"
        raise ModelError(f"{folder}: {lacking}; allowed: a folder a size, and {TOWER}, a SigLIP")
    for model in models:
        try:
            (_tower if model.name == TOWER else _trainable)(str(model), model)
            check_weights(model)
        except SafetensorError as error:
            raise ModelError(f"{model}: not readable safetensors ({error})") from None


def _found(
    source: str, folders: Mapping[str, Path], check: Callable[[str, Path], str]
) -> Iterator[Finding]:
    """What a check of one model finds; nothing where its files are not there."""
    if source not in folders:
        return
    folder = folders[source]
    try:
        yield Finding(f"model {source}", check(source, folder))
    except UserError as error:
        yield Finding(f"model {source}", str(error).replace(f"{folder}/", ""), REMEDY)


def _trainable(source: str, folder: Path) -> str:
    """A language model of the ladder: what is tuned, and what reasons."""
    told, tokenizer = _reading(source, folder)
    fit_template(tokenizer)
    return told


def _reasoner(source: str, folder: Path) -> str:
    told, tokenizer = _reading(source, folder)
    if not tokenizer.chat_template:
        raise ModelError(f"{source}: its tokenizer has no chat template")
    return told


def _seeing(source: str, folder: Path) -> str:
    return _reading(source, folder)[0]


def _external(weights: Weights) -> Callable[[str, Path], str]:
    """The check of a model of others; the shape of one with a form of another's is its own."""

    def check(source: str, folder: Path) -> str:
        return _reading(weights.model, folder)[0]

    return check


def _released(text: Path, tower: Path) -> Callable[[str, Path], str]:
    """The check of a released checkpoint over these backbones."""

    def check(source: str, folder: Path) -> str:
        check_configuration(folder, text, tower)
        return f"a LLaVA-NeXT checkpoint over {text.name}"

    return check


def _tower(source: str, folder: Path) -> str:
    config = _config(folder)
    _compare(source, getattr(config, "vision_config", config))
    if not config.model_type.startswith("siglip"):
        raise ModelError(f"{source}: {config.model_type} is no tower; allowed: a SigLIP")
    vision = tower_config(config)
    return f"a vision tower, {vision.num_hidden_layers} layers used"


def _reading(source: str, folder: Path) -> tuple[str, Any]:
    """One line about a model that reads text, and its tokenizer. Raises ModelError for a model of
    another shape than is known of the source, and for a tokenizer of another model."""
    config = _config(folder)
    _compare(source, config)
    tokenizer = load_tokenizer(folder)
    text = getattr(config, "text_config", config)
    if len(tokenizer) > text.vocab_size:
        raise ModelError(
            f"{source}: the tokenizer has {len(tokenizer):,} tokens, the model {text.vocab_size:,}"
        )
    ends = json.loads((folder / "config.json").read_bytes()).get("eos_token_id")
    ends = ends if isinstance(ends, list) else [ends]
    if ends != [None] and tokenizer.eos_token_id not in ends:
        raise ModelError(
            f"{source}: the tokenizer ends a text with token {tokenizer.eos_token_id}, the model "
            f"with {', '.join(map(str, ends))}"
        )
    return f"{config.model_type}, {len(tokenizer):,} tokens of {text.vocab_size:,}", tokenizer


def _config(folder: Path) -> Any:
    """The configuration in a folder. Raises ModelError where there is none that transformers
    builds."""
    try:
        return folder_config(folder)
    except (OSError, ValueError, KeyError) as error:
        told = " ".join(str(error).split())[:160]
        refusal = ModelError(f"{folder}/config.json: no configuration of transformers ({told})")
        raise disk_error(error, folder) or refusal from None


def _compare(source: str, config: Any) -> None:
    """Raise ModelError where a configuration is not of the shape that is known of a source."""
    expected = published_values(source)
    for key, meant, given in _differences(expected or {}, config):
        raise ModelError(f"{source}: config.json: {key} is {given}, where {meant} is meant")


def _differences(expected: Mapping[str, Any], config: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each key with what is meant and what is there. Vocabularies of models with several parts may
    be padded; `_reading` holds those against their tokenizers."""
    for key, meant in expected.items():
        given = getattr(config, key, None)
        if isinstance(meant, dict):
            parts = {name: value for name, value in meant.items() if name != "vocab_size"}
            yield from ((f"{key}.{name}", *pair) for name, *pair in _differences(parts, given))
        elif key not in UNTOLD and _plain(given) != meant:
            yield key, meant, given


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
