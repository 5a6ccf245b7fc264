"""How much of a GPU a job takes: an estimate from shapes alone, good to some ten per cent.

Activations of a layer are 34 values of the hidden width a token, two bytes each in bfloat16
(Korthikanti et al., arXiv 2205.05198, table 2, without the scores of attention, which the fused
kernels do not keep).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..config.tunings import Layout
from .training import BYTES_A_WEIGHT
from .workload import Workload

STATE = 4  # bytes: weights, gradients and both of Adam's states are kept in float32
KEPT = 17  # values that a layer keeps of a token, in hidden widths
LOGITS = 2  # logits at once in float32, beside those of the model: the loss and its gradient


@dataclass(frozen=True)
class Need:
    """What one job takes of each of its GPUs.

    Attributes:
        what: the job, as `tuning extract-4B`.
        gpus: that the job has; 0 computes on the CPU.
        bytes: of one GPU.
        most: the same where every conversation is as long as it may be.
    """

    what: str
    gpus: int
    bytes: float
    most: float


def tunings(work: Workload) -> list[Need]:
    """Of each size that is tuned the tuning that takes most."""
    needs: dict[str, Need] = {}
    for name, size in dict.fromkeys(work.jobs.tunings()):
        gpus = work.study.models.tuning_job(size).gpu
        usual, most = (_tuning(work, name, size, max(gpus, 1), whole) for whole in (False, True))
        need = Need(f"tuning {name}-{size}", gpus, usual, most)
        needs[size] = max(needs.get(size, need), need, key=lambda need: need.bytes)
    return list(needs.values())


def _tuning(work: Workload, name: str, size: str, gpus: int, whole: bool) -> float:
    """Bytes of one of so many GPUs: weights and states, then activations of what they hold at a
    time of the longest mean conversation; whole: of one that is cut at `max_length`."""
    settings, shapes = work.study.models.tuning(name), work.shapes
    layout = settings.layouts.get(size, Layout())
    language, tower, rates = shapes.languages[size], shapes.tower, settings.learning_rate
    connector = shapes.joined[size] - language.parameters - tower.parameters
    trained = connector if rates.connector else 0
    trained += language.parameters if rates.language_model and not settings.lora else 0
    trained += tower.parameters if rates.vision_tower else 0
    value = BYTES_A_WEIGHT[work.study.configuration.precision]
    states: float = STATE * (shapes.joined[size] + 3 * trained)
    if layout.sharding == "full" and gpus > 1:
        # Each gathers one layer at a time, and the embeddings for as long as a step takes.
        layer = (language.parameters - language.vocabulary * language.hidden) / language.layers
        states = states / gpus + STATE * (layer + language.vocabulary * language.hidden)
    else:
        # Autocast keeps a copy of the weights in its precision; DDP one of the gradients.
        states += value * shapes.joined[size] if value < STATE else 0
        states += STATE * trained if gpus > 1 else 0
    at_once = layout.device_batch_size or max(1, settings.batch_size // gpus)
    means = [work.assumed.sets[one] for one in settings.sets]
    longest = max(mean.text + mean.image_tokens(settings.images, tower.patches) for mean in means)
    tokens = at_once * (settings.max_length if whole else min(longest, settings.max_length))
    checkpointed = layout.gradient_checkpointing
    kept = _kept(tokens, language.hidden, language.layers, checkpointed)
    if rates.vision_tower:
        views = max(mean.passes(settings.images) for mean in means)
        kept += _kept(at_once * views * tower.patches, tower.width, tower.layers, checkpointed)
    if settings.cross_entropy == "full":
        kept += tokens * language.vocabulary * (1 + LOGITS * STATE / value)
    return states + kept * value


def _kept(tokens: float, hidden: int, layers: int, checkpointed: bool) -> float:
    """Values that the layers keep for the backward pass; of checkpointed ones what each was given,
    and all of one."""
    whole = KEPT * hidden * tokens
    return hidden * tokens * layers + whole if checkpointed else whole * layers


def evaluations(work: Workload) -> list[Need]:
    """Of each kind of job that describes or answers the module that takes most: its weights, and
    the cache of keys and values of a batch in which every text is as long as it may be."""
    configuration, lengths = work.study.configuration, work.assumed.lengths
    perception, reasoning = configuration.perception, configuration.reasoning
    seeing, ending = configuration.jobs.perceive.gpu, configuration.end_to_end
    text = lengths.perceive + lengths.phrase + perception.max_new_tokens
    perceived = dict.fromkeys(work.jobs.values("perceive", "module"))
    batch = perception.batch_size
    described = [_answering(work, "describing", m, seeing, batch, text) for m in perceived]
    text = lengths.evaluate + ending.max_new_tokens
    evaluated = dict.fromkeys(module for module, _ in work.jobs.evaluated())
    batch = ending.batch_size
    answered = [_answering(work, "answering", m, seeing, batch, text) for m in evaluated]
    reasoned = []
    for module, mode in dict.fromkeys((j.reasoning, j.mode) for j in work.jobs.reasoning()):
        sampling = reasoning.think if mode == "think" else reasoning.plain
        text = lengths.reason + perception.max_new_tokens + sampling.max_new_tokens
        text += (sampling.thinking_budget or 0) if mode == "think" else 0
        gpus, batch = configuration.jobs.reason.gpu, reasoning.batch_size
        reasoned.append(_answering(work, "reasoning", module, gpus, batch, text, sees=False))
    known = [[need for need in kind if need] for kind in (described, answered, reasoned)]
    return [max(needs, key=lambda need: need.bytes) for needs in known if needs]


def _answering(
    work: Workload, doing: str, name: str, gpus: int, batch: int, text: float, sees: bool = True
) -> Need | None:
    """A module with a batch of so many texts of so many tokens, beside their images; None where its
    shape is not known."""
    module = work.module(name)
    if module is None:
        return None
    images = module.image_tokens(work.assumed.question) if sees else 0
    weights = module.language.parameters + (module.tower.parameters if module.tower else 0)
    values = weights + batch * (text + images) * module.language.cached
    held = values * BYTES_A_WEIGHT[work.study.configuration.precision]
    return Need(f"{doing} with {name}", gpus, held, held)
