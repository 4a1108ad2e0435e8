"""Names and configs of losses mean what they mean in Keras."""

from __future__ import annotations

import types

import pytest

from torchkeras_compat import losses


def test_names_are_those_of_keras(real_keras: types.ModuleType) -> None:
    names = "mse MSE mae MAE mape MAPE msle MSLE bce BCE kld KLD".split()
    names += [n for n in dir(losses) if n not in ("get", "serialize", "deserialize", "LossFunctionWrapper")]
    for name in names:
        found = losses.get(name)
        if name in ("categorical_generalized_cross_entropy", "CategoricalGeneralizedCrossEntropy"):
            continue  # Keras 3.15 forgot to list them
        expected = real_keras.losses.get(name)
        assert getattr(found, "__name__", found.__class__.__name__) == getattr(
            expected, "__name__", expected.__class__.__name__
        )
    assert losses.get(None) is None
    assert losses.get({"class_name": "Huber", "config": {"delta": 0.5}}).delta == 0.5
    assert isinstance(losses.get(losses.Huber), losses.Huber)


def test_an_unknown_name_comes_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="mean_squared_error"):
        losses.get("mean_squarederror")
