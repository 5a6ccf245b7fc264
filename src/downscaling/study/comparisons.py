"""The differences that figures show and claims are about, under the names by which figures look
them up.

A name says what is compared in the paper's words, so it is the same whatever the tunings that play
the roles are called. Names of models of other groups are those of the configuration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..config.block import Block
from ..config.roles import Roles, Step
from .runs import END_TO_END, Run

OWN_REASONERS = "own reasoners"
"""Ends the name of a comparison of another family's perception modules under the study's own
reasoners: of Table A1 that is not the table's row."""

Wanted = tuple[str, Sequence[str], list[tuple[Run, Run]]]
"""A comparison's name, the benchmarks that it is on, and its pairs of runs, left and right."""


class Comparison(Block):
    """A difference to estimate: the mean accuracy of the runs on the left minus that of the runs on
    the right, on each category of the benchmarks, over the same questions. A run is its perception,
    reasoning and mode."""

    name: str
    left: list[list[str]]
    right: list[list[str]]
    benchmarks: list[str]


def comparisons(
    sizes: Sequence[str], runs: Collection[Run], benchmarks: Sequence[str], roles: Roles
) -> Iterator[Comparison]:
    """Every comparison between models with a role of which some pair of runs is among `runs`.

    A comparison over all sizes of the other module is over those for which both of its runs exist.
    One of perception modules of another family is made twice: over every reasoner of another
    family, and over the study's own.

    Args:
        sizes: of the language model, largest first.
        runs: those of the study.
        benchmarks: on which decoupled runs are compared.
        roles: what plays each role; comparisons of a role that nothing plays are left out.
    """
    bound = roles.bound()
    wanted: list[Wanted] = []
    if "baseline" in bound:
        wanted += _of_the_baseline(sizes, benchmarks, roles)
    for size in sizes:
        wanted += _of_tunings(size, sizes, benchmarks, roles)
    others = sorted({run.reasoning for run in runs} - {END_TO_END, *sizes})
    for family in ("internvl", "gemma"):
        if family in bound:
            wanted += _of_another_family(roles.step(family), sizes, others, benchmarks)
    if "llava-onevision" in bound:
        seeing = roles.step("llava-onevision")
        wanted += _of_both_modules(seeing, sizes, benchmarks)
        if "qwen2" in bound:
            reading = roles.step("qwen2")
            wanted += _of_both_modules(seeing, (reading.large, reading.small), benchmarks)
    for name, tested_on, pairs in wanted:
        kept = [(left, right) for left, right in pairs if left in runs and right in runs]
        if kept:
            yield Comparison(
                name=name,
                left=[left.listed() for left, _ in kept],
                right=[right.listed() for _, right in kept],
                benchmarks=list(tested_on),
            )


def _of_the_baseline(
    sizes: Sequence[str], benchmarks: Sequence[str], roles: Roles
) -> Iterator[Wanted]:
    """What downscaling costs, and what thinking gains over the largest perception module."""
    largest = sizes[0]
    modules = [roles.module("baseline", size) for size in sizes]
    top = modules[0]
    blind = Run(top, END_TO_END, "blind")
    yield f"visual reliance {largest}", ["families"], [(_end_to_end(top), blind)]
    for size, module in zip(sizes[1:], modules[1:], strict=True):
        step = f"{largest}->{size}"
        yield f"end-to-end {step}", ["families"], [(_end_to_end(top), _end_to_end(module))]
        perception = [(_plain(top, reasoner), _plain(module, reasoner)) for reasoner in sizes]
        yield f"perception {step}", benchmarks, perception
        reasoning = [(_plain(other, largest), _plain(other, size)) for other in modules]
        yield f"reasoning {step}", benchmarks, reasoning
    thinking = [(Run(top, size, "think"), _plain(top, size)) for size in sizes]
    for size, pair in zip(sizes, thinking, strict=True):
        yield f"thinking {size}", benchmarks, [pair]
    yield "thinking *", benchmarks, thinking


def _of_tunings(
    size: str, sizes: Sequence[str], benchmarks: Sequence[str], roles: Roles
) -> Iterator[Wanted]:
    """What captions and extraction gain at a size."""
    bound, largest, place = roles.bound(), sizes[0], sizes.index(size)

    def run(role: str, size: str, reasoning: str, mode: str) -> Run | None:
        return Run(roles.module(role, size), reasoning, mode) if role in bound else None

    baseline = run("baseline", size, END_TO_END, "image")
    captioned, extracted = (run(role, size, largest, "plain") for role in ("caption", "extraction"))
    pairs = {
        f"captioning {size}": (captioned, baseline),
        f"extract vs caption {size}": (extracted, captioned),
    }
    if place:
        # Table 2 pairs a perception module with the reasoner one size above it.
        above = sizes[place - 1]
        caption, extraction, scratch = (
            run(role, size, above, "think")
            for role in ("caption", "extraction", "extraction-scratch")
        )
        larger = run("baseline", above, END_TO_END, "image")
        pairs |= {
            f"extract+think vs caption+think {size}": (extraction, caption),
            f"extract+think vs end-to-end {size}": (extraction, baseline),
            f"extract+think vs from scratch {size}": (extraction, scratch),
            f"from scratch vs caption+think {size}": (scratch, caption),
            f"from scratch {size} vs end-to-end {above}": (scratch, larger),
        }
    for name, (left, right) in pairs.items():
        if left and right:
            yield name, benchmarks, [(left, right)]


def _of_another_family(
    step: Step, sizes: Sequence[str], others: Sequence[str], benchmarks: Sequence[str]
) -> Iterator[Wanted]:
    """What Table A1 shows of another family's perception modules."""
    name = f"perception {step.large}->{step.small}"
    for full_name, reasoners in ((name, others), (f"{name}, {OWN_REASONERS}", sizes)):
        pairs = [(_plain(step.large, r), _plain(step.small, r)) for r in reasoners]
        yield full_name, benchmarks, pairs


def _of_both_modules(
    step: Step, reasoners: Sequence[str], benchmarks: Sequence[str]
) -> Iterator[Wanted]:
    """What figures A3 and A4 show: either module shrinks. Reasoners are largest first."""
    large, small, most, least = step.large, step.small, reasoners[0], reasoners[-1]
    perception = [(_plain(large, r), _plain(small, r)) for r in reasoners]
    yield f"perception {large}->{small}, {most} to {least}", benchmarks, perception
    reasoning = [(_plain(module, most), _plain(module, least)) for module in (large, small)]
    yield f"reasoning {most}->{least}, {large} and {small}", benchmarks, reasoning


def _end_to_end(model: str) -> Run:
    return Run(model, END_TO_END, "image")


def _plain(perception: str, reasoning: str) -> Run:
    return Run(perception, reasoning, "plain")
