"""What fixes the results of arithmetic in a job.

Libraries choose their code by the processor's vendor and instructions, and with it how they round.
Portable arithmetic keeps all of them to one choice, which every x86-64 processor with AVX2 has.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
from pathlib import Path

from ..config.block import Numerics
from ..errors import UserError

LIBRARIES = ("OMP", "MKL", "OPENBLAS", "NUMEXPR")
READERS = {"matplotlib", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "torch"}
"""What reads the environment when it is imported."""

NEEDED = {"avx2", "fma"}


class NumericsError(UserError):
    """This processor cannot compute as the configuration asks."""


def set_environment(settings: str, threads: int) -> None:
    """Set what libraries read when they are imported, so before any of them is.

    Args:
        settings: JSON of the stage's settings. What none frees is portable.
        threads: how many the job computes on. Results are equal to the bit at one count alone.
    """
    if imported := sys.modules.keys() & READERS:
        raise RuntimeError(f"imported before the environment is set: {', '.join(sorted(imported))}")
    os.environ.update(environment(of_settings(settings), threads))


def of_settings(settings: str) -> Numerics:
    """How a job computes."""
    numerics: Numerics = json.loads(settings).get("numerics", "portable")
    return numerics


def environment(numerics: Numerics, threads: int) -> dict[str, str]:
    """The variables that libraries read."""
    always = {f"{library}_NUM_THREADS": str(threads) for library in LIBRARIES} | {
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "TOKENIZERS_PARALLELISM": "false",
        "MPLBACKEND": "Agg",
    }
    if numerics == "native":
        return always
    return always | {
        "ATEN_CPU_CAPABILITY": "avx2",  # torch's own operators
        "MKL_CBWR": "COMPATIBLE",  # MKL's code for AVX2 is for Intel's processors alone
        "OPENBLAS_CORETYPE": "Haswell",  # products of numpy and scipy
        "NPY_DISABLE_CPU_FEATURES": " ".join(_above_baseline()),  # numpy's functions and sorting
        "ARROW_USER_SIMD_LEVEL": "AVX2",
    }


def check_processor(numerics: Numerics, described: Path = Path("/proc/cpuinfo")) -> None:
    """Raise NumericsError if this is an x86-64 processor on which portable arithmetic does not
    exist. Other architectures compute as they can; their results differ."""
    if numerics == "native" or not described.exists():
        return
    lines = [line.partition(":") for line in described.read_text().splitlines()]
    flags = next((set(value.split()) for name, _, value in lines if name.strip() == "flags"), None)
    if flags is not None and not flags >= NEEDED:
        missing = ", ".join(sorted(NEEDED - flags))
        raise NumericsError(
            f"numerics: portable: this processor lacks {missing}; set numerics: native, whose "
            "results are the same on this kind of processor alone"
        )


def fix_algorithms(numerics: Numerics) -> None:
    """Let torch choose only algorithms whose results repeat, and under portable arithmetic only
    those that are the same everywhere."""
    import torch

    torch.use_deterministic_algorithms(True, warn_only=True)
    # Else every new tensor is filled first, in case that something reads what nobody wrote.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    if numerics == "portable":
        from . import products

        products.replace()


def _above_baseline() -> tuple[str, ...]:
    """The instructions for which this numpy has code beside its baseline, by its names for them."""
    major, minor = map(int, importlib.metadata.version("numpy").split(".")[:2])
    if (major, minor) >= (2, 4):
        return ("X86_V3", "X86_V4", "AVX512_ICL", "AVX512_SPR")
    return (
        *("SSSE3", "SSE41", "POPCNT", "SSE42", "AVX", "F16C", "FMA3", "AVX2", "AVX512F"),
        *("AVX512CD", "AVX512_SKX", "AVX512_CLX", "AVX512_CNL", "AVX512_ICL"),
    )
