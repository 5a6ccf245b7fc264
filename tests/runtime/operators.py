"""Prints a digest of what each kind of arithmetic in the study gives: `name sha256`, one a line.

Run as a job is: the environment is set before anything is imported. The argument says whether it is
portable or native. test_numerics.py compares processors.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import tempfile
from pathlib import Path

from downscaling.runtime import numerics

NUMERICS = sys.argv[1]
numerics.set_environment(json.dumps({"numerics": NUMERICS}), threads=1)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional  # noqa: E402

numerics.fix_algorithms(NUMERICS)  # type: ignore[arg-type]
BACKBONES = Path(__file__).parents[2] / "backbones"


def show(name: str, *values: object) -> None:
    """Print the digest of tensors, arrays, bytes or anything with a text."""
    total = hashlib.sha256()
    for value in values:
        if isinstance(value, torch.Tensor):
            held = value.detach().contiguous().reshape(-1)
            value = held.view(torch.uint8).numpy().tobytes() if held.numel() else b""
        elif isinstance(value, np.ndarray):
            value = value.tobytes()
        total.update(value if isinstance(value, bytes) else str(value).encode())
    print(f"{name}: {total.hexdigest()[:16]}", flush=True)


def operators(kind: torch.dtype) -> None:
    """What networks, losses and optimisers are made of."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4096, generator=generator).to(kind)
    p, m = x.abs() + 1e-3, x.view(64, 64)
    unit = p / (p.max() + 1)
    for name in (
        *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal"),
        *("tanh", "sigmoid", "erf", "erfc", "sin", "cos", "tan", "atan", "asin", "acos", "erfinv"),
    ):
        operator = getattr(torch, name)
        show(f"{name} {kind}", operator(unit), operator(unit[::3]))
    show(f"root in place {kind}", p.clone().sqrt_(), p.clone().pow_(0.5), p**0.5)
    show(f"root into {kind}", torch.sqrt(p, out=torch.empty(0, dtype=kind)))
    show(f"powers {kind}", p**1.7, p**-0.5, 0.98**p, p**x, x**3)
    for name in ("gelu", "silu", "softplus", "logsigmoid", "elu", "mish"):
        show(f"{name} {kind}", getattr(functional, name)(x))
    show(f"gelu by tanh {kind}", functional.gelu(x, approximate="tanh"))
    show(f"softmax {kind}", m.softmax(-1), m.softmax(0), m.log_softmax(-1), m.logsumexp(-1))
    show(f"norms {kind}", functional.layer_norm(m, (64,)), functional.rms_norm(m, (64,)))
    show(f"lengths {kind}", m.norm(), m.std(-1), m.var(), torch.linalg.vector_norm(m, dim=-1))
    show(f"distances {kind}", torch.cdist(m, m), functional.normalize(m))
    show(f"many {kind}", *torch._foreach_norm([m, x]), *torch._foreach_sqrt([p]))
    show(f"sums {kind}", x.sum(), m.mean(0), x.cumsum(0), torch.hypot(x, p), torch.atan2(x, p))
    show(f"products {kind}", m @ m, m @ m.T, m.T @ m[:, ::2], m @ m[0], x @ p, torch.outer(x, x))
    show(f"sums of products {kind}", torch.addmm(m[0], m, m, beta=0.5, alpha=2), m.addmm(m, m))
    batch = m.view(4, 16, 64)
    show(f"batches {kind}", batch @ batch.mT, torch.baddbmm(batch @ batch.mT, batch, batch.mT))
    show(f"products into {kind}", torch.mm(m, m, out=torch.empty_like(m)), m.clone().addmm_(m, m))
    show(f"einsum {kind}", torch.einsum("bik,bjk->bij", batch, batch))
    heads = m.view(2, 4, 16, 32)
    masked = torch.zeros(16, 16, dtype=kind).masked_fill(torch.ones(16, 16).triu(1) > 0, -1e4)
    attention = functional.scaled_dot_product_attention
    show(f"attention {kind}", attention(heads, heads, heads, is_causal=True))
    show(f"masked attention {kind}", attention(heads, heads, heads, attn_mask=masked))
    pixels, patches = x[:3072].view(1, 3, 32, 32), x[:1536].view(8, 3, 8, 8)
    show(f"patches {kind}", functional.conv2d(pixels, patches, stride=8))
    show(f"cross entropy {kind}", functional.cross_entropy(m, torch.arange(64)))
    show(f"algebra {kind}", torch.linalg.svdvals(m), torch.linalg.inv(m), *torch.linalg.qr(m))
    show(f"order {kind}", x.round().argsort(), x.sort()[0], x.round().topk(50)[1])
    torch.manual_seed(1)
    show(f"draws {kind}", torch.randn(999, dtype=kind), torch.rand(999, dtype=kind))
    show(f"choices {kind}", torch.multinomial(m.softmax(-1), 3), torch.randperm(999))
    show(f"spreads {kind}", torch.nn.init.trunc_normal_(torch.empty(999, dtype=kind)))


def half_precision() -> None:
    """bfloat16, which models may compute in on a CPU too."""
    m = torch.randn(64, 64, generator=torch.Generator().manual_seed(0)).bfloat16()
    heads = m.view(2, 4, 16, 32)
    attention = functional.scaled_dot_product_attention(heads, heads, heads)
    show("bfloat16", m @ m, torch.addmm(m, m, m), m @ m[0], m.softmax(-1), functional.silu(m))
    show("bfloat16 attention", attention)


def arrays() -> None:
    """What scores, the probe and figures compute with numpy, scipy and statsmodels."""
    from sklearn.linear_model import LogisticRegression

    from downscaling.scoring.intervals import paired_bootstrap, wilson

    draws = np.random.default_rng(0)
    x = draws.standard_normal((120, 24)).astype(np.float32)
    y = np.array(["red", "green", "blue"])[np.abs(x[:, :3]).argmax(1)]
    doubled = np.abs(x.astype(float)) + 1
    show("numpy products", x.T @ x, doubled @ doubled.T, x @ x[0], np.dot(x[0], x[1]))
    show("numpy functions", *(f(np.abs(x) + 1) for f in (np.exp, np.log, np.sqrt, np.tanh, np.sin)))
    show("numpy in double", np.exp(doubled), np.log(doubled), np.sqrt(doubled), doubled**1.7)
    show("numpy sums", x.sum(), x.mean(0), x.std(1), np.quantile(x, 0.3), np.argsort(x.round(), 0))
    show("numpy algebra", np.linalg.svd(x)[1], np.linalg.inv(x.T @ x), *np.linalg.eigh(x.T @ x))
    fitted = LogisticRegression(max_iter=200).fit(x, y)
    show("probe", fitted.coef_, fitted.predict(x), fitted.predict_proba(x))
    show("Wilson's intervals", *wilson(doubled[0] / 9, np.full(24, 50.0)))
    differences, strata = draws.integers(-1, 2, (60, 2)), draws.integers(0, 3, 60)
    show("bootstrap", *vars(paired_bootstrap(differences, strata, 200, seed=0)).values())


def networks() -> None:
    """The shipped tower and a shipped language model: features, tuning, greedy and sampled
    answers."""
    from transformers import AutoModel, Qwen3ForCausalLM

    from downscaling.config.generation import Sampling
    from downscaling.generation.batching import Prompt
    from downscaling.generation.generate import generate
    from downscaling.generation.sampling import Greedy
    from downscaling.miniature import picture, tower, world
    from downscaling.models.assemble import load_language_model
    from downscaling.models.optimizer import MuonWithAdamW

    rng = random.Random(0)
    scenes = [world.scene(rng) for _ in range(4)]
    show("pictures", *map(picture.png, scenes))
    seeing = AutoModel.from_pretrained(BACKBONES / "tower").eval()
    seeing = getattr(seeing, "vision_model", seeing)
    with torch.no_grad():
        show("features", seeing(tower.pixels_of(scenes)).last_hidden_state)

    model, tokenizer = load_language_model(BACKBONES / "0.6B", "float32")
    ids = tokenizer("the cat is red. which color is the cat? red.").input_ids
    prompts = [Prompt(ids[:-k], (), seed=k) for k in (1, 2, 3)]
    show("greedy", *generate(model, tokenizer, prompts, Greedy(12)))
    drawn = Sampling(temperature=0.9, top_p=0.9, top_k=20, max_new_tokens=12)
    show("sampled", *generate(model, tokenizer, prompts, drawn))
    assert isinstance(model, Qwen3ForCausalLM)
    start = {name: value.clone() for name, value in model.state_dict().items()}
    batch = torch.tensor([ids, ids[::-1]])
    makers = {
        "AdamW": lambda: torch.optim.AdamW(model.parameters(), 1e-2),
        "fused AdamW": lambda: torch.optim.AdamW(model.parameters(), 1e-2, fused=True),
        "Muon": lambda: MuonWithAdamW(
            [{"params": [p for p in model.model.layers.parameters() if p.dim() == 2], "lr": 1e-2}],
            [{"params": [p for p in model.parameters() if p.dim() != 2], "lr": 1e-2}],
        ),
    }
    for name, make in makers.items():
        model.load_state_dict(start)
        optimizer = make()
        for _ in range(3):
            optimizer.zero_grad()
            model(input_ids=batch, labels=batch).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        show(f"tuning by {name}", *model.state_dict().values())


def figure() -> None:
    """One figure, as PNG, SVG and data."""
    import pandas as pd
    from matplotlib.figure import Figure

    from downscaling.figures.saving import save

    drawing = Figure(figsize=(3, 2))
    axes = drawing.subplots()
    data = pd.DataFrame({"x": np.linspace(0, 1, 9), "y": np.exp(np.linspace(0, 1, 9))})
    axes.plot(data["x"], data["y"], label="accuracy")
    axes.set_title("Perception, $n = 9$")
    axes.legend()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"figure.{kind}" for kind in ("png", "svg", "csv")]
        save("figure", drawing, data, *files)
        for file in files:
            show(f"figure {file.suffix}", file.read_bytes())


with torch.inference_mode():
    operators(torch.float32)
    operators(torch.float64)
    half_precision()
arrays()
networks()
figure()
