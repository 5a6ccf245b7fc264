"""Tiny random backbones with the miniature's tokenizer, for every test that needs a model."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Property tests: the same examples in every run, however busy the machine is.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

# A test that calls make is no part of the make that called the tests.
for _name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PRESET", "YES"):
    os.environ.pop(_name, None)

# Where the tests run in the background of a shell, Ctrl-C is ignored; what they start heeds it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

FIRST = ("test_smoke.py", "test_keys.py", "test_numerics.py", "test_paper.py", "test_dvc.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let several calls of pytest share one run of the smoke graph."""
    parser.addoption("--smoke-run", metavar="FOLDER", help="keep the run of the smoke graph here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole graphs go first: started last, one would keep a process busy while the other idles."""
    items.sort(key=lambda item: item.path.name not in FIRST)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Results are equal to the bit at one thread count alone."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def language_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untrained tiny Qwen3 and the miniature's tokenizer."""
    import torch
    from transformers import Qwen3ForCausalLM

    from downscaling.config.backbones import LanguageModelPretraining
    from downscaling.miniature import tokenizer
    from downscaling.miniature.language_model import language_config

    words = tokenizer.build()
    settings = LanguageModelPretraining(
        hidden_size=32,
        layers=2,
        heads=2,
        feed_forward=64,
        review_steps=0,
        steps=1,
        batch_size=1,
        learning_rate=0.0,
        muon_learning_rate=0.0,
        seed=0,
    )
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("backbones") / "language-model"
    config = language_config(settings, words)
    config.tie_word_embeddings = False  # or an untrained model repeats its last word
    config.initializer_range = 0.3
    Qwen3ForCausalLM(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untrained tiny SigLIP tower for 48x48 images."""
    import torch
    from transformers import SiglipVisionConfig, SiglipVisionModel

    torch.manual_seed(0)
    config = SiglipVisionConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=48,
        patch_size=16,
        vision_use_head=False,
    )
    folder = tmp_path_factory.mktemp("backbones") / "tower"
    SiglipVisionModel(config).save_pretrained(folder)
    return folder
