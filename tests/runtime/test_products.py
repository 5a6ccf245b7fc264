"""Products and roots that replace torch's: the same values, forms, gradients and errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from downscaling.runtime import products

Call = tuple[str, tuple[Any, ...], dict[str, float]]


@pytest.fixture
def replaced() -> Iterator[Callable[[], object]]:
    """Replaces torch's operators for the rest of a test."""
    yield products.replace
    products.replace()._destroy()
    products.replace.cache_clear()
    torch.backends.mkldnn.set_flags(True)


def drawn(*shape: int, kind: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape))).to(kind)


def calls() -> Iterator[Call]:
    """Operators with operands of every layout, and empty ones."""
    for kind in (torch.float32, torch.float64):
        a, b = drawn(5, 7, kind=kind), drawn(7, 3, kind=kind)
        strided = drawn(10, 14, kind=kind)[::2, ::2]
        pairs = [
            *((a, b), (drawn(7, 5, kind=kind).t(), drawn(3, 7, kind=kind).t()), (strided, b)),
            *((a[:1].expand(5, 7), b[:, :1].expand(7, 3)), (a[:0], b), (a[:, :0], b[:0])),
        ]
        for left, right in pairs:
            yield "mm", (left, right), {}
            yield "bmm", (left.expand(4, *left.shape), right.expand(4, *right.shape)), {}
            for added in (drawn(3, kind=kind), drawn(1, kind=kind), drawn(len(left), 3, kind=kind)):
                for beta, alpha in ((1.0, 1.0), (0.0, 1.0), (0.5, 2.0), (2.0, 0.0)):
                    yield "addmm", (added, left, right), {"beta": beta, "alpha": alpha}
                    batches = [matrix.expand(4, *matrix.shape) for matrix in (left, right)]
                    yield "baddbmm", (added, *batches), {"beta": beta, "alpha": alpha}
        yield "addmm", (torch.full((3,), torch.nan, dtype=kind), a, b), {"beta": 0.0}
    numbers = (drawn(4, 6).abs().t(), drawn(0), torch.tensor(2.0), torch.arange(5))
    for x in (*numbers, drawn(3).bfloat16().abs(), torch.complex(drawn(3), drawn(3))):
        yield from (
            (name, (x,), {}) for name in ("sqrt", "tan", "atan") + ("asin", "acos") * x.is_complex()
        )
        yield from (("pow", (x, exponent), {}) for exponent in (0.5, 2, 1.7))
    for other in (torch.bfloat16, torch.int64):
        yield "mm", ((3 * drawn(5, 7)).to(other), (3 * drawn(7, 3)).to(other)), {}


def test_values_and_layouts_are_torchs(replaced: Callable[[], object]) -> None:
    """Catches an operand whose strides are taken for another's, a NaN that beta = 0 lets in, an
    empty product, and a type that is not ours and comes out wrong."""
    asked = list(calls())
    expected = [getattr(torch, name)(*args, **options) for name, args, options in asked]
    replaced()
    for (name, args, options), right in zip(asked, expected, strict=True):
        computed = getattr(torch, name)(*args, **options)
        torch.testing.assert_close(computed, right, msg=f"{name} {options}", equal_nan=True)
        if computed.numel():
            assert computed.stride() == right.stride(), (name, options)


def test_every_form_of_an_operator_computes_the_same(replaced: Callable[[], object]) -> None:
    """Catches an in-place root or product, or one into a given tensor, that still goes to MKL."""
    replaced()
    x, a, b = drawn(9).abs(), drawn(5, 7), drawn(7, 3)
    root, product, added = x.sqrt(), a @ b, drawn(5, 3)
    for form in (
        *(x.clone().sqrt_(), x.clone().pow_(0.5), x**0.5, torch._foreach_sqrt([x])[0]),
        *(torch.sqrt(x, out=torch.empty(0)), torch.pow(x, 0.5, out=torch.empty(9))),
    ):
        assert torch.equal(form, root)
    assert torch.equal(root.double(), x.double().sqrt().float().double())
    assert torch.equal(torch.mm(a, b, out=torch.empty(3, 5).t()), product)
    total = torch.addmm(added, a, b)
    assert torch.equal(added.clone().addmm_(a, b), total)
    assert torch.equal(torch.addmm(added, a, b, out=torch.empty(0)), total)
    assert torch.equal(torch.baddbmm(added[None], a[None], b[None])[0], total)
    assert torch.equal(torch.einsum("ij,jk->ik", a, b), product)
    assert torch.equal(torch.nn.functional.linear(a, b.t(), None), product)


def test_gradients_are_right(replaced: Callable[[], object]) -> None:
    """Catches a replaced operator through which a loss no longer reaches the weights."""
    replaced()
    a, b, added = (drawn(*shape, kind=torch.float64) for shape in ((5, 7), (7, 3), (3,)))
    for value in (a, b, added):
        value.requires_grad_()
    check: Any = torch.autograd.gradcheck
    assert check(lambda *args: torch.addmm(*args, beta=0.5, alpha=2), (added, a, b))
    assert check(lambda a, b: torch.bmm(a[None], b[None]), (a, b))
    assert check(lambda a: (a * a + 1).sqrt() + (a * a + 1) ** 0.5, (a,))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: torch.mm(drawn(2, 3), drawn(2, 3)),
        lambda: torch.mm(drawn(2, 3), drawn(3, 3, kind=torch.float64)),
        lambda: torch.mm(drawn(2, 2, 3), drawn(2, 3, 2)),
        lambda: torch.bmm(drawn(2, 2, 3), drawn(3, 3, 2)),
        lambda: torch.addmm(drawn(4), drawn(2, 3), drawn(3, 3)),
        lambda: drawn(3).addmm_(drawn(5, 7), drawn(7, 3)),
    ],
)
def test_what_does_not_fit_is_torchs_error(
    replaced: Callable[[], object], wrong: Callable[[], Tensor]
) -> None:
    """Catches shapes that numpy would broadcast, and that a model's fault should show at once."""
    replaced()
    with pytest.raises(RuntimeError):
        wrong()
