"""Tuning of vision-language models: visual instruction, caption and visual extraction tuning."""

from .conversations import Conversations, collate
from .features import CachedTower, compute_features, load_features
from .train import reporting, train

__all__ = [
    "CachedTower",
    "Conversations",
    "collate",
    "compute_features",
    "load_features",
    "reporting",
    "train",
]
