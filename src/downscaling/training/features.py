"""A frozen vision tower's features, computed once and shared by the models of every size."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from transformers.modeling_outputs import BaseModelOutputWithPooling

from ..models.assemble import load_tower
from ..models.preprocess import view
from ..records.files import RecordError, replacing


class CachedTower(torch.nn.Module):
    """Stands where a model has its vision tower and hands on features in place of pixels.

    A batch then carries features (images, 1, 1, patches, width) as its `pixel_values`.
    """

    def __init__(self, config: object) -> None:
        super().__init__()
        self.config = config

    def forward(self, pixel_values: torch.Tensor, **_: object) -> BaseModelOutputWithPooling:
        """pixel_values: (images, 1, patches, width), the features themselves."""
        features = pixel_values.squeeze(1)
        return BaseModelOutputWithPooling(last_hidden_state=features, hidden_states=(features,))


@torch.inference_mode()
def compute_features(
    tower: Path,
    root: Path,
    images: Sequence[str],
    out: Path,
    batch_size: int,
    progress: Callable[[int], None],
) -> None:
    """Write the base view's features of images (paths under `root`) to a safetensors file.

    `features` (images, patches, width) holds the last layer before the closing norm, which is what
    the connector reads; the metadata's `images` names the rows.
    """
    model = load_tower(tower).eval()
    parts = []
    for start in range(0, len(images), batch_size):
        chunk = images[start : start + batch_size]
        pixels = torch.stack([view(root / image, model.config.image_size) for image in chunk])
        parts.append(model(pixels, output_hidden_states=True).hidden_states[-1])
        progress(len(chunk))
    with replacing(out) as temporary:
        names = {"images": json.dumps(list(images))}
        save_file({"features": torch.cat(parts)}, temporary, metadata=names)


def load_features(path: Path) -> dict[str, torch.Tensor]:
    """Features by image path, each (patches, width), as `compute_features` wrote them."""
    try:
        with safe_open(path, framework="pt") as file:
            rows = file.get_tensor("features")
            images = json.loads(file.metadata()["images"])
    except SafetensorError as error:
        raise RecordError(
            f"{path}: not a readable safetensors file ({error}); delete it and make it again"
        ) from None
    return dict(zip(images, rows, strict=True))
