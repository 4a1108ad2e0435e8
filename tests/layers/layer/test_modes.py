"""Who says training or inference: torch's flags, a call's argument, and the module that a layer becomes a part of."""

from __future__ import annotations

import copy
import threading
from typing import Any

import numpy as np
import pytest
import torch
from torch import fx, nn
from torch.nn.modules.batchnorm import _BatchNorm

import torchkeras_compat as keras
from torchkeras_compat import layers

VECTORS = torch.ones(64, 8)
SEQUENCES = torch.ones(16, 5, 8)
IMAGES = torch.ones(8, 4, 4, 8)
VOLUMES = torch.ones(4, 3, 3, 3, 8)
DROPPING = [
    (layers.Dropout, {"rate": 0.5}, VECTORS),
    (layers.Dropout, {"rate": 0.5, "seed": 1}, VECTORS),
    (layers.Dropout, {"rate": 0.5, "noise_shape": (None, 1)}, VECTORS),
    (layers.AlphaDropout, {"rate": 0.5}, VECTORS),
    (layers.AlphaDropout, {"rate": 0.5, "seed": 1}, VECTORS),
    (layers.GaussianDropout, {"rate": 0.5}, VECTORS),
    (layers.GaussianNoise, {"stddev": 0.5}, VECTORS),
    (layers.SpatialDropout1D, {"rate": 0.5}, SEQUENCES),
    (layers.SpatialDropout1D, {"rate": 0.5, "seed": 1}, SEQUENCES),
    (layers.SpatialDropout2D, {"rate": 0.5}, IMAGES),
    (layers.SpatialDropout3D, {"rate": 0.5}, VOLUMES),
    (layers.LSTM, {"units": 4, "dropout": 0.5}, SEQUENCES),
    (layers.GRU, {"units": 4, "dropout": 0.5, "recurrent_dropout": 0.5}, SEQUENCES),
    (layers.SimpleRNN, {"units": 4, "recurrent_dropout": 0.5}, SEQUENCES),
]
IDS = [f"{kind.__name__}-{'-'.join(arguments)}" for kind, arguments, _ in DROPPING]
WRAPPERS = [
    (layers.TimeDistributed, lambda: layers.Dropout(0.5), SEQUENCES),
    (layers.Bidirectional, lambda: layers.LSTM(4, dropout=0.5), SEQUENCES),
    (layers.TorchModuleWrapper, lambda: nn.Dropout(0.5), VECTORS),
]


def always(kind: Any, mode: bool) -> Any:
    """Return a subclass of a layer, or of a model, that passes its own mode to the class above."""

    class Always(kind):
        def call(self, inputs, training=None):
            return super().call(inputs, training=mode)

    class AlwaysOverSteps(kind):
        def call(self, sequences, initial_state=None, mask=None, training=None):
            return super().call(sequences, initial_state, mask, training=mode)

    return AlwaysOverSteps if issubclass(kind, (layers.RNN, layers.Bidirectional)) else Always


def repeats(layer: Any, x: torch.Tensor) -> bool:
    return torch.equal(layer(x), layer(x))


def with_dropout() -> list[Any]:
    return [layers.Dense(8), layers.BatchNormalization(), layers.Dropout(0.5)]


def functional() -> Any:
    i = x = keras.Input((8,))
    for layer in with_dropout():
        x = layer(x)
    return keras.Model(i, x)


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.parts = with_dropout()

    def call(self, inputs):
        for part in self.parts:
            inputs = part(inputs)
        return inputs


MODELS = {
    "built": lambda: keras.Sequential([keras.Input((8,)), *with_dropout()]),
    "unbuilt": lambda: keras.Sequential(with_dropout()),
    "functional": functional,
    "subclassed": Subclassed,
}


@pytest.mark.parametrize(("kind", "arguments", "x"), DROPPING, ids=IDS)
def test_a_subclass_that_says_training_drops_always(kind, arguments, x):
    layer = always(kind, True)(**arguments)
    assert not repeats(layer, x)
    layer.eval()
    assert not repeats(layer, x)
    assert not any(module.training for module in layer.modules())
    model = keras.Sequential([layer])
    assert (model.predict(x, verbose=0) != model.predict(x, verbose=0)).any()


@pytest.mark.parametrize(("kind", "arguments", "x"), DROPPING, ids=IDS)
def test_a_subclass_that_says_inference_never_drops(kind, arguments, x):
    layer = always(kind, False)(**arguments)
    layer.train()
    assert repeats(layer, x)
    assert all(module.training for module in layer.modules())


@pytest.mark.parametrize(("kind", "inner", "x"), WRAPPERS, ids=[kind.__name__ for kind, _, _ in WRAPPERS])
@pytest.mark.parametrize("mode", [True, False])
def test_the_mode_that_a_subclass_says_reaches_what_it_wraps(kind, inner, x, mode):
    layer = always(kind, mode)(inner())
    layer(x)
    layer.train(not mode)
    assert repeats(layer, x) is not mode
    assert all(module.training is not mode for module in layer.modules())


@pytest.mark.parametrize("mode", [True, False])
def test_models_follow_the_mode_that_a_subclass_says(mode):
    chain = always(keras.Sequential, mode)(with_dropout())
    i = keras.Input((8,))
    graph = always(keras.Model, mode)(i, layers.Dropout(0.5)(i))
    for model in (chain, graph):
        model(VECTORS)
        model.train(not mode)
        assert repeats(model, VECTORS) is not mode


def test_batch_statistics_stand_still_in_a_subclass_that_says_inference():
    layer = always(layers.BatchNormalization, False)()
    layer.train()
    layer(torch.randn(8, 3))
    assert not layer.moving_mean.numpy().any()
    learning = always(layers.BatchNormalization, True)()
    learning(torch.randn(8, 3))
    assert learning.moving_mean.numpy().any()


@pytest.mark.parametrize("name", MODELS)
def test_dropout_switched_on_alone_drops_in_inference(name):
    model = MODELS[name]()
    model(VECTORS)
    model.eval()
    assert repeats(model, VECTORS)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    assert not repeats(model, VECTORS)
    model.eval()
    assert repeats(model, VECTORS)


@pytest.mark.parametrize("kind", [layers.MultiHeadAttention, layers.GroupQueryAttention])
def test_dropout_of_attention_switched_alone(kind):
    arguments = {"num_heads": 2, "key_dim": 4} if kind is layers.MultiHeadAttention else {}
    arguments = arguments or {"head_dim": 4, "num_query_heads": 2, "num_key_value_heads": 2}
    layer = kind(**arguments, dropout=0.5)
    x = torch.randn(2, 6, 8)
    layer(x, x)
    layer.eval()
    assert torch.equal(layer(x, x), layer(x, x))
    switches = [module for module in layer.modules() if isinstance(module, nn.Dropout)]
    assert switches
    for module in switches:
        module.train()
    assert not torch.equal(layer(x, x), layer(x, x))
    layer.train()
    for module in switches:
        module.eval()
    assert torch.equal(layer(x, x), layer(x, x))


@pytest.mark.parametrize("name", MODELS)
def test_batch_norm_switched_off_alone_keeps_its_statistics(name):
    model, x = MODELS[name](), torch.randn(64, 8)
    model(x)
    model.train()
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    for module in norms:
        module.eval()
    before = copy.deepcopy([module.state_dict() for module in norms])
    model(x)
    for module, state in zip(norms, before, strict=True):
        torch.testing.assert_close(module.state_dict(), state, rtol=0, atol=0)
    model.train()
    model(x)
    assert all(not torch.equal(m.running_mean, s["running_mean"]) for m, s in zip(norms, before, strict=True))


def test_frozen_batch_norm_trains_again_when_it_is_trainable_again():
    layer, x = layers.BatchNormalization(), torch.randn(8, 3)
    layer(x)
    layer.train()
    layer.trainable = False
    layer(x)
    assert not layer.moving_mean.numpy().any()
    layer.trainable = True
    layer(x)
    assert layer.moving_mean.numpy().any()


@pytest.mark.parametrize("name", MODELS)
def test_alone_a_new_model_is_in_inference_mode(name):
    model, x = MODELS[name](), torch.randn(64, 8)
    assert repeats(model, x)
    assert not any(module.training for module in model.modules())
    norm = next(module for module in model.modules() if isinstance(module, _BatchNorm))
    assert not norm.running_mean.any()


class Net(nn.Module):
    def __init__(self, body: Any) -> None:
        super().__init__()
        self.body = body

    def forward(self, x):
        return self.body(x)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("place", [Net, nn.Sequential, lambda body: Net(nn.ModuleList([body])[0]), Net])
def test_in_a_torch_module_a_new_model_trains_as_torchs_own_do(name, place):
    net, x = place(MODELS[name]()), torch.randn(64, 8)
    assert not repeats(net, x)
    norm = next(module for module in net.modules() if isinstance(module, _BatchNorm))
    assert norm.running_mean.any()
    assert all(module.training for module in net.modules() if not isinstance(module, fx.GraphModule))
    net.eval()
    assert repeats(net, x)


def test_a_model_called_before_it_enters_a_torch_module_trains_there():
    body = MODELS["unbuilt"]()
    assert repeats(body, VECTORS)  # as one does to make the weights
    body.compile("sgd", "mse")
    body.fit(VECTORS, VECTORS, verbose=0)
    body.predict(VECTORS, verbose=0)
    assert not repeats(Net(body), VECTORS)


def test_a_layer_of_a_model_trains_in_the_torch_module_that_it_enters():
    model = MODELS["built"]()
    net = Net(model.layers[-1])
    assert not repeats(net, VECTORS)
    assert model.layers[0].training is False


def test_a_second_model_of_the_same_layers_leaves_their_mode():
    net = Net(MODELS["built"]())
    keras.Model(net.body.inputs, net.body.layers[1].output)
    assert all(layer.training for layer in net.body.layers)


def test_a_mode_that_was_said_stays():
    body = MODELS["built"]()
    body.eval()
    assert repeats(Net(body), VECTORS)
    frozen = layers.Dropout(0.5)
    frozen.eval()
    net = Net(keras.Sequential([frozen, layers.Dense(2)]))
    assert net.body.training and not net.body.layers[0].training


def test_what_a_torch_module_holds_follows_the_keras_model_around_it():
    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = nn.ModuleList([layers.Dropout(0.5)])
            self.blocks.append(layers.Dropout(0.5))

        def call(self, inputs):
            for block in self.blocks:
                inputs = block(inputs)
            return inputs

    model = Model()
    assert repeats(model, VECTORS)
    assert not repeats(Net(model), VECTORS)


def test_layers_made_in_a_call_have_the_mode_of_the_model_after_it():
    class Late(layers.Layer):
        def build(self, input_shape):
            self.norm = layers.BatchNormalization()
            self.plain = nn.Dropout(0.5)

        def call(self, inputs):
            return self.plain(self.norm(inputs))

    model = keras.Sequential([Late()])
    assert not torch.equal(model(VECTORS, training=True), VECTORS)
    assert not any(module.training for module in model.modules())
    assert repeats(model, VECTORS)


def test_tools_of_torch_leave_the_mode_alone():
    model = MODELS["built"]()
    torch.export.export(model, (VECTORS,), strict=False)
    torch.compile(model, backend="eager")
    fx.GraphModule(model, fx.Graph())
    assert repeats(model, VECTORS)


def test_a_compiled_model_in_a_torch_module_trains():
    compiled = torch.compile(MODELS["built"](), backend="eager")
    assert Net(compiled).body._orig_mod.training


def test_copies_keep_the_mode():
    model = MODELS["built"]()
    model.train()
    assert copy.deepcopy(model).training
    assert Net(copy.deepcopy(model).eval()).body.training is False


@pytest.mark.parametrize("mode", [True, False])
def test_torch_compile_follows_the_modes_in_one_graph(mode):
    norm = layers.BatchNormalization()
    layer = keras.Sequential([keras.Input((8,)), always(layers.Dropout, mode)(0.5), norm])
    layer.train(not mode)
    norm.trainable = False
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    assert torch.equal(compiled(VECTORS), compiled(VECTORS)) is not mode
    assert all(module.training is not mode for module in layer.modules() if not isinstance(module, fx.GraphModule))
    assert not norm.moving_mean.numpy().any()


def test_predicting_in_threads_leaves_what_train_says_alone():
    model = keras.Sequential([keras.Input((8,)), layers.Dropout(0.5)])
    threads = [threading.Thread(target=model.predict, args=(VECTORS,), kwargs={"verbose": 0}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = layers.Dropout(0.5)
    fresh.train()
    holder = layers.Wrapper(fresh)
    assert fresh.training and not holder.training


def test_layers_in_a_list_keep_the_mode_that_was_said():
    said = layers.Dropout(0.5)
    said.train()

    class Holder(layers.Layer):
        def __init__(self):
            super().__init__()
            self.parts = nn.ModuleList([said, layers.Dropout(0.5)])

    holder = Holder()
    assert said.training and not holder.parts[1].training


class Trains(layers.Layer):
    """Trains by default, and what is below it with it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drop = layers.Dropout(0.5)

    def call(self, inputs, training=True):
        return self.drop(inputs) + (1.0 if training else 0.0)


def subclassed(part):
    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.part, self.other = part, layers.Dropout(0.5)

        def call(self, inputs):
            return self.part(self.other(inputs))

    return Model()


def functional(part):
    inputs = keras.Input((8,))
    return keras.Model(inputs, layers.Dropout(0.5)(part(inputs)))


WITH_TRAINERS = {
    "sequential": lambda part: keras.Sequential([part, layers.Dropout(0.5)]),
    "nested": lambda part: keras.Sequential([keras.Sequential([part]), layers.Dropout(0.5)]),
    "functional": functional,
    "subclassed": subclassed,
}


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@pytest.mark.parametrize("name", WITH_TRAINERS)
def test_a_layer_that_trains_by_default_trains_in_a_model_until_somebody_says_another_mode(name):
    part = Trains()
    model, x = WITH_TRAINERS[name](part), torch.zeros(16, 8)
    assert part.training and part.drop.training and not model.training
    for _ in range(2):
        assert (model(x) == 1).all()  # the other dropout drops nothing
        assert not repeats(model, torch.ones(16, 8))
        assert (model(x, training=False) == 0).all()
        assert set(model(x, training=True).unique().tolist()) == ({0, 2} if name != "subclassed" else {1})
        model.compile("sgd", "mse")
        assert (model.predict(x, verbose=0) == 0).all() and (model.predict_on_batch(x) == 0).all()
        assert model.evaluate(x, x, verbose=0) == 0
        model.fit(x, x, verbose=0)
        assert part.training and part.drop.training and not model.training
    model.eval()
    assert (model(x) == 0).all()
    model.train()
    assert (model(x) != 0).any()


def test_a_default_of_training_is_what_keras_makes_of_it(real_keras):
    def results(kind, sequential):
        class Trained(kind.Layer):
            def call(self, inputs, training=True):
                return inputs + (1.0 if training else 0.0)

            def compute_output_shape(self, input_shape):
                return input_shape

        model = sequential([Trained(), kind.Lambda(lambda x: x)])
        x = np.zeros((2, 3), "float32")
        given = [Trained()(x), model(x), model(x, training=False), model(x, training=True), model.predict(x, verbose=0)]
        return [float(np.asarray(torch.as_tensor(y)).mean()) for y in given]

    assert results(layers, keras.Sequential) == results(real_keras.layers, real_keras.Sequential)


def test_a_mode_that_was_said_holds_for_layers_that_train_by_default():
    part = Trains()
    part.eval()
    assert (keras.Sequential([part])(torch.zeros(4, 8)) == 0).all()
    model = keras.Sequential([layers.Dense(8)])
    model.eval()
    model.add(Trains())
    assert not model.layers[1].training
    net = nn.Sequential(layers.Dense(8)).eval()
    net.append(Trains())
    assert not net[1].training and nn.Sequential(Trains())[0].training
    said = keras.Sequential([layers.Dropout(0.5), Trains()])
    said.layers[0].train()
    assert not repeats(lambda x: said(x, training=False), torch.ones(64, 8))  # as without such layers


def test_copies_of_layers_that_train_by_default_do_so():
    model = keras.Sequential([keras.Input((8,)), Trains()])
    model.predict(torch.zeros(4, 8), verbose=0)
    for copied in (copy.deepcopy(model), keras.models.clone_model(model)):
        assert (copied(torch.zeros(4, 8)) == 1).all() and (copied(torch.zeros(4, 8), training=False) == 0).all()


def test_a_layer_that_trains_by_default_made_late_does_so_after_prediction():
    class Late(layers.Layer):
        def build(self, input_shape):
            self.part = Trains()

        def call(self, inputs):
            return self.part(inputs)

    model = keras.Sequential([Late()])
    model.predict(torch.zeros(4, 8), verbose=0)
    assert (model(torch.zeros(4, 8)) == 1).all() and (model.predict(torch.zeros(4, 8), verbose=0) == 0).all()
