"""Checks of layers: each one catches the defect that was planted for it, and good layers pass all."""

from __future__ import annotations

import copy
import functools
from typing import Any

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.layers import Layer
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.testing import CheckFailure, check_layer
from torchkeras_compat.testing.check import CHECKS, run_checks
from torchkeras_compat.testing.layer import LayerSubject


class Scale(Layer):
    """Without defect: a weight for each feature."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale.value


class SaysAnotherShape(Scale):
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 1)


class TakesAnyBatchForOne(Scale):
    def compute_output_shape(self, input_shape):
        return (1 if input_shape[0] is None else input_shape[0], *input_shape[1:])


class AnnouncesIntegers(Scale):
    def compute_output_spec(self, inputs):
        return KerasTensor(inputs.shape, "int32")


class ForgetsItsLabel(Scale):
    def __init__(self, label="a", **kwargs):
        super().__init__(**kwargs)
        self.label = label

    def get_config(self):
        config = super().get_config()
        config.pop("label", None)
        return config


class SavesNothing(Scale):
    def save_own_variables(self, store):
        pass


class NamesTwoWeightsAlike(Layer):
    def build(self, input_shape):
        self.a = self.add_weight(shape=input_shape[-1:], name="w")
        self.b = self.add_weight(shape=input_shape[-1:], name="w")

    def call(self, inputs):
        return inputs * self.a.value + self.b.value


class DetachesAWeight(Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")
        self.shift = self.add_weight(shape=input_shape[-1:], name="shift")

    def call(self, inputs):
        return inputs * self.scale.value.detach() + self.shift.value


class StopsHalfOfTheGradient(Scale):
    def call(self, inputs):
        y = inputs * self.scale.value
        return y + (y * y).detach()


class AlwaysDropsOut(Scale):
    def call(self, inputs):
        return torch.nn.functional.dropout(inputs * self.scale.value, 0.5, True)


class MasksAnotherAxis(Scale):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs, previous_mask):
        return None if previous_mask is None else previous_mask[:, 1:]


class LerpsInOneDtype(Scale):
    def call(self, inputs):
        return torch.lerp(inputs, self.scale.value.expand_as(inputs), 0.5)


class CopiesNothing(Scale):
    def __deepcopy__(self, memo):
        return self


class HoldsALambda(Scale):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.function = lambda x: 2 * x

    def call(self, inputs):
        return self.function(super().call(inputs))

    def get_config(self):
        return {"name": self.name}


class HidesItsState(Scale):
    def state_dict(self, *args, **kwargs):
        return {}


class Prints(Scale):
    def call(self, inputs):
        print(end="")
        return super().call(inputs)


class KeepsItsInput(Scale):
    def call(self, inputs):
        self.__dict__["last"] = inputs.detach()
        return super().call(inputs)


class StaysOnTheCpu(Scale):
    def call(self, inputs):
        return super().call(inputs) * (2 * torch.ones(inputs.shape[-1]))


class Squeezes(Scale):
    def call(self, inputs):
        return super().call(inputs).squeeze().reshape(-1 if len(inputs) == 1 else inputs.shape)


class AddsALossOfNan(Scale):
    def call(self, inputs):
        if self.training:
            self.add_loss(inputs.mean() * float("nan"))
        return super().call(inputs)


class DividesByTheInput(Scale):
    def call(self, inputs):
        return super().call(inputs) / (inputs + inputs.sign() + (inputs == 0) * 0.0)


def planted(layer: type, inputs: Any = (4,), **arguments: Any) -> functools.partial:
    return functools.partial(LayerSubject, layer, inputs, arguments=arguments)


DEFECTS = {
    "build": planted(TakesAnyBatchForOne),
    "symbolic": planted(AnnouncesIntegers),
    "config": planted(ForgetsItsLabel, label="b"),
    "file": planted(SavesNothing),
    "weights": planted(NamesTwoWeightsAlike),
    "gradients": planted(DetachesAWeight),
    "gradcheck": planted(StopsHalfOfTheGradient),
    "modes": planted(AlwaysDropsOut),
    "masks": planted(MasksAnotherAxis, (5, 4)),
    "mixed_precision": planted(LerpsInOneDtype),
    "deepcopy": planted(CopiesNothing),
    "pickles": planted(HoldsALambda),
    "state_dict": planted(HidesItsState),
    "compiles": planted(Prints),
    "exports": planted(KeepsItsInput),
    "devices": planted(StaysOnTheCpu),
    "batch_sizes": planted(Squeezes),
    "training_run": planted(AddsALossOfNan),
    "any_inputs": planted(DividesByTheInput),
}
GOOD = {
    "a layer of one's own": (Scale, (4,), {}),
    "Dense": (layers.Dense, (4,), {"units": 2}),
    "Conv2D": (layers.Conv2D, (8, 8, 3), {"filters": 2, "kernel_size": 3}),
    "LSTM": (layers.LSTM, (None, 4), {"units": 3}),
    "BatchNormalization": (layers.BatchNormalization, (4,), {}),
    "Dropout": (layers.Dropout, (5, 4), {"rate": 0.5}),
    "Embedding, of integers": (layers.Embedding, torch.tensor([[0, 4], [1, 2]]), {"input_dim": 5, "output_dim": 2}),
    "Embedding, that masks": (
        layers.Embedding,
        torch.tensor([[0, 4], [1, 2]]),
        {"input_dim": 5, "output_dim": 2, "mask_zero": True},
    ),
    "Add, of two inputs": (layers.Add, [(3,), (3,)], {}),
    "MultiHeadAttention, of two arguments": (
        layers.MultiHeadAttention,
        {"query": (5, 4), "value": (6, 4)},
        {"num_heads": 2, "key_dim": 3},
    ),
    "TimeDistributed, of a layer": (layers.TimeDistributed, (5, 4), {"layer": layers.Dense(2)}),
    "a torch module": (torch.nn.Linear, (4,), {"in_features": 4, "out_features": 2}),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    pytest.importorskip("hypothesis")
    results = run_checks(DEFECTS[name](), hypothesis=True)
    assert [result.check for result in results.failed] == [name], "\n".join(map(str, results.failed))
    assert results.failed[0].message.startswith(f"layer {DEFECTS[name].args[0].__name__}, check {name!r}: ")


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["layer"])


@pytest.mark.parametrize("name", GOOD)
def test_a_good_layer_passes(name: str) -> None:
    layer, inputs, arguments = GOOD[name]
    results = check_layer(layer, inputs, arguments=arguments)
    assert len(results) == len(CHECKS["layer"]) - 1


def test_a_message_says_what_was_wrong_what_was_received_and_what_to_do() -> None:
    with pytest.raises(CheckFailure, match=r"said to have the shape \(3, 1\)\. Received: an output of \(3, 4\)\. Make"):
        check_layer(SaysAnotherShape, (4,))


def test_what_call_raises_is_the_cause_of_the_failure() -> None:
    class Broken(Layer):
        def call(self, inputs):
            raise KeyError("no such thing")

    with pytest.raises(CheckFailure, match=r"(?s)of 18 checks failed.*KeyError was raised.*no such thing") as raised:
        check_layer(Broken, (4,))
    assert isinstance(raised.value.__cause__.__cause__, KeyError)


def test_checks_can_be_left_out_with_a_reason() -> None:
    results = check_layer(SaysAnotherShape, (4,), skip={"build": "known"})
    assert [(r.check, r.message) for r in results.skipped if r.check == "build"] == [("build", "known")]
    with pytest.raises(ValueError, match="There is no check 'buidl' of a layer to skip. Did you mean 'build'"):
        check_layer(Scale, (4,), skip=["buidl"])


def test_layers_functions_and_classes_are_taken() -> None:
    check_layer(layers.Dense(2), (4,), skip=[n for n in CHECKS["layer"] if n != "build"])
    check_layer(lambda: layers.Dense(2), (4,), skip=[n for n in CHECKS["layer"] if n != "build"])


def test_what_cannot_be_checked_is_refused() -> None:
    built = layers.Dense(2)
    built(torch.zeros(1, 3))
    with pytest.raises(TypeError, match="has weights already"):
        check_layer(built, (3,))
    with pytest.raises(TypeError, match="Received: 3 of type int"):
        check_layer(3, (3,))
    with pytest.raises(TypeError, match="`arguments` are for a class"):
        check_layer(layers.Dense(2), (3,), arguments={"units": 2})
    with pytest.raises(TypeError, match="The inputs of a layer are"):
        check_layer(layers.Dense, "x", arguments={"units": 2})


def test_a_copy_of_the_given_layer_is_checked() -> None:
    given = layers.Dense(2)
    before = copy.deepcopy(given.get_config())
    check_layer(given, (4,))
    assert not given.built and given.get_config() == before


@pytest.mark.cuda
def test_a_layer_is_checked_on_the_gpu() -> None:
    assert not check_layer(layers.Dense, (4,), arguments={"units": 2}).failed
