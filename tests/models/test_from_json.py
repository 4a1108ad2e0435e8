"""Models from JSON: the architecture comes back, and what is wrong with the text is said."""

from __future__ import annotations

import pytest

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.models.from_json import model_from_json
from torchkeras_compat.models.sequential import Sequential

TEXT = Sequential([Input((2,)), Dense(1, activation="relu", name="only")]).to_json()


def test_the_architecture_comes_back_and_the_weights_are_new() -> None:
    model = model_from_json(TEXT)
    assert isinstance(model, Sequential)
    assert [(layer.name, layer.units, layer.activation.__name__) for layer in model.layers] == [("only", 1, "relu")]
    assert [w.shape for w in model.get_weights()] == [(2, 1), (1,)]


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="Dence.*Did you mean 'Dense'"):
        model_from_json(TEXT.replace('"Dense"', '"Dence"'))


def test_the_path_of_a_file_is_not_its_text() -> None:
    with pytest.raises(ValueError, match=r"'a/model.json' is the path of a file. Pass the text"):
        model_from_json("a/model.json")
