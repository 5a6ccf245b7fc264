"""Products of matrices and roots on the CPU that are the same on every x86-64 processor with AVX2.

torch computes both with MKL. Of MKL's code for products, all vendors share only that for SSE2
(`MKL_CBWR=COMPATIBLE`), at a third of the speed. Some of its vectorised functions start from an
estimate of 1/x or 1/sqrt(x), which each vendor's instruction rounds in its own way. numpy's
OpenBLAS keeps to its Haswell code when told so (`OPENBLAS_CORETYPE`); numpy's root is exact by IEEE
754, and its other functions here are the C library's.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

REPLACED = (torch.float32, torch.float64)
Kernel = Callable[..., Tensor | None]
"""None: it does not fit its arguments."""


@cache
def replace() -> torch.library.Library:
    """Let torch's operators compute as above in this process, for tensors of REPLACED types on the
    CPU; gradients are torch's own formulas. oneDNN, which chooses its code by the sizes of caches
    too, is switched off."""
    torch.backends.mkldnn.set_flags(False)
    library = torch.library.Library("aten", "IMPL")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Warning only once for all operators")
        for name, kernel in _kernels().items():
            library.impl(name, _or_torchs(name, kernel), "CPU", with_keyset=True)
    return library


def _or_torchs(name: str, kernel: Kernel) -> Callable[..., Tensor]:
    """A kernel for what it fits, and torch's own for the rest: other types, and errors."""
    torchs = torch.library.get_kernel(f"aten::{name}", "CPU")

    def chosen(keys: Any, *args: Any, **options: Any) -> Tensor:
        tensors = [a for a in (*args, *options.values()) if isinstance(a, Tensor)]
        if all(a.dtype == tensors[0].dtype for a in tensors) and tensors[0].dtype in REPLACED:
            computed = kernel(*args, **options)
            if computed is not None:
                return computed
        result: Tensor = torchs.call_boxed(keys, *args, **options)
        return result

    return chosen


def _kernels() -> dict[str, Kernel]:
    functions = {"sqrt": np.sqrt, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos}
    functions["atan"] = np.arctan
    kernels: dict[str, Kernel] = {}
    for name, function in functions.items():
        kernels |= _forms(_elementwise(function), name, f"{name}.out", f"{name}_")
    kernels |= _forms(_power, "pow.Tensor_Scalar", "pow.Tensor_Scalar_out", "pow_.Scalar")
    for dimensions, name, sum_name in ((2, "mm", "addmm"), (3, "bmm", "baddbmm")):
        product, added_product = _products(dimensions)
        kernels |= _forms(product, name, f"{name}.out")
        kernels |= _forms(added_product, sum_name, f"{sum_name}.out", f"{sum_name}_")
    return kernels


def _forms(
    kernel: Kernel, plain: str, out_form: str, in_place: str | None = None
) -> dict[str, Kernel]:
    """A kernel under the names of the forms of its operator."""

    def into(*args: Any, out: Tensor, **options: Any) -> Tensor | None:
        computed = kernel(*args, **options)
        if computed is None:
            return None
        return out.resize_(computed.shape).copy_(computed)

    def onto(a: Tensor, *args: Any, **options: Any) -> Tensor | None:
        computed = kernel(a, *args, **options)
        if computed is None or computed.shape != a.shape:
            return None
        return a.copy_(computed)

    forms = {plain: kernel, out_form: into}
    return forms if in_place is None else forms | {in_place: onto}


def _products(dimensions: int) -> tuple[Kernel, Kernel]:
    """Products of matrices (2) or of batches of them (3), and their sums with another tensor."""

    def product(a: Tensor, b: Tensor) -> Tensor | None:
        shapes_fit = a.dim() == b.dim() == dimensions and a.shape[:-2] == b.shape[:-2]
        if not shapes_fit or a.shape[-1] != b.shape[-2]:
            return None
        return torch.from_numpy(np.matmul(_array(a), _array(b)))

    def added_product(
        added: Tensor, a: Tensor, b: Tensor, beta: float = 1, alpha: float = 1
    ) -> Tensor | None:
        out = product(a, b)
        if out is None:
            return None
        if alpha != 1:
            out.mul_(alpha)
        if beta != 0:  # As in BLAS: what is multiplied by 0 is not read, and may be NaN.
            out.add_(added, alpha=beta)
        return out

    return product, added_product


def _power(a: Tensor, exponent: float) -> Tensor | None:
    """The elements' roots, which torch takes for powers of 1/2."""
    return a.sqrt() if exponent == 0.5 else None


def _elementwise(function: np.ufunc) -> Kernel:
    def computed(a: Tensor) -> Tensor:
        out = torch.empty_like(a)
        function(_array(a), out=_array(out))
        return out

    return computed


def _array(a: Tensor) -> np.ndarray:
    return a.detach().numpy()
