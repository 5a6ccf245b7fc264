"""The differences that figures show and claims are about, under the names by which figures look
them up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from .names import (
    CAPTION,
    END_TO_END,
    EXTRACT,
    FAMILY_STEPS,
    INSTRUCT,
    LLAVA_ONEVISION,
    OWN_REASONERS,
    QWEN2,
    SCRATCH,
    Run,
)
from .settings import Comparison


def comparisons(
    sizes: Sequence[str], made: Collection[Run], benchmarks: Sequence[str]
) -> Iterator[Comparison]:
    """Every comparison whose runs are among those made; sizes are largest first.

    Where a comparison is over "all sizes" of the other module, it is over those sizes for which
    both of its runs are made; of perception modules of other families, over every reasoner of
    another family, and over the study's own.
    """
    wanted = [
        *_wanted(sizes, benchmarks),
        *_of_other_families(sizes, made, benchmarks),
        *_of_llava_onevision(sizes, benchmarks),
    ]
    for name, tested_on, pairs in wanted:
        kept = [(left, right) for left, right in pairs if left in made and right in made]
        if kept:
            yield Comparison(
                name=name,
                left=[left.listed() for left, _ in kept],
                right=[right.listed() for _, right in kept],
                benchmarks=list(tested_on),
            )


def _wanted(
    sizes: Sequence[str], both: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], list[tuple[Run, Run]]]]:
    largest, families = sizes[0], ["families"]
    top = f"{INSTRUCT}-{largest}"
    modules = [f"{INSTRUCT}-{size}" for size in sizes]
    yield f"visual reliance {largest}", families, [(_whole(top), Run(top, END_TO_END, "blind"))]
    for size, model in zip(sizes[1:], modules[1:], strict=True):
        step = f"{largest}->{size}"
        yield f"end-to-end {step}", families, [(_whole(top), _whole(model))]
        yield f"perception {step}", both, [(_plain(top, r), _plain(model, r)) for r in sizes]
        yield f"reasoning {step}", both, [(_plain(p, largest), _plain(p, size)) for p in modules]
    thinking = [(Run(top, size, "think"), _plain(top, size)) for size in sizes]
    for size, pair in zip(sizes, thinking, strict=True):
        yield f"thinking {size}", both, [pair]
    yield "thinking *", both, thinking
    for place, size in enumerate(sizes):
        baseline = _whole(f"{INSTRUCT}-{size}")
        caption, extract = f"{CAPTION}-{size}", f"{EXTRACT}-{size}"
        yield f"captioning {size}", both, [(_plain(caption, largest), baseline)]
        pair = (_plain(extract, largest), _plain(caption, largest))
        yield f"extract vs caption {size}", both, [pair]
        if place:
            # Table 2 pairs a perception module with the reasoner one size above it.
            above = sizes[place - 1]
            extracted, captioned = Run(extract, above, "think"), Run(caption, above, "think")
            scratch = Run(f"{SCRATCH}-{size}", above, "think")
            larger = _whole(f"{INSTRUCT}-{above}")
            yield f"extract+think vs caption+think {size}", both, [(extracted, captioned)]
            yield f"extract+think vs end-to-end {size}", both, [(extracted, baseline)]
            yield f"extract+think vs from scratch {size}", both, [(extracted, scratch)]
            yield f"from scratch vs caption+think {size}", both, [(scratch, captioned)]
            yield f"from scratch {size} vs end-to-end {above}", both, [(scratch, larger)]


def _of_other_families(
    sizes: Sequence[str], made: Collection[Run], both: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], list[tuple[Run, Run]]]]:
    """Table A1."""
    others = sorted({run.reasoning for run in made} - {END_TO_END, *sizes})
    for large, small in FAMILY_STEPS:
        step = f"perception {large}->{small}"
        for name, reasoners in ((step, others), (f"{step}, {OWN_REASONERS}", sizes)):
            yield name, both, [(_plain(large, r), _plain(small, r)) for r in reasoners]


def _of_llava_onevision(
    sizes: Sequence[str], both: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], list[tuple[Run, Run]]]]:
    """Figures A3 and A4."""
    large, small = LLAVA_ONEVISION
    for reasoners in (sizes, QWEN2):
        most, least = reasoners[0], reasoners[-1]
        perception = [(_plain(large, r), _plain(small, r)) for r in reasoners]
        yield f"perception {large}->{small}, {most} to {least}", both, perception
        reasoning = [(_plain(p, most), _plain(p, least)) for p in LLAVA_ONEVISION]
        yield f"reasoning {most}->{least}, {large} and {small}", both, reasoning


def _whole(model: str) -> Run:
    return Run(model, END_TO_END, "image")


def _plain(perception: str, reasoning: str) -> Run:
    return Run(perception, reasoning, "plain")
