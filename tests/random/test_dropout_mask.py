"""Dropout by whole random words."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.random.dropout_mask import WordDropout, draws_words, dropout_by_words


@pytest.mark.parametrize("rate", [0.001, 0.2, 0.5, 0.9])
def test_the_fraction_is_the_rate_and_the_mean_stays(rate):
    torch.manual_seed(0)
    x = torch.ones(1_000_001)
    found = dropout_by_words(x, rate)
    assert (found == 0).float().mean().item() == pytest.approx(rate, abs=4 * (rate * (1 - rate) / 1e6) ** 0.5)
    assert found[found != 0].unique().item() == pytest.approx(1 / (1 - rate))


def test_neighbours_are_independent():
    torch.manual_seed(0)
    kept = (dropout_by_words(torch.ones(2**20), 0.5) != 0).float() - 0.5
    for step in (1, 2, 3, 512):
        assert abs((kept[step:] * kept[:-step]).mean().item()) < 0.0015


def test_gradients_pass_where_values_do():
    torch.manual_seed(0)
    x = torch.ones(5000, requires_grad=True)
    found = dropout_by_words(x, 0.3)
    found.sum().backward()
    assert torch.equal(x.grad, found.detach())


def test_a_seed_gives_the_mask_again():
    found = []
    for _ in range(2):
        torch.manual_seed(3)
        found.append(dropout_by_words(torch.ones(70, 71), 0.5))
    assert torch.equal(*found)
    assert not torch.equal(found[0], dropout_by_words(torch.ones(70, 71), 0.5))


@pytest.mark.parametrize(
    ("x", "rate", "expected"),
    [
        (torch.ones(5000), 0.5, True),
        (torch.ones(100), 0.5, False),
        (torch.ones(5000, dtype=torch.float16), 0.5, False),
        (torch.ones(5000, device="meta"), 0.5, False),
        (torch.ones(5000), 1.0, False),
        (torch.ones(5000), 0.0, False),
    ],
)
def test_where_words_are_drawn(x, rate, expected):
    assert draws_words(x, rate) is expected


def test_the_module_is_torchs_in_other_cases():
    x = torch.ones(100, 100)
    assert torch.equal(WordDropout(1.0)(x), torch.zeros_like(x))
    assert WordDropout(0.5).eval()(x) is x
    inside = WordDropout(0.5, inplace=True)
    assert inside(x) is x
    assert isinstance(layers.Dropout(0.5).dropout, torch.nn.Dropout)


def test_the_mask_lies_where_the_tensor_is_whatever_the_default_device() -> None:
    x = torch.ones(5000)
    with torch.device("meta"):
        found = dropout_by_words(x, 0.5)
    assert sorted(set(found.tolist())) == [0.0, 2.0]
