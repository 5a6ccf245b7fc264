"""How long a text a model can take: its positions.

Past them a model goes on without a word, and writes what it never learned to write.
"""

from __future__ import annotations

from typing import Any

from ..errors import ModelError

STRETCHED = ("linear", "dynamic", "yarn")
"""Kinds of rotary positions that reach further than they were trained, by a factor. Where the
configuration says how far they were trained, the reach is counted from there, and may be told as
its positions already."""


def positions(config: Any) -> int | None:
    """The tokens of the longest text that a model of this configuration takes, what it writes
    included; None where it knows no end."""
    text = config.get_text_config(decoder=True)
    most = getattr(text, "max_position_embeddings", None)
    if most is None:
        return None
    rope = getattr(text, "rope_parameters", None) or {}
    if rope.get("rope_type") not in STRETCHED:
        return int(most)
    trained, factor = rope.get("original_max_position_embeddings"), rope.get("factor") or 1
    return max(int(most), int(trained * factor)) if trained else int(most * factor)


def check_positions(model: Any, read: int, written: int, remedy: str) -> None:
    """Raise ModelError, one line, where a model has too few positions for a text.

    read: tokens of the longest prompt or conversation, images among them. written: tokens that are
    written after it, at most. remedy: which key to lower, where what is read alone fits.
    """
    most = positions(model.config)
    if most is None or read + written <= most:
        return
    told = f"{read:,} tokens are read" + (f" and up to {written:,} written" if written else "")
    if read >= most and written:
        remedy = "shorten or leave out the longest text, or give it fewer or smaller images"
    raise ModelError(
        f"{model.name_or_path or 'the model'}: has {most:,} positions, and {told}; {remedy}, or "
        "give a model of more positions"
    )
