"""What stands before evaluation: data, backbones, tuning, the teacher."""

from __future__ import annotations

from collections.abc import Iterator

from ..catalogue import sources as registry
from ..study.data import EXTRACTION
from . import flops
from .facts import MINIATURE_QUESTION, TEACHER_PARAMETERS, TEACHER_TOKENS
from .workload import BYTES_A_TOKEN, Row, Workload

BYTES_A_WEIGHT = {"float32": 4, "bfloat16": 2}
ORACLE = "oracle"  # the teacher that costs nothing


def sources(load: Workload) -> Iterator[Row]:
    """The data sets: drawn or downloaded, and their records."""
    study, facts = load.study, load.facts
    used = load.sources_used()
    conversations = {name: load.count(name) for name in study.data.training_sets()}
    images = sum(count * facts.sets[name].images for name, count in conversations.items())
    images += sum(
        count * facts.sets.get(name, facts.question).images
        for name, count in load.questions().items()
    )
    words = sum(count * facts.sets[name].text for name, count in conversations.items())
    disk = images * facts.image_bytes
    if facts.rendered:
        yield Row("sources", "render", 1, disk=disk)
    else:
        known = registry.load()
        beside = [held for name in used for held in registry.linked(name, known)]
        fetched = list(dict.fromkeys([*used, *beside]))
        download = sum(load.download(name) for name in fetched)
        # Unpacked, images take what their archives took.
        yield Row("sources", "fetch", len(fetched), disk=download, download=download)
    yield Row("sources", "prepare", len(used), disk=words * BYTES_A_TOKEN)


def backbones(load: Workload) -> Iterator[Row]:
    """The language models that some job reads, and the vision tower."""
    settings, tower = load.study.configuration.backbones, load.tower
    recipe = settings.recipe if settings.source == "retrained" else None
    is_fetched = settings.source == "hub"
    wanted = {size for _, size in load.needed} | {load.study.sizes[0]}
    wanted |= {job.reasoning for job in load.study.evaluations.reasoning_jobs()}
    for size in (size for size in load.study.sizes if size in wanted):
        parameters = load.models[size].parameters
        tokens = 0
        if recipe is not None:
            steps = recipe.steps + recipe.review_steps
            tokens = steps * recipe.batch_size * MINIATURE_QUESTION
        yield Row(
            "backbones",
            size,
            1,
            tokens,
            flops.pretraining(parameters, tokens),
            *_weights(load, settings.weights[size] if is_fetched else "", parameters),
        )
    released = [
        (f"{name}-{size}", size, source)
        for name, sizes in load.study.configuration.released.items()
        for size, source in sizes.items()
        if f"{name}-{size}" in load.modules()
    ]
    if load.needed or released or load.facts.rendered:  # the probe reads it too
        tokens = recipe.tower.steps * recipe.tower.batch_size * tower.patches if recipe else 0
        yield Row(
            "backbones",
            "tower",
            1,
            tokens,
            flops.pretraining(tower.parameters, tokens),
            *_weights(load, settings.weights["tower"] if is_fetched else "", tower.parameters),
        )
    for module, size, source in released:
        held, download = _weights(load, source, load.parameters(size))
        yield Row("backbones", module, 2, disk=2 * held, download=download)  # fetched, converted


def _weights(load: Workload, source: str, parameters: int) -> tuple[float, float]:
    """Bytes of weights on disk, and of their download; source: empty where they are no download."""
    if not source:
        return parameters * 4, 0
    download = load.download(source) or parameters * 2  # published in bfloat16
    return download, download


def tuning(load: Workload) -> Iterator[Row]:
    """The features of a frozen tower, then each tuning at all of its sizes."""
    study, tower = load.study, load.tower
    if any(study.models.caches_features(tuning) for tuning, _ in load.needed):
        images = sum(
            load.count(name) * load.facts.sets[name].images for name in study.models.featured_sets()
        )
        yield Row(
            "tuning",
            "features",
            1,
            tokens=images * tower.patches,
            flops=images * flops.tower_forward(tower),
            disk=images * tower.patches * tower.hidden * 4,
        )
    for tuning in dict.fromkeys(tuning for tuning, _ in load.needed):
        sizes = [size for needed, size in load.needed if needed == tuning]
        yield _tuned(load, tuning, sizes)


def _tuned(load: Workload, tuning: str, sizes: list[str]) -> Row:
    stage, tower = load.study.models.tuning(tuning), load.tower
    has_features = load.study.models.caches_features(tuning)
    tokens = spent = 0.0
    for name, share in stage.sets.items():
        mean = load.facts.sets[name]
        count = round(load.count(name) * share) * stage.epochs * load.seeds
        length = mean.text + mean.image_tokens(stage.images, tower)
        length = min(length, stage.max_length)
        tokens += count * length * len(sizes)
        spent += count * sum(
            flops.tuning(
                load.models[size],
                tower,
                length,
                0 if has_features else mean.passes(stage.images),
                trains_language=stage.learning_rate.language_model > 0,
                trains_tower=stage.learning_rate.vision_tower > 0,
                recompute=load.recompute,
            )
            for size in sizes
        )
    weights = sum(load.parameters(size) for size in sizes) * load.seeds
    disk = weights * BYTES_A_WEIGHT[load.study.configuration.precision]
    return Row("tuning", tuning, len(sizes) * load.seeds, tokens, spent, disk)


def extraction(load: Workload) -> Iterator[Row]:
    """Focus phrases for the training questions, the teacher's two steps, conversations of them."""
    if not load.teaches:
        return
    sets, lengths = load.study.configuration.teacher.sets, load.facts.lengths
    shards = load.study.configuration.teacher.shards
    asked = sum(load.count(name) * load.facts.sets[name].turns for name in sets)
    per_question = lengths.observe + min(
        lengths.phrase, load.study.configuration.focus.max_new_tokens
    )
    observed = asked * flops.language_forward(load.largest, per_question)
    yield Row("extraction", "observe", shards, asked * per_question, observed)
    taught = load.count(EXTRACTION)
    is_free = load.study.configuration.teacher.engine == ORACLE
    tokens = 0 if is_free else taught * TEACHER_TOKENS
    spent = 2 * TEACHER_PARAMETERS * tokens
    text = taught * load.facts.sets[EXTRACTION].text * BYTES_A_TOKEN
    if not is_free and (teacher := load.teacher()):
        download = load.download(teacher)
        yield Row("extraction", "teacher", 1, disk=download, download=download)
    yield Row("extraction", "statements", shards, tokens, spent, text)
    yield Row("extraction", "depict", shards, tokens, spent, text)
    yield Row("extraction", "converse", 1, disk=text)
