"""Arithmetic that is the same on every x86-64 processor with AVX2."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from downscaling.runtime import numerics
from emulating import PROCESSORS, needs_emulation, started

OPERATORS = Path(__file__).with_name("operators.py")
AVX2 = "processor : 0\nflags : fpu sse2 fma avx2\n"


def test_the_environment_is_set_before_anything_reads_it() -> None:
    """Catches an import at the top of what a job, or a verb that a user calls, starts with: numpy
    would have chosen its code before it is told which."""
    read = "import sys, {}; from downscaling.runtime.numerics import READERS;"
    starts = "downscaling.cli, snakemake.script"
    told = f"{read.format(starts)} print(READERS & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    late = f"{read.format('numpy')} from downscaling.runtime import numerics;"
    done = subprocess.run(
        [sys.executable, "-c", f"{late} numerics.set_environment('{{}}', 1)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "imported before the environment is set: numpy" in done.stderr


def test_numpy_knows_what_it_may_not_use() -> None:
    """Catches names of instructions that this numpy does not know, and then does not switch off."""
    from numpy._core import _multiarray_umath as core

    switched_off = numerics.environment("portable", 1)["NPY_DISABLE_CPU_FEATURES"].split()
    assert switched_off == core.__cpu_dispatch__


def test_only_portable_settings_bind_the_processor() -> None:
    """Catches a native job that computes as slowly as a portable one, and a stage without the
    setting that computes as the machine likes."""
    assert "MKL_CBWR" not in numerics.environment("native", 1)
    assert numerics.of_settings(json.dumps({"numerics": "native"})) == "native"
    assert numerics.of_settings(json.dumps({"names": []})) == "portable"


@pytest.mark.parametrize(
    ("described", "numerics_key", "refused"),
    [
        (AVX2, "portable", None),
        (AVX2.replace(" avx2", ""), "portable", "lacks avx2; set numerics: native"),
        (AVX2.replace(" avx2", ""), "native", None),
        ("processor : 0\nFeatures : fp asimd\n", "portable", None),
    ],
)
def test_a_processor_without_avx2_is_refused(
    tmp_path: Path, described: str, numerics_key: numerics.Numerics, refused: str | None
) -> None:
    """Catches a study that runs for hours and then differs; and one that is refused on ARM, where
    nothing is promised."""
    file = tmp_path / "cpuinfo"
    file.write_text(described)
    if refused is None:
        numerics.check_processor(numerics_key, file)
    else:
        with pytest.raises(numerics.NumericsError, match=refused):
            numerics.check_processor(numerics_key, file)


def digests(processor: str | None, key: str) -> dict[str, str]:
    """What operators.py prints under a processor."""
    process = started(processor, [str(OPERATORS), key])
    printed, told = process.communicate()
    assert process.returncode == 0, told[-3000:]
    return dict(line.rsplit(": ", 1) for line in printed.splitlines())


@cache
def portable() -> dict[str | None, dict[str, str]]:
    """The digests of portable arithmetic on this machine (None) and under each processor, two at a
    time."""
    processors = (*PROCESSORS, None)
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda processor: digests(processor, "portable"), processors)
        return dict(zip(processors, found, strict=True))


@pytest.mark.slow
@needs_emulation
@pytest.mark.parametrize("processor", PROCESSORS)
def test_processors_agree_on_every_operator(processor: str) -> None:
    """Catches an operator, an optimiser, a draw, a picture or a figure whose bytes depend on the
    vendor or the generation of the processor; and a list of them that has become empty."""
    here, there = portable()[None], portable()[processor]
    assert here.keys() == there.keys()
    assert len(here) > 100
    assert {name for name in here if here[name] != there[name]} == set()
