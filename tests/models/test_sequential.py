"""`Sequential`; what is compared with Keras lies in `tests/integration/test_models_against_keras.py`."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from torch import fx, nn

import torchkeras_compat as keras
from torchkeras_compat import layers, naming
from torchkeras_compat.errors import NotBuiltError, NotCompiledError
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input, InputLayer
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)


def test_layers_run_one_after_the_other(x):
    first, second = Dense(5, activation="relu"), Dense(2)
    model = Sequential([first, second])
    torch.testing.assert_close(model(x), second(first(x)))
    assert model.layers == [first, second]


@pytest.mark.parametrize(
    "first",
    [
        lambda: [Input((4,)), Dense(5)],
        lambda: [InputLayer((4,)), Dense(5)],
        lambda: [Dense(5, input_shape=(4,))],
        lambda: [Dense(5, input_dim=4)],
        lambda: [Dense(5, batch_input_shape=(None, 4))],
    ],
    ids=["Input", "InputLayer", "input_shape", "input_dim", "batch_input_shape"],
)
def test_a_known_input_shape_builds_at_once(first, x):
    model = Sequential([*first(), Dense(2)])
    assert model.built
    assert model.input_shape == (None, 4)
    assert model.output_shape == (None, 2)
    assert [v.shape for v in model.weights] == [(4, 5), (5,), (5, 2), (2,)]
    assert model(x).shape == (3, 2)


def test_it_runs_as_a_graph_module(x):
    model = Sequential([Input((4,)), Dense(5), nn.ReLU()])
    assert isinstance(model.graph_module, fx.GraphModule)
    torch.testing.assert_close(model.graph_module(x), model(x))


def test_without_an_input_shape_it_is_built_by_the_first_call(x):
    model = Sequential([Dense(5), Dense(2)])
    assert not model.built
    assert model.weights == []
    assert model(x).shape == (3, 2)
    assert model.built
    assert model(torch.randn(7, 4)).shape == (7, 2)
    assert model.input_shape == (3, 4)


def test_build_builds_for_a_shape():
    model = Sequential([Dense(5), Dense(2)])
    model.build((None, 4))
    assert model.output_shape == (None, 2)
    assert model.count_params() == 37


def test_numpy_arrays_and_lists_of_numbers_are_inputs():
    model = Sequential([Dense(2)])
    a = model(np.ones((1, 4)))
    assert a.dtype is torch.float32
    torch.testing.assert_close(model([[1.0, 1.0, 1.0, 1.0]]), a)


def test_add_and_pop_rebuild(x):
    model = Sequential([Input((4,))])
    model.add(Dense(5))
    assert model.output_shape == (None, 5)
    top = Dense(2)
    model.add(top)
    assert model.output_shape == (None, 2)
    assert model.pop() is top
    assert model.output_shape == (None, 5)
    assert len(model.weights) == 2
    assert len(list(model.parameters())) == 2
    assert model(x).shape == (3, 5)


def test_weights_survive_a_rebuild(x):
    model = Sequential([Input((4,)), Dense(5)])
    before = model(x)
    model.add(Dense(2))
    model.pop()
    torch.testing.assert_close(model(x), before, rtol=0, atol=0)


def test_pop_of_a_model_built_by_a_call_keeps_it_built(x):
    model = Sequential([Dense(4), Dense(5)])
    model(x)
    model.pop()
    assert model.built
    assert model(x).shape == (3, 4)


def test_models_nest(x):
    inner = Sequential([Dense(5), Dense(6)], name="inner")
    model = Sequential([Input((4,)), inner, Dense(2)])
    assert model(x).shape == (3, 2)
    assert model.weights[0].path == "sequential/inner/dense/kernel"
    assert model.get_layer("inner") is inner
    i = Input((4,))
    graph = Model(i, model(i) + 1.0)
    torch.testing.assert_close(graph(x), model(x) + 1.0)


def test_a_model_as_first_layer_gives_the_input_shape(x):
    inner = Sequential([Input((4,)), Dense(5)])
    assert Sequential([inner, Dense(2)]).output_shape == (None, 2)
    i = Input((4,))
    assert Sequential([Model(i, Dense(5)(i)), Dense(2)]).output_shape == (None, 2)


def test_the_same_layer_may_stand_in_two_models(x):
    shared = Dense(4)
    one, two = Sequential([shared]), Sequential([shared, Dense(2)])
    one(x)
    two(x)
    assert one.weights[0] is two.weights[0]


def test_symbolic_calls_give_symbolic_outputs():
    model = Sequential([Dense(5), Dense(2)])
    y = model(KerasTensor((None, 4)))
    assert isinstance(y, KerasTensor)
    assert y.shape == (None, 2)
    assert model.compute_output_shape((None, 4)) == (None, 2)
    assert Sequential([Input((4,)), Dense(2)]).compute_output_shape((7, 4)) == (7, 2)


def test_training_reaches_every_layer(x):
    model = Sequential([Input((4,)), layers.Dropout(0.5), Sequential([nn.Dropout(0.5)])])
    torch.testing.assert_close(model(x), x)
    assert (model(x, training=True) == 0).any()
    torch.testing.assert_close(model(x), x)
    model.train()
    assert (model(x) == 0).any()
    torch.testing.assert_close(model(x, training=False), x)


def test_masks_flow_through(real_keras):
    x = np.array([[1, 2, 0], [3, 0, 0]])
    model = Sequential([layers.Embedding(5, 3, mask_zero=True), layers.LSTM(2)])
    theirs = real_keras.Sequential([real_keras.layers.Embedding(5, 3, mask_zero=True), real_keras.layers.LSTM(2)])
    expected = theirs(x).detach().numpy()
    model.build((None, 3))
    model.set_weights([w.numpy() for w in theirs.weights])
    np.testing.assert_allclose(model(x).detach().numpy(), expected, rtol=1e-5, atol=1e-6)


def test_structures_of_inputs_run_layer_by_layer(x):
    class Swap(Layer):
        def call(self, inputs):
            return {"b": inputs["a"], "a": inputs["b"]}

    model = Sequential([Swap()])
    out = model({"a": x, "b": x + 1})
    torch.testing.assert_close(out["b"], x)


def test_a_layer_whose_shapes_cannot_be_inferred_runs_anyway(x):
    class Dynamic(Layer):
        def call(self, inputs):
            return inputs + 1.0

        def compute_output_spec(self, *args, **kwargs):
            raise NotImplementedError

    torch.testing.assert_close(Sequential([Dynamic()])(x), x + 1.0)


def test_freezing_reaches_the_torch_parameters(x):
    model = Sequential([Input((4,)), Dense(5), Dense(2)])
    model.layers[0].trainable = False
    assert [p.requires_grad for p in model.parameters()] == [False, False, True, True]
    assert [v.path for v in model.trainable_weights] == ["sequential/dense_1/kernel", "sequential/dense_1/bias"]
    model.trainable = False
    assert model.trainable_weights == []
    assert len(model.non_trainable_weights) == 4
    model.trainable = True
    assert all(p.requires_grad for p in model.parameters())


def test_child_names_follow_the_model_not_the_process():
    Dense(1)  # takes the name `dense`
    model = Sequential([Dense(1, input_dim=2), Dense(1), Dense(1, name="head")])
    assert [layer.name for layer in model.layers] == ["dense_1", "dense_2", "head"]
    assert [name for name, _ in model.named_parameters()] == [
        "dense.linear.weight",
        "dense.linear.bias",
        "dense_1.linear.weight",
        "dense_1.linear.bias",
        "head.linear.weight",
        "head.linear.bias",
    ]


def test_a_layer_named_like_a_method_is_reachable_from_torch():
    model = Sequential([Dense(1, input_dim=2, name="output"), Dense(1, name="fit")])
    for name, parameter in model.named_parameters():
        assert model.get_parameter(name) is parameter


def test_what_is_not_a_layer_is_refused():
    with pytest.raises(ValueError, match="Only instances of .* can be added.*<class 'dict'>"):
        Sequential().add({})


def test_a_second_input_is_refused():
    model = Sequential([Input((4,))])
    with pytest.raises(ValueError, match=r"already been configured to use input shape \(None, 4\)"):
        model.add(Input((5,)))


def test_two_layers_of_one_name_are_refused():
    with pytest.raises(ValueError, match='"a" is already the name of a layer'):
        Sequential([Dense(1, name="a"), Dense(1, name="a")])


def test_a_layer_that_needs_two_inputs_is_refused(x):
    class Two(Layer):
        def call(self, a, b):
            return a + b

    with pytest.raises(ValueError, match=r"single positional argument.*\['a', 'b'\]"):
        Sequential([Two()]).build((None, 4))


def test_pop_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no layers in the model to pop"):
        Sequential().pop()


def test_an_empty_model_cannot_run(x):
    with pytest.raises(ValueError, match="no layers"):
        Sequential()(x)
    with pytest.raises(ValueError, match="no layers"):
        Sequential().build((None, 4))


def test_layers_cannot_be_set():
    with pytest.raises(AttributeError, match=r"Use `add\(\)` and `pop\(\)`"):
        Sequential().layers = [Dense(1)]


def test_building_for_another_shape_is_refused():
    model = Sequential([Input((4,)), Dense(2)])
    with pytest.raises(ValueError, match=r"already been configured to use input shape \(None, 4\).*\(None, 5\)"):
        model.build((None, 5))
    model.build((8, 4))


def test_input_shape_without_a_tuple_is_refused():
    with pytest.raises(ValueError, match=r"`input_shape` of Dense is a tuple.*Received: 4\. Use \(4,\)"):
        Dense(1, input_shape=4)


@pytest.mark.parametrize("shape", [(3, 4, 5), (5,)], ids=str)
def test_data_of_another_rank_is_refused_with_the_model_named(shape):
    model = Sequential([Input((4,)), Dense(2)], name="small")
    with pytest.raises(ValueError, match=r"'?\"?small.*\(None, 4\).*"):
        model(torch.zeros(shape))


def test_data_that_a_layer_does_not_take_is_refused_with_its_name():
    model = Sequential([Input((None, 4)), Dense(2, name="narrow")])
    with pytest.raises(ValueError, match=r'"narrow".*axis -1.*value 4.*\(1, 2, 5\)'):
        model(torch.zeros(1, 2, 5))


def test_an_unbuilt_model_says_what_to_do():
    model = Sequential([Dense(2)], name="small")
    with pytest.raises(NotBuiltError, match="'small'.*not built.*Call it on data"):
        model.count_params()
    with pytest.raises(AttributeError, match="'small' has no defined input_shape"):
        _ = model.input_shape
    with pytest.raises(ValueError, match="length 2, but the layer was expecting 0 weights.*not built"):
        model.set_weights([np.zeros((4, 2)), np.zeros(2)])


def test_training_before_compiling_is_refused(x):
    model = Sequential([Input((4,)), Dense(2)])
    for call in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(NotCompiledError, match="compile"):
            call(x, torch.zeros(3, 2))


def test_an_unknown_layer_name_lists_the_known_and_the_nearest():
    model = Sequential([Dense(2, name="encoder"), Dense(2, name="head")])
    with pytest.raises(ValueError, match=r"No such layer: encodr.*\['encoder', 'head'\].*Did you mean 'encoder'"):
        model.get_layer("encodr")
    with pytest.raises(ValueError, match="index 7 but model only has 2"):
        model.get_layer(index=7)
    with pytest.raises(ValueError, match="either a layer name or layer index"):
        model.get_layer()


def test_a_config_without_layers_is_refused():
    with pytest.raises(ValueError, match="'name' and 'layers'"):
        Sequential.from_config({"name": "x"})


# -- inside layers, where sizes are not known ------------------------------------------------------------------------


def _feed_forward():
    return Sequential([Dense(8, activation="relu"), Dense(4)])


class InnerLayer(Layer):
    def __init__(self):
        super().__init__()
        self.inner = _feed_forward()

    def call(self, inputs):
        return self.inner(inputs)


INNER = {
    "dense": _feed_forward,
    "sequential in sequential": lambda: Sequential([Sequential([Dense(8)]), Dense(4)]),
    "layer with sequential": InnerLayer,
    "sequential of such layers": lambda: Sequential([InnerLayer(), layers.Dropout(0.1)]),
    "convolution": lambda: Sequential([layers.Conv1D(8, 3, padding="same"), layers.Conv1D(4, 1)]),
    "pooling": lambda: Sequential([layers.MaxPooling1D(2, strides=1, padding="same")]),
    "reshape": lambda: Sequential([layers.Reshape((-1, 2)), layers.Reshape((-1, 4))]),
    "lstm": lambda: Sequential([layers.Bidirectional(layers.LSTM(2, return_sequences=True))]),
    "time distributed": lambda: layers.TimeDistributed(_feed_forward()),
    "torch module": lambda: Sequential([nn.Linear(4, 4)]),
}


class Residual(Layer):
    """The half of a transformer encoder that holds a `Sequential`."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.norm = layers.LayerNormalization()

    def call(self, inputs):
        return self.norm(inputs + self.inner(inputs))


@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("shape", [(None, None, 4), (None, 6, 4), (2, None, 4)])
def test_a_sequential_in_a_layer_takes_every_size_that_is_not_known(inner, shape):
    entry = Input(batch_shape=shape)
    block = Residual(INNER[inner]())
    model = Model(entry, block(entry))
    assert model.output_shape == shape
    # Two sizes of shape inference are among them: nothing may have been made for those.
    for batch, steps in [(3, 5), (2, 7), (240, 6), (1, 480)]:
        x = torch.randn(*(known or size for known, size in zip(shape, (batch, steps, 4), strict=True)))
        expected = torch.cat([block.norm(part + block.inner(part)) for part in x.split(1)])
        torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("inner", ["dense", "sequential in sequential", "layer with sequential"])
@pytest.mark.parametrize("shape", [(4,), (None, 4), (None, None, 4), (None, None, None, 4)])
def test_any_axis_may_be_unknown(inner, shape):
    entry = Input(shape)
    model = Model(entry, Residual(INNER[inner]())(entry))
    for size in (2, 3, 24):
        x = torch.zeros([s or size for s in (None, *shape)])
        assert model(x).shape == x.shape


def test_it_knows_which_of_its_axes_are_open():
    class Halves(Layer):
        def __init__(self):
            super().__init__()
            self.before, self.pool, self.after = _feed_forward(), layers.MaxPooling1D(2), Sequential([_feed_forward()])

        def call(self, inputs):
            return self.after(self.pool(self.before(inputs)))

    steps, entry = Halves(), Input((None, 4))
    model = Model(entry, steps(entry))
    for inner in (steps.before, steps.after, steps.after.layers[0]):
        assert (inner.input_shape, inner.output_shape) == ((None, None, 4), (None, None, 4))
        assert inner.layers[0].output.shape[:2] == (None, None)
        assert inner.get_config()["build_input_shape"] == [None, None, 4]
    assert model(torch.zeros(3, 9, 4)).shape == (3, 4, 4)
    fixed = Halves()
    fixed(Input((6, 4)))
    assert (fixed.before.input_shape, fixed.after.input_shape) == ((None, 6, 4), (None, 3, 4))


def test_other_axes_than_the_first_call_had_are_taken(real_keras):
    # Oracle: Keras 3.15, where sizes are the business of the layers.
    def sizes(k, shapes):
        model = k.Sequential([k.layers.Conv1D(3, 2), k.layers.GlobalAveragePooling1D(), k.layers.Dense(2)])
        return [tuple(model(np.ones(shape, "float32")).shape) for shape in shapes]

    shapes = [(2, 5, 4), (3, 7, 4), (1, 240, 4)]
    assert sizes(keras, shapes) == sizes(real_keras, shapes)
    explicit = Sequential([Input((5, 4)), Dense(2)])
    assert explicit(torch.zeros(3, 7, 4)).shape == (3, 7, 2)


def test_other_features_are_refused_by_the_layer_that_minds():
    model = Sequential([Dense(2, name="first")])
    model(torch.zeros(2, 7, 4))
    with pytest.raises(ValueError, match=r'layer "first" is incompatible.*received input with shape \(3, 7, 5\)'):
        model(torch.zeros(3, 7, 5))
    flat = Sequential([layers.Flatten(), Dense(2, name="head")])
    flat(torch.zeros(2, 7, 4))
    with pytest.raises(ValueError, match=r'layer "head" is incompatible.*received input with shape \(3, 32\)'):
        flat(torch.zeros(3, 8, 4))


def test_the_encoder_trains_and_comes_back(tmp_path):
    entry = Input((None,), dtype="int32")
    x = layers.Embedding(9, 4)(entry)
    for _ in range(2):
        x = Residual(_feed_forward())(x)
    model = Model(entry, Dense(1)(layers.GlobalAveragePooling1D()(x)))
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 5), "int32"), np.ones((8, 1)), batch_size=4, verbose=0)
    model.fit(np.ones((6, 3), "int32"), np.ones((6, 1)), batch_size=4, verbose=0)
    model.save_weights(tmp_path / "model.weights.h5")
    again = pickle.loads(pickle.dumps(model))
    for parameter in again.parameters():
        parameter.data.zero_()
    again.load_weights(tmp_path / "model.weights.h5")
    ids = np.array([[1, 2, 3, 4, 5, 6, 7]])
    np.testing.assert_allclose(again.predict(ids, verbose=0), model.predict(ids, verbose=0), rtol=1e-6)


def test_the_functional_model_of_the_same_layers_changes_nothing(x):
    model = Sequential([Dense(5), nn.Linear(5, 3)])
    assert model._functional is None
    model.build((None, 4))
    model.train()
    model.layers[0].eval()
    modes = {name: part.training for name, part in model.named_modules()}
    state, name = list(model.state_dict()), naming.auto_name("probe")
    inner = model._functional
    assert type(inner).__name__ == "Functional" and inner.training
    assert inner.layers[1:] == model.layers and inner.name == model.name
    assert inner._operations == inner.operations
    assert {name: part.training for name, part in model.named_modules()} == modes
    assert list(model.state_dict()) == state
    assert naming.auto_name("probe") == f"{name}_1"
    torch.testing.assert_close(inner(x), model(x))
