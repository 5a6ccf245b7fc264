from __future__ import annotations

import math

import torch

from downscaling.generation.sampling import gumbel, splitmix64


def test_splitmix64_gives_its_published_numbers():
    """A sign that a shift drags along, or an overflow: noise that looks random and is not."""
    state = torch.tensor([1234567])
    numbers = [int(splitmix64(state, step)) % 2**64 for step in range(5)]
    assert numbers == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_noise_is_standard_gumbel():
    """A wrong sign or scale, or an infinity at an end of the uniform."""
    noise = gumbel(torch.arange(200), 3, 1000)
    assert torch.isfinite(noise).all()
    assert abs(float(noise.mean()) - 0.5772) < 0.015
    assert abs(float(noise.var()) - math.pi**2 / 6) < 0.04


def test_noise_of_a_question_knows_no_other():
    """Noise by row of the batch or by size of the vocabulary."""
    seeds = torch.tensor([11, 2**62, -5])
    noise = gumbel(seeds, 7, 50)
    for row, seed in enumerate(seeds):
        assert torch.equal(gumbel(seed[None], 7, 40)[0], noise[row, :40])


def test_neighbouring_seeds_and_steps_are_independent():
    """Streams that overlap, so that question n + 1 repeats question n a step later."""
    rows = [gumbel(torch.tensor([seed]), step, 20_000)[0] for seed in range(3) for step in range(3)]
    correlation = torch.corrcoef(torch.stack(rows)) - torch.eye(len(rows))
    assert float(correlation.abs().max()) < 0.03
    assert len(set(torch.stack(rows).flatten().tolist())) == 9 * 20_000
