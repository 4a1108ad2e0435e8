"""Layers and models that take integers build with the dtypes that they are called with."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils import _pytree as pytree

import torchkeras_compat as keras
from torchkeras_compat import layers

IDS = np.arange(40).reshape(8, 5) % 10


class OneHot(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.dense(F.one_hot(inputs, 10).float())


class Looked(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.table = self.add_weight(shape=(10, 4), name="table")
        self.dense = layers.Dense(3)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.dense(self.table.value[inputs])


class Embedded(layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 4)
        self.dense = layers.Dense(3)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.dense(self.embedding(inputs))


@keras.saving.register_keras_serializable()
class Mixed(keras.Model):
    """Token ids and numbers beside each other."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(10, 4)
        self.dense = layers.Dense(3)

    def call(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        return self.dense(torch.cat([self.embedding(inputs["ids"]).mean(1), inputs["numbers"]], dim=-1))


class ModelOutput(OrderedDict):
    """Outputs by name or position, as models of Hugging Face return them."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


pytree.register_pytree_node(ModelOutput, lambda x: (list(x.values()), list(x)), lambda v, k: ModelOutput(zip(k, v)))


class Encoder(nn.Module):
    """Stands for a model of Hugging Face: keyword arguments in, a `ModelOutput` out."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 4)
        self.linear = nn.Linear(4, 4)

    def forward(self, input_ids: Any = None, attention_mask: Any = None, return_dict: bool = True) -> Any:
        hidden = self.linear(self.embedding(input_ids))
        if attention_mask is not None:
            hidden = hidden * attention_mask[..., None]
        return ModelOutput(last_hidden_state=hidden, hidden_states=(hidden,)) if return_dict else (hidden,)


class Classifier(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.dense = layers.Dense(2)

    def call(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        out = self.encoder(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        return self.dense(out.last_hidden_state[:, 0])


@pytest.mark.parametrize("make", [OneHot, Looked, Embedded, lambda: keras.Sequential([Embedded()])])
def test_a_call_on_integers_builds(make: Any) -> None:
    model = make()
    assert model(torch.as_tensor(IDS)).shape == (8, 5, 3)
    assert [tuple(v.shape) for v in model.weights if "kernel" in v.path] in ([(10, 3)], [(4, 3)])


@pytest.mark.parametrize("make", [OneHot, Looked])
def test_fit_and_build_for_a_shape_build_too(make: Any) -> None:
    model = make()
    model.compile("sgd", "mse")
    model.fit(IDS, np.zeros((8, 5, 3)), verbose=0)
    built = make()
    built.build((None, 5))
    assert [v.shape for v in built.weights] == [v.shape for v in model.weights]


def test_what_the_shapes_do_not_allow_is_still_an_error() -> None:
    class Wrong(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            return self.dense(inputs @ torch.zeros(7, 2))

    with pytest.raises(ValueError, match=r"running `call` on inputs of shape \(8, 5\) did not build them"):
        Wrong().build((8, 5))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        Wrong()(torch.zeros(8, 5))


def test_files_know_which_inputs_are_integers(tmp_path: Path) -> None:
    x = {"ids": IDS, "numbers": np.ones((8, 2), "float32")}
    model = Mixed()
    model.compile("sgd", "mse")
    model.fit(x, np.zeros((8, 3)), verbose=0)
    assert model.get_build_config()["dtypes"] == {"inputs": {"ids": "int64", "numbers": "float32"}}
    model.save(tmp_path / "mixed.keras")
    again = keras.saving.load_model(tmp_path / "mixed.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize("dtypes", [{"inputs": "no dtype"}, {"inputs": {"ids": "int64"}}, {"inputs": 3}, [], "int64"])
def test_dtypes_of_a_file_that_fit_no_shape_are_passed_over(dtypes: Any) -> None:
    model = OneHot()
    model.build_from_config({"input_shape": [None, 5], "dtypes": dtypes})
    assert model.dense.kernel.shape == (10, 3)


def test_modules_like_those_of_hugging_face_stand_in_models() -> None:
    x = {"input_ids": IDS, "attention_mask": np.ones_like(IDS)}
    model = Classifier()
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    before = model(x)
    history = model.fit(x, np.zeros(8, int), epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert len(model.weights) == 5
    assert not torch.equal(model(x), before)
    ids, mask = keras.Input((5,), dtype="int64"), keras.Input((5,), dtype="int64")
    out = layers.TorchModuleWrapper(model.encoder)(input_ids=ids, attention_mask=mask)
    assert type(out) is ModelOutput
    graph = keras.Model([ids, mask], model.dense(out.last_hidden_state[:, 0]))
    torch.testing.assert_close(graph([x["input_ids"], x["attention_mask"]]), model(x))
