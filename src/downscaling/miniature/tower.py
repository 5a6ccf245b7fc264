"""Pretraining of the miniature's vision tower: what each cell of a picture holds."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from transformers import SiglipVisionConfig, SiglipVisionModel

from ..config.backbones import TowerPretraining
from ..runtime.progress import Progress
from .picture import render
from .training_loop import Course, save, train
from .world import BACKGROUNDS, CELL, COLORS, SHAPES, SIDE, SIZES, Scene, scene, spoil

CLASSES = (len(SHAPES) + 1, len(COLORS) + 1, len(SIZES) + 1, 11, 11, 9)
"""Of a cell: shape, colour, size and two digits, each or nothing; and its place."""
WEIGHTS = (2.0, 1.0, 1.0, 2.0, 2.0, 1.0)
"""Of each of them in the loss."""
QUALITIES = ("clean", "dark", "blurred")


def pretrain_tower(recipe: TowerPretraining, out: Path, progress: Progress) -> None:
    """Train the vision tower and save it to the folder `out`.

    Heads on each patch's last hidden state learn what the cell holds (shape, colour, size, digits,
    box); they are thrown away. The hidden state is taken before the closing norm, as the study's
    connector reads it. progress is called with the number of steps since its last call, and their
    mean loss.
    """
    torch.manual_seed(recipe.seed)
    width = recipe.hidden_size
    model = SiglipVisionModel(
        SiglipVisionConfig(
            hidden_size=width,
            intermediate_size=recipe.feed_forward,
            num_hidden_layers=recipe.layers,
            num_attention_heads=recipe.heads,
            image_size=SIDE,
            patch_size=CELL,
            vision_use_head=False,
        )
    )
    heads = torch.nn.ModuleList(torch.nn.Linear(width, count) for count in (*CLASSES, 4))
    setting = torch.nn.ModuleList(torch.nn.Linear(width, count) for count in (4, 3))
    both = torch.nn.ModuleDict({"model": model, "heads": heads, "setting": setting})

    def loss(batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
        pixels, cells, boxes, settings = batch
        hidden = model(pixels, output_hidden_states=True).hidden_states[-1]
        total = torch.zeros(())
        for k, (head, weight) in enumerate(zip(heads[:-1], WEIGHTS, strict=True)):
            total = total + weight * functional.cross_entropy(
                head(hidden).flatten(0, 1), cells[..., k].flatten()
            )
        has_box = boxes[..., 0] >= 0
        total = total + 1.5 * functional.l1_loss(heads[-1](hidden)[has_box], boxes[has_box])
        pooled = hidden.mean(1)
        for k, head in enumerate(setting):
            total = total + functional.cross_entropy(head(pooled), settings[:, k])
        return total

    rng = random.Random(recipe.seed)
    batches = iter(lambda: _pictures(rng, recipe.batch_size), None)
    course = Course(recipe.steps, batches, 2 * recipe.learning_rate, recipe.learning_rate)
    save(out, model, recipe, train([course], loss, both, progress))


def pixels_of(worlds: list[Scene]) -> torch.Tensor:
    """Pictures as the tower reads them, (n, 3, 48, 48), -1 to 1 (mean and deviation 0.5)."""
    stacked = np.stack([np.asarray(render(world)) for world in worlds])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 127.5 - 1


def _pictures(rng: random.Random, count: int) -> tuple[torch.Tensor, ...]:
    """A batch of pictures and what they show.

    Returns:
        pixels (count, 3, 48, 48); of each of 9 cells the classes (count, 9, 6), 0 for nothing, and
        the box (count, 9, 4), as a share of the picture's side or -1; background and quality
        (count, 2).
    """
    worlds = [scene(rng, count=(1, 5), anything=True) for _ in range(count)]
    worlds = [spoil(world, rng) if rng.random() < 0.2 else world for world in worlds]
    cells = torch.zeros(count, 9, 6, dtype=torch.long)
    cells[..., 5] = torch.arange(9)
    boxes = torch.full((count, 9, 4), -1.0)
    for i, world in enumerate(worlds):
        for thing in world.visible:
            classes = (
                SHAPES.index(thing.shape),
                list(COLORS).index(thing.color),
                list(SIZES).index(thing.size),
            )
            cells[i, thing.cell, :3] = torch.tensor(classes) + 1
            boxes[i, thing.cell] = torch.tensor(thing.box) / SIDE
        if world.sign:
            cells[i, world.sign.cell, 3:5] = torch.tensor(world.sign.digits) + 1
    settings = [
        (
            BACKGROUNDS.index(world.background),
            QUALITIES.index(world.quality) if world.quality in QUALITIES else 0,
        )
        for world in worlds
    ]
    return pixels_of(worlds), cells, boxes, torch.tensor(settings)
