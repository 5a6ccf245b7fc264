"""What a configuration asks of its tunings and cannot have."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..config.tunings import Layout, LearningRates, Stage
from .data import EXTRACTION
from .sentences import listed
from .study import Study

LARGEST_HEADER = 100_000_000
"""bytes of a safetensors header, as its own library bounds it"""


def tuning_problems(study: Study) -> Iterator[str]:
    tunings = study.configuration.tunings
    data = dict.fromkeys([*study.data.training_sets(), EXTRACTION])
    for name, stage in tunings.items():
        key = f"tunings.{name}"
        if stage.start is not None and stage.start not in tunings:
            yield f"{key}.from: given {stage.start}; allowed: null, {listed(tunings)}"
            return
        if _in_a_circle(name, tunings):
            yield f"{key}.from: given {stage.start}, which starts from {name}; allowed: no circle"
            return
        first = study.sizes if stage.start is None else tunings[stage.start].sizes
        origin = "backbones.sizes" if stage.start is None else f"the sizes of {stage.start}"
        for size in stage.sizes:
            if size not in first:
                yield f"{key}.sizes: given {size}; allowed: {origin}, {listed(first)}"
        for chosen in stage.sets:
            if chosen not in data:
                yield f"{key}.sets.{chosen}: no such data; allowed: {listed(data)}"
        if stage.images != "base" and study.models.caches_features(name):
            yield f"{key}.cache_features: given true with images {stage.images}; allowed: false"


def recipe_problems(key: str, stage: Stage) -> Iterator[str]:
    if not any(stage.learning_rate.values().values()):
        parts = listed(LearningRates.model_fields)
        yield f"{key}.learning_rate: given all 0; allowed: a rate above 0 for one of {parts}"
    if stage.optimizer == "muon" and not stage.muon_learning_rate:
        yield f"{key}.muon_learning_rate: given 0 with optimizer muon; allowed: more than 0"
    if stage.optimizer == "muon" and stage.lora:
        # Muon makes a matrix's update orthogonal; of an adapter's two factors that means little.
        yield f"{key}.optimizer: given muon with lora; allowed: adamw, or lora: null"
    if stage.lora and not stage.learning_rate.language_model:
        yield f"{key}.lora: given with language_model's rate 0; allowed: null, or a rate above 0"


def lora_problems(key: str, stage: Stage, study: Study) -> Iterator[str]:
    """Names of layers that the language model does not have, as far as its weights are at hand."""
    backbones = study.configuration.backbones
    if stage.lora is None or backbones.source != "shipped":
        return
    for size in stage.sizes:
        layers = _layers(study.folder / backbones.folder / size / "model.safetensors")
        for name in stage.lora.targets if layers else ():
            if name not in layers:
                yield f"{key}.lora.targets: given {name}; allowed: {listed(sorted(layers))}"
                return


def _layers(weights: Path) -> set[str]:
    """The names of the layers in a file of safetensors whose weights are matrices; none of a file
    that cannot be read, which is told where it is."""
    try:
        with weights.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            tensors = json.loads(stream.read(min(length, LARGEST_HEADER)))
        shapes = {name: told["shape"] for name, told in tensors.items() if name != "__metadata__"}
    except (OSError, ValueError, struct.error, LookupError, TypeError):
        return set()
    inner = [name for name, shape in shapes.items() if ".layers." in name and len(shape) == 2]
    return {name.removesuffix(".weight").rpartition(".")[2] for name in inner}


def layout_problems(key: str, stage: Stage, study: Study) -> Iterator[str]:
    # A preset's layouts stay when an overlay on it takes fewer sizes.
    known = dict.fromkeys([*study.sizes, *study.configuration.backbones.weights])
    for size in stage.layouts:
        if size not in known:
            yield f"{key}.layouts: given {size}; allowed: {listed(known)}"
    for size in stage.sizes:
        layout, gpus = stage.layouts.get(size, Layout()), study.models.tuning_job(size).gpu
        devices = max(1, gpus)
        share, left = divmod(stage.batch_size, devices)
        if left:
            yield (
                f"{key}.batch_size: given {stage.batch_size}; allowed: multiples of {gpus}, "
                f"the GPUs of a tuning at {size}"
            )
        elif layout.device_batch_size and share % layout.device_batch_size:
            yield (
                f"{key}.layouts.{size}.device_batch_size: given {layout.device_batch_size}; "
                f"allowed: divisors of {share}, a device's share of batch_size"
            )
        if layout.sharding != "none" and (stage.optimizer == "muon" or stage.lora):
            other = "lora" if stage.lora else "optimizer muon"
            yield f"{key}.layouts.{size}.sharding: given full with {other}; allowed: none"
        if stage.cross_entropy == "fused" and not gpus:
            yield f"{key}.cross_entropy: given fused, at {size} without a GPU; allowed: chunked"


def _in_a_circle(name: str, tunings: Mapping[str, Stage]) -> bool:
    """Whether a tuning starts, at some remove, from itself."""
    start = tunings[name].start
    for _ in tunings:
        if start is None or start not in tunings or start == name:
            break
        start = tunings[start].start
    return start == name
