"""The engine that runs a model of transformers in the job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessorList

from ..config.generation import Sampling
from ..config.teacher import Asking
from ..errors import PictureError
from ..generation.sampling import processors
from ..models.image_text import load_image_text_model
from ..models.positions import check_positions
from .pictures import teacher_view
from .prompted import Ask, Reply
from .teacher import Failed

DRAWN = ("do_sample", "temperature", "top_k", "top_p")


class Local:
    """Asks batches of a model that transformers loads from a local folder.

    Tokens are drawn with the model's own temperature, top-k and top-p by the rule of
    `generation.sampling`: a draw depends on the request's seed alone. Every other setting of its
    generation_config (a penalty on repetition, say) is left to transformers.
    """

    def __init__(self, folder: Path, precision: str, asking: Asking, batch_size: int) -> None:
        self._model = load_image_text_model(folder, precision)
        self._asking, self._size = asking, batch_size

    def replies(
        self, asks: Sequence[Ask], max_new_tokens: int
    ) -> Iterator[Mapping[int, Reply | Failed]]:
        """A reply to each request by its place, a batch at a time."""
        for start in range(0, len(asks), self._size):
            finished: dict[int, Reply | Failed] = {}
            ready: list[tuple[int, Ask, list[Any]]] = []
            for place, ask in enumerate(asks[start : start + self._size], start):
                try:
                    seen = [
                        teacher_view(p, self._asking.images, self._asking.side) for p in ask.images
                    ]
                    ready.append((place, ask, seen))
                except PictureError as error:
                    finished[place] = Failed(str(error))
            if ready:
                written = self._write(
                    [self._model.prompt(ask.text, len(seen)) for _, ask, seen in ready],
                    [seen for _, _, seen in ready],
                    [ask.seed for _, ask, _ in ready],
                    max_new_tokens,
                )
                for (place, _, _), reply in zip(ready, written, strict=True):
                    finished[place] = reply
            yield finished

    @torch.inference_mode()
    def _write(
        self,
        prompts: list[str],
        images: list[list[Any]],
        seeds: list[int],
        max_new_tokens: int,
    ) -> list[Reply]:
        inputs = self._model.inputs(prompts, images)
        width = inputs["input_ids"].shape[1]
        model = self._model.model
        read = int(inputs["attention_mask"].sum(1).max())
        check_positions(model, read, max_new_tokens, "lower the teacher's tokens or side")
        config = GenerationConfig.from_dict(model.generation_config.to_dict())
        drawn = _sampling(config, max_new_tokens)
        for name in DRAWN:
            setattr(config, name, False if name == "do_sample" else None)
        config.max_new_tokens, config.max_length = max_new_tokens, None
        config.pad_token_id = self._model.processor.tokenizer.pad_token_id
        config.eos_token_id = self._model.ends
        rows = model.generate(
            **inputs,
            generation_config=config,
            logits_processor=LogitsProcessorList(processors(drawn, seeds, width)),
        )[:, width:].tolist()
        return [
            Reply(self._model.decode(row), truncated=not set(self._model.ends) & set(row))
            for row in rows
        ]


def _sampling(config: GenerationConfig, max_new_tokens: int) -> Sampling:
    """How the model's own configuration draws; what it leaves open is as transformers has it."""
    if not config.do_sample:
        return Sampling(temperature=0.0, top_p=1.0, top_k=0, max_new_tokens=max_new_tokens)
    return Sampling(
        temperature=1.0 if config.temperature is None else float(config.temperature),
        top_p=1.0 if config.top_p is None else float(config.top_p),
        top_k=50 if config.top_k is None else int(config.top_k),
        max_new_tokens=max_new_tokens,
    )
