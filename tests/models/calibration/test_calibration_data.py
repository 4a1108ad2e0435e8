"""Windows of tokens, beside those of Keras but for the first place, which changes there from process to process."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.models.calibration.calibration_data import token_samples


class Ordinals:
    def tokenize(self, text: str) -> list[int]:
        return [ord(character) for character in text]


@pytest.mark.parametrize(("tokens", "length", "count"), [(20, 4, 5), (20, 4, 17), (100, 10, 7), (3, 4, 9), (64, 8, 1)])
def test_windows_are_those_of_keras(real_keras, tokens, length, count):
    dataset = [np.arange(tokens)]
    mine = token_samples(dataset, None, length, count)
    theirs = real_keras.src.quantizers.gptq_core.get_dataloader(Ordinals(), length, dataset, num_samples=count)[:, 0]
    assert mine.shape == theirs.shape and mine.dtype is torch.int32
    needed = max(1, -(-length * count // tokens)) * tokens
    starts = np.arange(needed - length + 1)
    step = max(1, len(starts) // count)
    stream = np.resize(np.arange(tokens), needed)
    for found in (mine.numpy(), theirs):
        places = ((first + step * np.arange(count)) % len(starts) for first in starts)
        assert any(all(np.array_equal(stream[p : p + length], w) for p, w in zip(at, found)) for at in places)
    assert torch.equal(mine, token_samples(dataset, None, length, count))


@pytest.mark.parametrize(
    ("dataset", "tokenizer"),
    [
        (["abc", "de"], Ordinals()),
        (["abc", "de"], Ordinals().tokenize),
        ((text for text in ["abc", "de"]), lambda text: {"input_ids": [[ord(c) for c in text]]}),
        (["abc", "de"], lambda text: {"token_ids": torch.tensor([ord(c) for c in text])}),
        ([[97, 98, 99], np.array([[100, 101]])], None),
        (torch.arange(97, 102), None),
        (np.arange(97.0, 102.0), None),
        (["abc", [100, 101]], Ordinals()),
    ],
)
def test_texts_and_ids_are_taken(dataset, tokenizer):
    assert sorted(token_samples(dataset, tokenizer, 5, 1)[0].tolist()) == [97, 98, 99, 100, 101]


@pytest.mark.parametrize(
    ("dataset", "tokenizer", "error", "message"),
    [
        ("a text", Ordinals(), TypeError, "Got type: str"),
        (7, Ordinals(), TypeError, "Got type: int"),
        ([], Ordinals(), ValueError, "Provided dataset is empty"),
        (["", ""], Ordinals(), ValueError, "Not enough tokens to form one sample of length 4"),
        (["abc"], None, ValueError, "need a `tokenizer` in the config. Received: None"),
        (["a b"], str.split, TypeError, "The tokenizer method_descriptor returned .* Received: list"),
        ([b"abc"], None, TypeError, "The dataset holds .* Received: bytes"),
        ([{"a": 1}], None, TypeError, "Received: dict"),
        ([np.array([0.5, 1.0])], None, TypeError, "numbers of torch.float64"),
    ],
)
def test_bad_data_is_refused(dataset, tokenizer, error, message):
    with pytest.raises(error, match=message):
        token_samples(dataset, tokenizer, 4, 2)
