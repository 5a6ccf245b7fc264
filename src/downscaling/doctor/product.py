"""`python -m downscaling.doctor.product`: a small product on every GPU, held against the right
numbers; prints the GPUs as JSON, or ends with the reason why not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

SIDE = 256


def main() -> None:
    """Compute, and print name and bytes of each GPU."""
    if not torch.cuda.is_available():
        sys.exit(_why_not())
    told = []
    for number in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(number)
        for dtype in (torch.float32, torch.bfloat16):
            ones = torch.ones(SIDE, SIDE, device=f"cuda:{number}", dtype=dtype)
            if not bool((ones @ ones == SIDE).all()):
                sys.exit(f"GPU {number} ({about.name}): a product in {dtype} comes out wrong")
        told.append({"name": about.name, "bytes": about.total_memory})
    print(json.dumps(told))


def _why_not() -> str:
    """Why torch sees no GPU, in one line."""
    if torch.version.cuda is None:
        return f"torch {torch.__version__} is built without CUDA"
    if not Path("/proc/driver/nvidia/version").exists():
        return "no driver of NVIDIA is loaded on this machine"
    try:
        torch.zeros(1, device="cuda")
    except RuntimeError as error:
        return str(error).splitlines()[0]
    return "torch sees no GPU"


if __name__ == "__main__":
    main()
