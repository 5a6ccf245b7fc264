"""What stands before evaluation: data, backbones, tuning, the teacher."""

from __future__ import annotations

from collections.abc import Iterator

from ..models.dialogue import has_newlines
from ..study.data import EXTRACTION
from . import flops
from .assumptions import PRETRAINING_QUESTION, TEACHER_PARAMETERS, TEACHER_TOKENS
from .workload import BYTES_A_TOKEN, PlanRow, Workload

BYTES_A_WEIGHT = {"float32": 4, "bfloat16": 2}
ORACLE = "oracle"  # the teacher that costs nothing
IN_PART = "fetch in part, about"
"""Jobs that fetch of archives only what drawn rows need: how much that is, is an estimate."""


def sources(work: Workload) -> Iterator[PlanRow]:
    """The data sets: drawn or downloaded, and their records."""
    study, sets = work.study, work.assumed.sets
    conversations = {name: work.conversations(name) for name in study.data.training_sets()}
    if rendered := work.jobs.count("render"):
        images = sum(count * sets[name].images for name, count in conversations.items())
        images += sum(
            count * sets.get(name, work.assumed.question).images
            for name, count in work.questions().items()
        )
        yield PlanRow("sources", "render", rendered, disk=images * work.assumed.image_bytes)
    weights = study.downloads.weights() | study.downloads.of_others()
    fetched = [name for name in work.jobs.values("fetch", "source") if name not in weights]
    if fetched:
        # Unpacked, images take what their archives took.
        parted = [name for name in fetched if work.in_part(name)]
        whole = [name for name in fetched if name not in parted]
        for title, names in (("fetch", whole), (IN_PART, parted)):
            download = sum(map(work.download, names))
            if names:
                yield PlanRow("sources", title, len(names), disk=download, download=download)
    words = sum(count * sets[name].text for name, count in conversations.items())
    yield PlanRow("sources", "prepare", work.jobs.count("prepare"), disk=words * BYTES_A_TOKEN)


def backbones(work: Workload) -> Iterator[PlanRow]:
    """The language models that some job reads, the vision tower, and released checkpoints."""
    settings, jobs = work.study.configuration.backbones, work.jobs
    fetched, pretrained = jobs.values("fetch", "source"), jobs.values("pretrain", "backbone")
    copied = jobs.values("backbone", "backbone")
    for name in work.study.models.backbones:
        parameters = work.shapes.tower.parameters
        if name in work.shapes.languages:
            parameters = work.shapes.languages[name].parameters
        if name in pretrained:
            tokens = _pretraining_tokens(work, name)
            spent = flops.pretraining(parameters, tokens)
            yield PlanRow("backbones", name, 1, tokens, spent, disk=parameters * 4)
        elif name in copied:
            yield PlanRow("backbones", name, 1, disk=parameters * 4)
        elif settings.weights.get(name) in fetched:
            download = work.download(settings.weights[name]) or parameters * 2  # bfloat16
            yield PlanRow("backbones", name, 1, disk=download, download=download)
    for name, size in jobs.released():
        source = work.study.configuration.released[name][size]
        download = work.download(source) or work.shapes.joined[size] * 2
        # Fetched, then converted.
        yield PlanRow("backbones", f"{name}-{size}", 2, disk=2 * download, download=download)


def _pretraining_tokens(work: Workload, name: str) -> float:
    recipe = work.study.configuration.backbones.recipe
    assert recipe is not None  # the checks of a configuration see to it
    if name == "tower":
        return recipe.tower.steps * recipe.tower.batch_size * work.shapes.tower.patches
    return (recipe.steps + recipe.review_steps) * recipe.batch_size * PRETRAINING_QUESTION


def tuning(work: Workload) -> Iterator[PlanRow]:
    """The features of a frozen tower, then each tuning at all of its sizes and seeds."""
    tower = work.shapes.tower
    if computed := work.jobs.count("features"):
        images = sum(
            work.conversations(name) * work.assumed.sets[name].images
            for name in work.study.models.featured_sets()
        )
        yield PlanRow(
            "tuning",
            "features",
            computed,
            tokens=images * tower.patches,
            flops=images * flops.tower_forward(tower),
            disk=images * tower.patches * tower.width * 4,
        )
    tunings = work.jobs.tunings()
    for name in dict.fromkeys(tuning for tuning, _ in tunings):
        yield _tuned(work, name, [size for tuning, size in tunings if tuning == name])


def _tuned(work: Workload, name: str, sizes: list[str]) -> PlanRow:
    """One tuning. sizes: of each of its jobs."""
    settings, tower = work.study.models.tuning(name), work.shapes.tower
    has_features = work.study.models.caches_features(name)
    view = tower.patches + has_newlines(settings.template)
    drawn = {one: round(work.conversations(one) * share) for one, share in settings.sets.items()}
    passes = settings.epochs
    if settings.max_steps is not None:
        most = settings.max_steps * settings.batch_size
        passes = min(passes, most / max(1, sum(drawn.values())))
    tokens = spent = 0.0
    for trained_on, conversations in drawn.items():
        mean = work.assumed.sets[trained_on]
        count = conversations * passes
        length = mean.text + mean.image_tokens(settings.images, view)
        length = min(length, settings.max_length)
        tokens += count * length * len(sizes)
        spent += count * sum(
            flops.tuning(
                work.shapes.languages[size],
                tower,
                length,
                0 if has_features else mean.passes(settings.images),
                trains_language=settings.learning_rate.language_model > 0,
                trains_tower=settings.learning_rate.vision_tower > 0,
                recompute=work.recompute,
            )
            for size in sizes
        )
    weights = sum(work.shapes.joined[size] for size in sizes)
    disk = weights * BYTES_A_WEIGHT[work.study.configuration.precision]
    return PlanRow("tuning", name, len(sizes), tokens, spent, disk)


def extraction(work: Workload) -> Iterator[PlanRow]:
    """Focus phrases for the training questions, the teacher's two steps, conversations of them."""
    jobs, configuration, lengths = work.jobs, work.study.configuration, work.assumed.lengths
    if not jobs.count("converse"):
        return
    teacher = configuration.teacher
    asked = sum(work.conversations(name) * work.assumed.sets[name].turns for name in teacher.sets)
    phrase = min(lengths.phrase, configuration.focus.max_new_tokens)
    tokens = asked * (lengths.observe + phrase)
    largest = work.shapes.languages[work.study.sizes[0]]
    spent = asked * flops.language_forward(largest, lengths.observe + phrase)
    yield PlanRow("extraction", "observe", jobs.count("observe_samples"), tokens, spent)
    source = getattr(teacher, "model", "")
    if source in jobs.values("fetch", "source"):
        download = work.download(source)
        yield PlanRow("extraction", "teacher", 1, disk=download, download=download)
    taught = work.conversations(EXTRACTION)
    tokens = 0 if teacher.engine == ORACLE else taught * TEACHER_TOKENS
    spent = 2 * TEACHER_PARAMETERS * tokens
    text = taught * work.assumed.sets[EXTRACTION].text * BYTES_A_TOKEN
    for stage in ("statements", "depict"):
        yield PlanRow("extraction", stage, jobs.count(stage), tokens, spent, text)
    yield PlanRow("extraction", "converse", jobs.count("converse"), disk=text)
