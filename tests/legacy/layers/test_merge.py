"""`Merge` of Keras 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, layers, models
from torchkeras_compat.legacy.layers.merge import Merge
from torchkeras_compat.saving import register_keras_serializable

A, B = torch.randn(2, 3), torch.randn(2, 3)


@register_keras_serializable("tests")
def difference(tensors: list[torch.Tensor], factor: float = 1.0) -> torch.Tensor:
    return factor * (tensors[0] - tensors[1])


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("sum", A + B),
        ("mul", A * B),
        ("ave", (A + B) / 2),
        ("max", torch.maximum(A, B)),
        ("concat", torch.cat([A, B], -1)),
        ("dot", (A * B).sum(1, keepdim=True)),
        ("cos", torch.cosine_similarity(A, B)[:, None]),
        (difference, A - B),
    ],
)
def test_modes(mode: Any, expected: torch.Tensor) -> None:
    torch.testing.assert_close(Merge(mode=mode, dot_axes=1)([A, B]), expected)


def _branches() -> list[Any]:
    return [Sequential([layers.Dense(2, input_dim=n)]) for n in (3, 4)]


X = [np.random.RandomState(0).randn(6, 3), np.random.RandomState(1).randn(6, 4)]


def test_branches_of_a_sequential(tmp_path: Path) -> None:
    model: Any = Sequential()
    model.add(Merge(_branches(), mode="concat"))
    model.add(layers.Dense(1))
    model.compile("sgd", "mse")
    before = [w.numpy().copy() for w in model.layers[0].trainable_weights]
    model.fit(X, np.ones((6, 1)), verbose=0)
    after = model.layers[0].trainable_weights
    assert len(after) == 4 and all(not np.array_equal(a, b.numpy()) for a, b in zip(before, after, strict=True))
    model.save(tmp_path / "m.keras")
    loaded: Any = models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))


def test_branches_within_branches() -> None:
    inner: Any = Sequential([Merge(_branches(), mode="sum"), layers.Dense(2)])
    outer: Any = Sequential([Merge([inner, Sequential([layers.Dense(2, input_dim=5)])], mode="mul"), layers.Dense(1)])
    x = [*X, np.ones((6, 5))]
    outer.compile("sgd", "mse")
    outer.fit(x, np.ones((6, 1)), verbose=0)
    assert outer.predict(x, verbose=0).shape == (6, 1)


def test_one_output_of_a_branch() -> None:
    start = layers.Input((3,))
    two = models.Model(start, [layers.Dense(2)(start), layers.Dense(4)(start)])
    merged = Merge([two, Sequential([layers.Dense(4, input_dim=3)])], tensor_indices=[1, None])
    assert merged([A, B]).shape == (2, 4)


def test_masks_let_through_what_all_let_through() -> None:
    masks = [torch.tensor([[True, True, False]]), torch.tensor([[True, False, False]])]
    assert Merge(mode="sum").compute_mask([A, B], masks).tolist() == [[True, False, False]]
    assert Merge(mode="dot", dot_axes=1).compute_mask([A, B], masks) is None
    assert Merge(mode="sum").compute_mask([A, B], [None, None]) is None
    custom = Merge(mode=difference, output_mask=lambda m: m[1])
    assert custom.compute_mask([A, B], masks) is masks[1]


def test_a_function_and_its_arguments_in_a_file(tmp_path: Path) -> None:
    a, b = layers.Input((3,)), layers.Input((3,))
    merged = Merge(mode=difference, output_shape=lambda shapes: shapes[0], arguments={"factor": 2.0})
    assert merged([a, b]).shape == (None, 3)
    layer = Merge(mode=difference, output_shape=(3,), arguments={"factor": 2.0})
    model = models.Model([a, b], layer([a, b]))
    model.save(tmp_path / "m.keras")
    loaded = models.load_model(tmp_path / "m.keras")
    torch.testing.assert_close(loaded([A, B]), 2 * (A - B))


def test_a_function_that_takes_masks() -> None:
    seen: list[Any] = []

    def function(tensors: Any, mask: Any) -> Any:
        seen.append(mask)
        return tensors[0]

    Merge(mode=function)([A, B])
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"mode": "difference"}, ValueError, "mode='difference'"),
        ({"layers": [layers.Dense(2)]}, ValueError, "at least two branches"),
        ({"layers": [3, 4]}, TypeError, "Received: 3"),
        ({"layers": [layers.Input((3,)), layers.Input((3,))]}, TypeError, "Received a symbolic tensor"),
        ({"layers": [layers.Dense(2), layers.Dense(2)], "node_indices": [0, 1]}, ValueError, r"\[0, 1\]"),
        ({"layers": [layers.Dense(2), layers.Dense(2)], "tensor_indices": [0]}, ValueError, "one index for each"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Merge(**arguments)


def test_bad_inputs() -> None:
    with pytest.raises(TypeError, match="takes a list of tensors"):
        Merge()(A)
    with pytest.raises(TypeError, match="at least two tensors. Received: 1"):
        Merge()([A])
    with pytest.raises(ValueError, match="have 2 inputs. Received: 3"):
        Merge(_branches())([A, B, A])


def test_a_branch_in_several_places_has_one_input() -> None:
    first, second, third = (models.Sequential([layers.Dense(3, input_dim=2)]) for _ in range(3))
    inner = models.Sequential([Merge([first, second], mode="sum")])
    middle = models.Sequential([Merge([inner, third], mode="sum"), layers.Dense(3)])
    model = models.Sequential([Merge([middle, second], mode="concat")])
    assert model.output_shape == (None, 6) and len(model.inputs) == 3
    assert inner.input_shape == [(None, 2), (None, 2)]
    a, b, c = (torch.full((1, 2), float(i)) for i in (1, 2, 3))
    expected = torch.cat([middle.layers[-1](first(a) + second(b) + third(c)), second(b)], -1)
    torch.testing.assert_close(model([a, b, c]), expected)
    with pytest.raises(ValueError, match="have 3 inputs. Received: 2 tensors"):
        Merge([middle, second])([a, b])
