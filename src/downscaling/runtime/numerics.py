"""What fixes the results of arithmetic in a job."""

from __future__ import annotations

LIBRARIES = ("OMP", "MKL", "OPENBLAS", "NUMEXPR")


def environment(threads: int) -> dict[str, str]:
    """The variables that libraries read when they are imported. Results are equal to the bit at one
    count of threads alone."""
    return {f"{library}_NUM_THREADS": str(threads) for library in LIBRARIES} | {
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "TOKENIZERS_PARALLELISM": "false",
        "MPLBACKEND": "Agg",
    }


def fix_algorithms() -> None:
    """Let torch choose only algorithms whose results repeat."""
    import torch

    torch.use_deterministic_algorithms(True, warn_only=True)
    # Else every new tensor is filled first, in case that something reads what nobody wrote.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
