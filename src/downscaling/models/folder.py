"""What a model's folder may hold: looked at before transformers or any other library reads it.

A folder of others decides by its text files which classes are built, how large they are, which
files are opened and whether code of its own is run. Here it is held to what is meant: one model of
a kind that transformers has, whole, in safetensors, with files that lie in the folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safetensors import safe_open
from transformers import CONFIG_MAPPING

from ..errors import ModelError, how_to_get

TEXTS = (".json", ".jinja", ".txt", ".model")
LONGEST = 1 << 28
"""Bytes of a text file; the largest vocabularies take a tenth of it."""
LARGEST = (1 << 31) - 1
"""Of a whole number in a configuration."""
MOST = 10_000
"""Layers, or experts of a layer."""
FLOATS = ("F64", "F32", "F16", "BF16")
PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack", ".gguf", ".onnx")
INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"
NAMED = {
    "config.json": "model_type",
    "tokenizer_config.json": "tokenizer_class",
    "processor_config.json": "processor_class",
    "preprocessor_config.json": "image_processor_type",
}
"""The key by which each file names a class."""
OPENED = ("vocab_file", "merges_file", "tokenizer_file", "spm_file", "fast_tokenizer_files")
"""Keys of a tokenizer's configuration by which it could have other files opened."""


def check_texts(folder: Path) -> None:
    """Look at the text files of a folder, as far as it has them: those that a tokenizer, a
    processor or a configuration is made of.

    Raises ModelError, one line, for a file that is none or lies elsewhere, for a model that needs
    code of its own, parts of other models, quantised weights or absurd sizes.
    """
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        if file.suffix in TEXTS:
            _check_place(file)
            if file.stat().st_size > LONGEST:
                raise ModelError(f"{file}: more than {LONGEST} bytes; give the file as published")
    if (folder / "adapter_config.json").exists():
        raise ModelError(
            f"{folder}: an adapter, whose base lies elsewhere; merge it into its base and give the "
            "whole model"
        )
    for name, key in NAMED.items():
        if (file := folder / name).exists():
            values = mapping(file)
            if "auto_map" in values and not _is_known(key, values.get(key)):
                raise ModelError(
                    f"{file}: {key} is {_shown(values.get(key))}; the folder contains custom code, "
                    "which is never run: give a model of a kind that transformers has"
                )
            if name == "config.json":
                _check_values(file, values)
            for opened in OPENED if name == "tokenizer_config.json" else ():
                _check_names(file, opened, values.get(opened))


def check_model(folder: Path) -> None:
    """As `check_texts`, for a folder that transformers has to know the model of. Raises ModelError
    for a configuration that is missing or of another model."""
    check_texts(folder)
    file = folder / "config.json"
    if not file.exists():
        raise ModelError(f"{folder}: no model here (config.json is missing); {how_to_get(folder)}")
    given = mapping(file).get("model_type")
    if not _is_known("model_type", given):
        raise ModelError(
            f"{file}: model_type is {_shown(given)}, which this version of transformers has not; "
            "give a model of a kind that it has"
        )


def is_model(folder: Path, kind: str) -> bool:
    """Whether a folder holds the files of a model of one `model_type`, and no folders."""
    file = folder / "config.json"
    if not file.is_file() or not all(path.is_file() for path in folder.iterdir()):
        return False
    try:
        return bool(mapping(file).get("model_type") == kind)
    except ModelError:
        return False


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a folder: the single one, or the shards that its index lists.

    Raises ModelError, one line, for an index that names files which are not there, lie elsewhere or
    hold other weights than it says, and for a folder without safetensors.
    """
    index, single = folder / INDEX, folder / SINGLE
    if index.exists() and single.exists():
        raise ModelError(f"{folder}: holds {SINGLE} and {INDEX}; remove the one that is outdated")
    if not index.exists():
        if not single.exists():
            raise ModelError(f"{folder}: {_without_weights(folder)}")
        _check_place(single)
        return [single]
    _check_place(index)
    listed = mapping(index).get("weight_map")
    if not isinstance(listed, dict) or not listed:
        raise ModelError(f"{index}: weight_map lists no weights; fetch it again")
    shards: dict[str, Path] = {}
    for weight, shard in listed.items():
        if not _is_plain(shard) or not str(shard).endswith(".safetensors"):
            raise ModelError(
                f"{index}: {weight} is said to lie in {_shown(shard)}, which is refused; allowed: "
                "the name of a safetensors file beside it"
            )
        if shard not in shards:
            shards[shard] = folder / shard
            if not shards[shard].exists():
                raise ModelError(f"{shards[shard]}: no such file, and {INDEX} lists it; fetch it")
            _check_place(shards[shard])
    return [shards[shard] for shard in sorted(shards)]


def check_weights(folder: Path) -> int:
    """Look at the headers of a folder's safetensors; how many numbers they hold.

    Raises ModelError, one line, as `weight_files`, for a weight that two shards hold or another
    than the index says, and for weights that are no floating-point numbers. safetensors itself
    refuses a header that does not fit its file.
    """
    files = weight_files(folder)
    listed = mapping(folder / INDEX)["weight_map"] if (folder / INDEX).exists() else None
    places: dict[str, str] = {}
    total = 0
    for file in files:
        with safe_open(file, framework="pt") as shard:
            for name in shard.keys():  # noqa: SIM118
                about = shard.get_slice(name)
                _check_kind(file, name, str(about.get_dtype()))
                total += _product(about.get_shape())
                if name in places:
                    raise ModelError(f"{file}: holds {name}, as {places[name]} does; fetch both")
                places[name] = file.name
    for name, shard in (listed or {}).items():
        if places.get(name) != shard:
            raise ModelError(
                f"{folder / INDEX}: {name} is said to lie in {shard}, which lacks it; fetch the "
                "shards again, each under its own name"
            )
    return total


def _check_values(file: Path, values: Mapping[str, Any]) -> None:
    """Raise ModelError for what a configuration must not ask for."""
    for key, value in _entries(values):
        last = key.rpartition(".")[2]
        problem = ""
        if last == "quantization_config" and value:
            problem = "quantised weights are not read; give them in bfloat16 or float32"
        elif last == "transformers_weights" and value is not None:
            problem = f"no file of weights is chosen by name; allowed: {SINGLE}"
        elif last == "use_pretrained_backbone" and value:
            problem = "a part would be taken from another model; give a whole one"
        elif last.endswith("_implementation") and "/" in str(value):
            problem = f"given {_shown(value)}, code from elsewhere, which is never run; remove it"
        elif isinstance(value, int) and abs(value) > LARGEST:
            problem = f"given {value}; allowed: at most {LARGEST}"
        elif isinstance(value, int) and _counts(last) and value > MOST:
            problem = f"given {value}; allowed: at most {MOST}"
        if problem:
            raise ModelError(f"{file}: {key}: {problem}")


def _counts(key: str) -> bool:
    return any(word in key for word in ("layer", "depth", "experts", "blocks"))


def _entries(values: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a configuration under its dotted name, with its value; lists by their places."""
    pairs = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in pairs:
        yield f"{above}{key}", value
        if isinstance(value, dict | list):
            yield from _entries(value, f"{above}{key}.")


def _check_kind(file: Path, name: str, kind: str) -> None:
    """Raise ModelError for a weight of another kind of number; a buffer may count or mask."""
    is_weight = name.endswith(("weight", "bias"))
    if kind not in FLOATS and (is_weight or kind not in ("I64", "I32", "BOOL")):
        raise ModelError(
            f"{file}: {name} is {kind}, quantised or no weight at all; allowed: {', '.join(FLOATS)}"
        )


def _check_place(file: Path) -> None:
    """Raise ModelError for what is no file, and for a link that leads out of the folder. The hub's
    client keeps the files of a snapshot as links to `blobs` two folders above."""
    if not file.is_file():
        raise ModelError(f"{file}: no file; fetch it again")
    home, place = file.parent.resolve(), file.resolve()
    stores = [home, home.parent.parent / "blobs"] if home.parent.name == "snapshots" else [home]
    if file.is_symlink() and not any(place.is_relative_to(store) for store in stores):
        raise ModelError(f"{file}: a link out of its folder, to {place}; put the file itself there")


def _check_names(file: Path, key: str, value: Any) -> None:
    names = value if isinstance(value, list) else [value]
    for name in names:
        if name is not None and not _is_plain(name):
            raise ModelError(f"{file}: {key} is {_shown(name)}; allowed: a file beside it")


def _is_plain(name: Any) -> bool:
    """Whether this is the name of a file, and no path."""
    return isinstance(name, str) and name == Path(name).name and not set(name) & set("/\\\0")


def _is_known(key: str, name: Any) -> bool:
    """Whether transformers has a class under a name."""
    if not isinstance(name, str):
        return False
    if key == "model_type":
        return name in CONFIG_MAPPING
    import transformers

    return name in dir(transformers)


def mapping(file: Path) -> dict[str, Any]:
    """What a JSON file holds. Raises ModelError, one line, for one that is damaged or holds no keys
    with values."""
    try:
        values = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"{file}: damaged ({reason}); delete {file.parent} and make it again"
        ) from None
    if not isinstance(values, dict):
        raise ModelError(f"{file}: holds no keys with values; fetch it again")
    return values


def _without_weights(folder: Path) -> str:
    others = sorted(file.name for file in folder.iterdir() if file.suffix in PICKLED)
    if others:
        return f"holds {others[0]} and no {SINGLE}; only safetensors are read: convert it"
    return f"no weights here ({SINGLE} is missing); fetch it again"


def _product(shape: list[int]) -> int:
    total = 1
    for side in shape:
        total *= side
    return total


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
