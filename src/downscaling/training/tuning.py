"""One tuning: from backbones or a model and samples to the folder of a tuned model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from ..config.tunings import Tuning
from ..models.assemble import assemble, load_vision_language_model, save
from ..models.dialogue import has_newlines
from ..models.positions import check_positions, positions
from ..runtime.devices import place
from .conversations import Conversations
from .features import CachedTower, load_features
from .token_cache import cached_tokens
from .tokens import Encoding
from .train import reporting, train


def tune(
    *,
    language_model: Path,
    tower: Path,
    start: Path | None,
    samples: Sequence[Path],
    shares: Sequence[float],
    features: Path | None,
    root: Path,
    out: Path,
    states: Path,
    curves: Path,
    report_to: Sequence[str],
    previous_visual_samples: int,
    settings: Tuning,
    code: str,
) -> dict[str, Any]:
    """Tune a model and save it; an interrupted call goes on where it was.

    Args:
        language_model: the backbone; read where there is no `start`.
        tower: the vision tower; the same.
        start: the model that the tuning starts from.
        samples: files of conversations.
        shares: of each file the share that is drawn.
        features: what the frozen tower sees in the images; None encodes them anew at each step.
        root: the folder from which names of images start.
        out: the model's folder.
        states: where checkpoints and tokens of an interrupted call lie; to be removed afterwards.
        curves: the folder of learning curves.
        report_to: where learning curves go.
        previous_visual_samples: how many samples with an image `start` has seen.
        settings: how it is tuned.
        code: the digest of this code; tokens that other code made are made anew.

    Returns:
        What the record keeps: how many samples were drawn, of each set; how many with an image the
        model has seen in all, as the paper's Table 2 counts; and the outcome of the training. Of
        several processes only the first returns something.

    Raises:
        ModelError: a conversation is longer than what the model has positions for.
    """
    if start is None:
        model, preprocessor = assemble(language_model, tower, settings.images, settings.seed)
    else:
        model, preprocessor = load_vision_language_model(start)
    preprocessor.images = settings.images  # a tuning may tile where the one before did not
    encoding = Encoding(
        preprocessor, root, settings.max_length, settings.template, settings.loss_on
    )
    tokens = cached_tokens(samples, shares, settings.seed, encoding, code, states)
    longest = max(tokens["length"][:], default=0)
    check_positions(model, longest, 0, f"lower max_length to {positions(model.config)}")
    drawn = Counter(tokens["set"][:])
    cached = load_features(features) if features else None
    conversations = Conversations(tokens, preprocessor, root, cached)
    own_tower, own_newline = model.model.vision_tower, model.model.image_newline
    has_newline = has_newlines(settings.template)
    if cached is not None:
        model.model.vision_tower = CachedTower(own_tower.config)
    if not has_newline:
        model.model.image_newline = None  # transformers then packs features without one
    reports = reporting(list(report_to), curves)
    outcome = train(model, conversations, settings, states, reports)
    if place():
        return {}
    model.model.vision_tower = own_tower
    if not has_newline:  # what was tuned, where it was, may be another object by now (sharding)
        model.model.image_newline = own_newline
    for parameter in model.parameters():
        parameter.data = parameter.data.to(getattr(torch, settings.precision))
    save(model, preprocessor, out)
    # The paper counts samples with an image, and leaves the connector's stage out.
    seen = outcome["visual_samples"] if settings.learning_rate.language_model else 0
    return {
        "samples": len(conversations),
        "sets": dict(sorted(drawn.items())),
        **outcome,
        "visual_samples": previous_visual_samples + seen,
    }
