"""How many Python calls lie between the user's line and torch's kernels: a count does not flake, a time does.

Keras 3.15 on torch makes 301 calls for one Dense and about 2,635 for a training step of two of them.
"""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.python_calls import calls_of, observed
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.core.masking import Masking
from torchkeras_compat.layers.layer.call_state import STATE
from torchkeras_compat.layers.merging.concatenate import Concatenate
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.layers.rnn.bidirectional import Bidirectional
from torchkeras_compat.layers.rnn.lstm import LSTM
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.overrides import OVERRIDES


@pytest.fixture(autouse=True)
def plain_tensors(monkeypatch: pytest.MonkeyPatch) -> None:
    """No dialect of tensors is in use, whatever other tests did."""
    monkeypatch.setattr(OVERRIDES, "tensors", None)


def python_calls(function: Callable[..., Any], *args: Any) -> int:
    """Return the number of Python functions called by one call of ``function``, what happens once only left out."""
    function(*args)
    function(*args)
    return calls_of(function, *args)


def frames_above_the_kernel(function: Callable[..., Any], *args: Any) -> int:
    """Return how many Python frames lie between the caller's line and the innermost Python function."""
    function(*args)  # what happens once only is not counted
    function(*args)
    depth = deepest = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal depth, deepest
        depth += (event == "call") - (event == "return")
        deepest = max(deepest, depth)

    observed(count, function, *args)
    return deepest - 1


@pytest.fixture(autouse=True)
def no_layer_ever_added_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Since the first one in the process, each call forgets the losses of the one before: one Python call more."""
    monkeypatch.setattr(STATE, "with_losses", 0)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(8, 4)


def test_a_built_dense_makes_at_most_three_times_the_calls_of_linear(x):
    linear = python_calls(nn.Linear(4, 3), x)
    assert linear == 5
    assert python_calls(Dense(3), x) <= 3 * linear
    assert python_calls(Dense(3, activation="relu"), x) <= 3 * linear


def test_a_layer_without_weights_makes_few_calls(x):
    assert python_calls(Dropout(0.5), x) <= 3 * python_calls(nn.Dropout(0.5).eval(), x)


def test_a_graph_of_layers_adds_little_to_its_layers(x):
    layers = [Dense(5, activation="relu"), Dense(3)]
    model = Sequential([Input((4,)), *layers])
    own = python_calls(model, x)
    i = Input((4,))
    twin = Model(i, layers[1](layers[0](i)))
    parts = python_calls(layers[0], x) + python_calls(layers[1], torch.randn(8, 5))
    assert own <= parts + 15
    assert python_calls(twin, x) <= own


def test_a_graph_of_two_dense_layers_lies_one_function_above_them(x):
    assert frames_above_the_kernel(nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)), x) == 6
    dense = Dense(4)
    calls, frames = python_calls(dense, x), frames_above_the_kernel(dense, x)
    for kind in (stack, graph):
        model = kind(2)
        assert python_calls(model, x) <= 2 * calls + 6 <= 26
        # torch's two, `forward`, and the generated function.
        assert frames_above_the_kernel(model, x) <= frames + 4 <= 11


def steps(model: Any) -> tuple[Callable, Callable]:
    """Return the step of a loop written by hand, and the step that `fit` runs."""
    plain = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
    optimizer = torch.optim.Adam(plain.parameters())
    loss_function = nn.MSELoss()

    def by_hand(x: torch.Tensor, y: torch.Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        loss = loss_function(plain(x), y)
        loss.backward()
        optimizer.step()

    model.compile("adam", loss="mse")
    step = model._make_step()
    model.train()
    return by_hand, lambda x, y: step.train(x, y, None)


def test_a_training_step_makes_at_most_twice_the_calls_of_a_plain_loop(x):
    by_hand, ours = steps(Sequential([Input((4,)), Dense(5, activation="relu"), Dense(3)]))
    y = torch.randn(8, 3)
    plain = python_calls(by_hand, x, y)
    own = python_calls(ours, x, y)
    assert own <= 2 * plain, f"{own} calls against {plain}"
    assert own <= 2 * 139, "more than twice the calls that were counted when the limit was set"


def step_of(inputs: int, outputs: int, form: type, metrics: bool, weighted: bool) -> int:
    """Return the calls of the training step of a model of several inputs or outputs, in lists or in dicts."""
    ins = [Input((4,), name=f"i{k}") for k in range(inputs)]
    merged = ins[0] if inputs == 1 else Concatenate()(ins)
    outs = [Dense(1, name=f"o{k}")(merged) for k in range(outputs)]

    def nest(parts: list[Any], stem: str) -> Any:
        named = {f"{stem}{k}": part for k, part in enumerate(parts)}
        return parts[0] if len(parts) == 1 else named if form is dict else parts

    model = Model(nest(ins, "i"), nest(outs, "o"))
    x, y = torch.ones(8, 4), torch.ones(8, 1)
    given = nest(["mae"] * outputs, "o") if metrics else None
    model.compile("sgd", "mse" if outputs == 1 else nest(["mse"] * outputs, "o"), metrics=given)
    step = model._make_step()
    model.train()
    weight = nest([torch.ones(8)] * outputs, "o") if weighted else None
    return python_calls(lambda: step.train(nest([x] * inputs, "i"), nest([y] * outputs, "o"), weight))


@pytest.mark.parametrize("form", [list, dict])
def test_each_further_input_costs_a_few_calls(form):
    one, two, five = (step_of(n, 1, form, False, False) for n in (1, 2, 5))
    assert two - one <= 35  # `Concatenate` among them
    assert five - two <= 3 * 6


@pytest.mark.parametrize("form", [list, dict])
@pytest.mark.parametrize(("metrics", "weighted", "most"), [(False, False, 21), (True, False, 32), (True, True, 36)])
def test_each_further_output_costs_its_layer_and_its_loss(form, metrics, weighted, most):
    one, two, five = (step_of(1, n, form, metrics, weighted) for n in (1, 2, 5))
    assert two - one <= most + 15  # the losses get means of their own
    assert five - two <= 3 * most


@pytest.mark.parametrize(
    ("compiled", "given"),
    [
        ({}, {}),
        ({"metrics": ["accuracy"]}, {}),
        ({"metrics": ["accuracy"]}, {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}}),
        ({"metrics": ["accuracy"]}, {"sample_weight": np.ones(8, "float32")}),
        ({"weighted_metrics": ["accuracy"]}, {"sample_weight": np.ones(8, "float32")}),
    ],
    ids=["loss", "metrics", "class_weight", "sample_weight", "weighted_metrics"],
)
def test_train_on_batch_of_a_small_model_makes_few_calls(compiled, given):
    model = Sequential([Input((8,)), Dense(8, activation="relu"), Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", **compiled)
    x, y = np.ones((8, 8), "float32"), np.arange(8) % 3
    assert python_calls(lambda: model.train_on_batch(x, y, **given)) <= 225
    assert python_calls(lambda: model.test_on_batch(x, y)) <= 190


# -- no cost grows faster than the work ------------------------------------------------------------------------------

SIZES = (2, 30, 100, 300)


def stack(k: int) -> Any:
    return Sequential([Input((4,)), *[Dense(4) for _ in range(k)]])


def graph(k: int) -> Any:
    inputs = outputs = Input((4,))
    for _ in range(k):
        outputs = Dense(4)(outputs)
    return Model(inputs, outputs)


class Subclassed(Model):
    """A model of layers in a list."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.blocks = [Dense(4) for _ in range(k)]
        self.build((None, 4))

    def call(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.blocks:
            x = layer(x)
        return x


KINDS = pytest.mark.parametrize("kind", [stack, graph, Subclassed])


def counts(kind: Callable[[int], Any], use: Callable[[Any], Callable[[], Any]]) -> dict[int, int]:
    """Return the number of calls by the number of layers."""
    found = {}
    for k in SIZES:
        model = kind(k)
        model.compile("adam", loss="mse")
        found[k] = python_calls(use(model))
    return found


def fixed_and_per_layer(found: dict[int, int]) -> tuple[float, float]:
    """Return the line through the first two counts; the others lie on it, or this fails: the cost is linear."""
    (k, low), (n, high), *rest = found.items()
    per_layer = (high - low) / (n - k)
    fixed = low - k * per_layer
    for more, count in rest:
        assert count <= 1.02 * (fixed + more * per_layer) + 5, f"grows faster than the layers: {found}"
    return fixed, per_layer


def beyond_the_step(found: dict[int, int], kind: Callable[[int], Any], what: str, x: Any, y: Any) -> tuple:
    """Return what is fixed and what comes for each layer, without the step itself."""

    def step(model: Any) -> Callable[[], Any]:
        run = model._make_step()
        model.train(what == "train")
        return lambda: getattr(run, what)(x, y, None)

    alone = counts(kind, step)
    return fixed_and_per_layer({k: found[k] - alone[k] for k in found})


@pytest.fixture
def batch() -> tuple[Any, Any]:
    return torch.randn(8, 4), torch.randn(8, 4)


@KINDS
def test_train_on_batch_adds_little_to_the_step(kind, batch):
    x, y = batch
    found = counts(kind, lambda model: lambda: model.train_on_batch(x.numpy(), y.numpy()))
    fixed, per_layer = beyond_the_step(found, kind, "train", x, y)
    assert fixed <= 110
    assert per_layer <= 0


@KINDS
def test_test_on_batch_adds_little_to_the_step(kind, batch):
    x, y = batch
    found = counts(kind, lambda model: lambda: model.test_on_batch(x.numpy(), y.numpy()))
    fixed, per_layer = beyond_the_step(found, kind, "test", x, y)
    assert fixed <= 100
    assert per_layer <= 0


@KINDS
def test_fit_of_one_step_adds_little_to_the_step(kind, batch):
    x, y = batch
    found = counts(kind, lambda model: lambda: model.fit(x.numpy(), y.numpy(), batch_size=8, verbose=0))
    fixed, per_layer = beyond_the_step(found, kind, "train", x, y)
    assert fixed <= 590
    assert per_layer <= 4


@KINDS
def test_evaluate_adds_little_to_the_step(kind, batch):
    x, y = batch
    found = counts(kind, lambda model: lambda: model.evaluate(x.numpy(), y.numpy(), verbose=0))
    fixed, per_layer = beyond_the_step(found, kind, "test", x, y)
    assert fixed <= 310
    assert per_layer <= 0


@KINDS
def test_predict_on_batch_adds_little_to_the_call(kind, batch):
    x, _ = batch
    alone = counts(kind, lambda model: lambda: model(x))
    found = counts(kind, lambda model: lambda: model.predict_on_batch(x.numpy()))
    fixed, per_layer = fixed_and_per_layer({k: found[k] - alone[k] for k in found})
    assert fixed <= 70
    assert per_layer <= 0


@KINDS
def test_what_is_listed_is_not_looked_for_again(kind):
    models = [kind(k) for k in SIZES]
    for what in ("weights", "variables", "trainable_variables", "non_trainable_variables", "metrics"):
        found = [python_calls(getattr, model, what) for model in models]
        assert max(found) <= 15, f"{what}: {found}"
        assert len(set(found)) == 1, f"{what}: {found}"


@KINDS
def test_switching_modes_sets_flags_and_calls_nothing(kind):
    found = counts(kind, lambda model: lambda: model.train())
    assert len(set(found.values())) == 1, found
    assert max(found.values()) <= 10


@KINDS
def test_methods_over_all_weights_cost_the_same_for_each_layer(kind):
    bounds: dict[str, tuple[Callable[[Any], Callable[[], Any]], int]] = {
        "count_params": (lambda model: model.count_params, 12),
        "set_weights": (lambda model: lambda: model.set_weights(model.get_weights()), 60),
        "trainable": (lambda model: lambda: setattr(model, "trainable", True), 20),
        # A subclassed model has no graph that knows the shapes: each layer is asked for its own.
        "summary": (
            lambda model: lambda: model.summary(print_fn=lambda text: None),
            2500 if kind is Subclassed else 400,
        ),
    }
    for name, (use, most) in bounds.items():
        _, per_layer = fixed_and_per_layer(counts(kind, use))
        assert per_layer <= most, f"{name}: {per_layer} calls for each layer"


def test_metrics_in_a_train_step_cost_the_same_for_any_number_of_layers(batch):
    class Own(Subclassed):
        def train_step(self, data: Any) -> dict[str, Any]:
            return {metric.name: metric.result() for metric in self.metrics}

    found = counts(Own, lambda model: lambda: model.train_on_batch(*batch))
    _, per_layer = fixed_and_per_layer(found)
    assert per_layer <= 1


def lstm() -> Any:
    return LSTM(4, return_sequences=True)


def bidirectional() -> Any:
    return Bidirectional(LSTM(2, return_sequences=True))


def inner_model() -> Any:
    return Sequential([Dense(4)])


@pytest.mark.parametrize(
    ("make", "shape", "most", "sizes"),
    [
        (lambda: Dense(4), (4,), 600, SIZES),
        (lstm, (5, 4), 1200, (2, 30, 60)),
        (bidirectional, (5, 4), 4000, (2, 30, 60)),
        (inner_model, (4,), 1500, (2, 30, 60)),
        (Masking, (5, 4), 3500, (2, 30, 60)),
    ],
    ids=["Dense", "LSTM", "Bidirectional", "Sequential", "Masking"],
)
def test_add_costs_the_same_for_each_layer(make, shape, most, sizes):
    def added(k: int) -> int:
        layers = [make() for _ in range(k)]

        def build() -> None:
            model = Sequential([Input(shape)])
            for layer in layers:
                model.add(layer)

        return calls_of(build)

    added(2)
    found = {k: added(k) for k in sizes}
    _, per_layer = fixed_and_per_layer(found)
    assert per_layer <= most, found


@KINDS
@pytest.mark.parametrize("copied", ["deepcopy", "pickle", "torch.save"])
def test_copies_do_not_recurse_along_the_layers(kind, copied):
    model = kind(1000)
    if copied == "deepcopy":
        twin = copy.deepcopy(model)
    elif copied == "pickle":
        twin = pickle.loads(pickle.dumps(model))
    else:
        buffer = io.BytesIO()
        torch.save(model, buffer)
        buffer.seek(0)
        twin = torch.load(buffer, weights_only=False)
    x = torch.randn(2, 4)
    assert torch.equal(twin(x), model(x))
    assert len(twin.weights) == 2000
