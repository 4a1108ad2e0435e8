"""Steps with code of the user in them: recorded where all that it looks at is known, and where that is the same."""

from __future__ import annotations

import argparse
import collections
import copy
import datetime
import enum
import functools
import itertools
import math
import os
import random
import re
import sys
import threading
import time
import types
from dataclasses import asdict, dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat as keras
from tests.training.tracing.agreement import Run, assert_equal, both
from torchkeras_compat import layers, ops
from torchkeras_compat.legacy.backend.inspection import print_tensor

RANDOM = np.random.RandomState(0)


def batches(count=9, shape=(4, 3)):
    return [
        (RANDOM.normal(size=shape).astype("float32"), RANDOM.normal(size=(shape[0], 1)).astype("float32"))
        for _ in range(count)
    ]


def compile_model(model, **arguments):
    model.compile(**{"optimizer": "adam", "loss": "mse", **arguments})
    return model


class Own(keras.Model):
    """A model with a `call` of the user: `do` between two dense layers."""

    def __init__(self, do=lambda model, x: x, **attributes):
        super().__init__()
        self.first, self.last = layers.Dense(4), layers.Dense(1)
        self.first.build((None, 3))
        self.last.build((None, 4))
        self.do = do
        for name, value in attributes.items():
            setattr(self, name, value)

    def call(self, x):
        return self.last(self.do(self, self.first(x)))


# -- recorded ----------------------------------------------------------------------------------------------------------


@dataclass
class Settings:
    scale: float = 0.5
    sizes: list = field(default_factory=lambda: [1, 2])


@dataclass
class Pair:
    left: torch.Tensor
    right: torch.Tensor

    def total(self):
        return self.left + self.right


class Mode(enum.Enum):
    MEAN = "mean"


class Slots:
    __slots__ = ("late", "scale")

    def __init__(self):
        self.scale = 0.5


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv1d(4, 4, 1)
        self.normalization = nn.BatchNorm1d(4)
        self.down = None

    def forward(self, x):
        same = x
        x = torch.relu(self.normalization(self.convolution(x[..., None]).flatten(1)))
        if self.down is not None:
            same = self.down(same)
        x = x + 1
        x += same
        return x


class Attention(nn.Module):
    def __init__(self, size=4, heads=2):
        super().__init__()
        self.heads, self.scale = heads, (size // heads) ** -0.5
        self.qkv = nn.Linear(size, 3 * size)

    def forward(self, x):
        rows, size = x.shape
        q, k, v = self.qkv(x).reshape(rows, 3, self.heads, size // self.heads).permute(1, 2, 0, 3)
        weights = ((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-1)
        return (weights @ v).transpose(0, 1).reshape(rows, size)


class Sampling(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator(3)

    def call(self, x):
        self.add_loss(ops.mean(ops.square(x)))
        return x + keras.random.normal(ops.shape(x), seed=self.seeds)


class Scale(layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

    def call(self, x, training=False):
        if training:
            self.count.assign_add(1.0)
        return x * self.scale / (1.0 + self.count)


class Weighted(keras.losses.Loss):
    def __init__(self):
        super().__init__()
        self.settings = {"weight": 0.5}

    def call(self, y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1) * self.settings["weight"]


def huber(delta):
    def loss(y_true, y_pred):
        error = ops.abs(y_true - y_pred)
        return ops.where(error <= delta, 0.5 * error**2, delta * (error - 0.5 * delta))

    return loss


def many(model, x):
    outputs = []
    for i, block in enumerate(model.blocks):
        x = block(x)
        outputs.append(x if i else x * model.settings.scale)
    return sum(output for output in outputs) / len(outputs)


CALLS = {
    "operators": (lambda model, x: torch.tanh(x) * 2 + x.mean(0), {}),
    "operations": (lambda model, x: ops.relu(ops.matmul(x, ops.eye(4))) / math.sqrt(4), {}),
    "blocks": (many, {"blocks": nn.ModuleList([Block(), Attention(), nn.ReLU()]), "settings": Settings()}),
    "layers": (many, {"blocks": [layers.Dense(4), layers.Dropout(0.5, seed=1)], "settings": Settings()}),
    "sampling": (lambda model, x: model.sampling(x), {"sampling": Sampling()}),
    "weights": (lambda model, x: model.layer(x), {"layer": Scale()}),
    "imports": (lambda model, x: _with_an_import(x), {}),
    "enum": (lambda model, x: x.mean(0, keepdim=True) + x if model.mode is Mode.MEAN else x, {"mode": Mode.MEAN}),
    "names": (lambda model, x: getattr(model, f"layer_{1}")(x), {"layer_1": layers.Dense(4)}),
    "gradient": (lambda model, x: x + torch.autograd.grad(x.square().sum(), x, create_graph=True)[0], {}),
    "no gradient": (lambda model, x: x + _without_gradient(x), {}),
    "floatx": (lambda model, x: x.to(getattr(torch, keras.config.floatx())) + keras.backend.epsilon(), {}),
    "array": (lambda model, x: x * torch.as_tensor(model.array), {"array": np.arange(4, dtype="float32")}),
    "partial": (lambda model, x: model.partial(x), {"partial": functools.partial(torch.clamp, min=0.0)}),
    "object made in the step": (lambda model, x: Pair(x, x + 1).total(), {}),
    "getattr": (lambda model, x: getattr(model, "missing", x) * 2, {"unrelated": np.random.default_rng(0)}),
    "numpy": (lambda model, x: x.reshape(len(x), np.prod(x.shape[1:])) * np.pi, {}),
    "number of the form": (lambda model, x: x * torch.tensor([2.0, 3.0])[1].item(), {}),
    "names of the loop": (lambda model, x: x * model.thing.loss(x, x + 1), {"thing": SimpleNamespace(loss=huber(1.0))}),
    "namespaces": (lambda model, x: x * keras.losses.mean_squared_error(x, x + 1)[:, None], {}),
}


def _with_an_import(x):
    import math as mathematics

    from torch.nn import functional as F

    return F.gelu(x) * mathematics.pi


@torch.no_grad()
def _without_gradient(x):
    return x * 2


@pytest.mark.parametrize("name", CALLS)
def test_a_call_of_the_user_gives_the_same_bits(early, name):
    do, attributes = CALLS[name]
    model = Own(do, **attributes)
    model(np.zeros((4, 3), "float32"))
    eager, traced = both(model, batches(), compile_model)
    assert_equal(eager, traced)
    assert traced.step.refusal is None
    assert traced.is_traced


@pytest.mark.parametrize(
    "loss",
    [huber(0.5), Weighted(), lambda t, p: (t - p).abs().mean(-1), functools.partial(keras.losses.huber, delta=0.1)],
)
def test_so_does_a_loss(early, loss):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
    eager, traced = both(model, batches(), lambda m: compile_model(m, loss=loss))
    assert_equal(eager, traced)
    assert traced.is_traced


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Lambda(lambda x: x**2 + 1),
        lambda: layers.Dense(4, activation=lambda x: x * ops.sigmoid(x)),
        lambda: layers.Dense(4, kernel_regularizer=lambda w: 0.1 * ops.sum(ops.square(w))),
        lambda: layers.Dense(4, kernel_constraint=lambda w: w / ops.norm(w)),
    ],
)
def test_so_do_functions_that_layers_are_given(early, layer):
    model = keras.Sequential([layers.Input((3,)), layer(), layers.Dense(1)])
    eager, traced = both(model, batches(), compile_model)
    assert_equal(eager, traced)
    assert traced.is_traced


def test_evaluation_and_prediction_are_recorded_too(early):
    model = compile_model(Own(lambda model, x: torch.tanh(x)))
    x, y = (np.concatenate(part) for part in zip(*batches(12)))
    other = copy.deepcopy(model)
    other.run_eagerly = True
    for m in (model, other):
        m.found = m.evaluate(x, y, batch_size=4, verbose=0), m.predict(x, batch_size=4, verbose=0).tolist()
    assert model.found == other.found
    for step in (model._step.evaluation, model._prediction):
        assert any(form.run is not None for form in step._forms.values())


DATA = batches(21)


# -- what changes ------------------------------------------------------------------------------------------------------

FACTOR = 1.0
SPACE = SimpleNamespace(inner=argparse.Namespace(factor=1.0))
MODULE = types.ModuleType("own_settings")
MODULE.factor = 1.0


def closure():
    factor = 1.0

    def set_factor(value):
        nonlocal factor
        factor = value

    def do(model, x):
        return x * factor

    do.set_factor = set_factor
    return do


def with_default(model, x, factors=[1.0]):  # noqa: B006
    return x * factors[0]


class Configured:
    factor = 1.0
    inner: Configured

    @property
    def doubled(self):
        return 2 * self.factor

    def apply(self, x):
        return x * self.factor


class Named(collections.namedtuple("Named", "factor")):
    pass


def helper(x):
    return x * helper.factor


def frozen(tensor):
    return nn.Parameter(tensor, requires_grad=False)


TEACHER = nn.Sequential(nn.Dropout(0.5), nn.LeakyReLU(0.1), nn.Linear(4, 4)).eval().requires_grad_(False)


class Called(nn.Module):
    def forward(self, x):
        return x


def tripled(self, x):
    return x * 3


FORWARD = Called.forward


class Shown:
    def __init__(self):
        self.factor = 1.0

    @property
    def shown(self):
        return self.factor


def _imported():
    import own_settings

    return own_settings.factor


def set_global(model):
    global FACTOR
    FACTOR = 3.0


def replace_method(model):
    model.thing.__class__ = type("Other", (Configured,), {"apply": lambda self, x: x * 7})


CHANGES = {
    "global": (lambda model, x: x * FACTOR, None, set_global),
    "closure": (closure(), None, lambda model: model.do.set_factor(3.0)),
    "default": (with_default, None, lambda model: with_default.__defaults__[0].__setitem__(0, 3.0)),
    "defaults": (lambda model, x, f=1.0: x * f, None, lambda model: setattr(model.do, "__defaults__", (3.0,))),
    "namespace": (lambda model, x: x * SPACE.inner.factor, None, lambda model: setattr(SPACE.inner, "factor", 3.0)),
    "module": (lambda model, x: x * MODULE.factor, None, lambda model: setattr(MODULE, "factor", 3.0)),
    "attribute": (lambda model, x: x * model.thing, lambda: 1.0, lambda model: setattr(model, "thing", 3.0)),
    "dict": (
        lambda model, x: x * model.thing["a"]["b"],
        lambda: {"a": {"b": 1.0}},
        lambda m: m.thing["a"].update(b=3.0),
    ),
    "list": (lambda model, x: x * sum(model.thing), lambda: [1.0, 2.0], lambda model: model.thing.append(3.0)),
    "set": (lambda model, x: x * len(model.thing), lambda: {1}, lambda model: model.thing.add(2)),
    "deque": (lambda model, x: x * model.thing[0], lambda: collections.deque([1]), lambda m: m.thing.appendleft(2)),
    "dataclass": (lambda model, x: x * model.thing.scale, Settings, lambda model: setattr(model.thing, "scale", 3.0)),
    "slots": (lambda model, x: x * model.thing.scale, Slots, lambda model: setattr(model.thing, "scale", 3.0)),
    "tuple": (lambda m, x: x * m.thing.factor[0], lambda: Named([1.0]), lambda m: m.thing.factor.insert(0, 3.0)),
    "class": (lambda model, x: x * model.thing.factor, Configured, lambda model: setattr(model.thing, "factor", 3.0)),
    "property": (lambda model, x: x * model.thing.doubled, Configured, lambda m: setattr(m.thing, "factor", 3.0)),
    "method": (lambda model, x: model.thing.apply(x), Configured, replace_method),
    "type": (
        lambda m, x: m.thing().apply(x),
        lambda: type("A", (Configured,), {}),
        lambda m: setattr(m.thing, "factor", 3.0),
    ),
    "array": (lambda m, x: x * float(m.thing[0]), lambda: np.ones(2), lambda m: m.thing.__setitem__(0, 3.0)),
    "by name": (
        lambda m, x: x * getattr(m.thing, "fac" + "tor", 1.0),
        Settings,
        lambda m: setattr(m.thing, "factor", 3.0),
    ),
    "absent": (lambda m, x: x * 2 if hasattr(m, "flag") else x, None, lambda m: setattr(m, "flag", True)),
    "negative zero": (
        lambda m, x: torch.copysign(x, torch.full_like(x, m.thing)),
        lambda: 0.0,
        lambda m: setattr(m, "thing", -0.0),
    ),
    "partial": (
        lambda model, x: model.thing(x),
        lambda: functools.partial(lambda x, factor: x * factor[0], factor=[1.0]),
        lambda model: model.thing.keywords["factor"].insert(0, 3.0),
    ),
    "module of torch": (
        lambda m, x: m.thing(x),
        lambda: nn.Sequential(nn.Identity()),
        lambda m: m.thing.append(nn.ReLU()),
    ),
    "value in a library": (lambda m, x: x * torch.own_factor, None, lambda m: setattr(torch, "own_factor", 3.0)),
    "attribute of a function": (lambda m, x: helper(x), None, lambda m: setattr(helper, "factor", 3.0)),
    "attribute of a variable": (
        lambda m, x: x * m.first.kernel.factor,
        None,
        lambda m: setattr(m.first.kernel, "factor", 3.0),
    ),
    "mode of a module": (lambda m, x: m.thing[0](x), lambda: [nn.Dropout(1.0)], lambda m: m.thing[0].eval()),
    "module elsewhere": (lambda m, x: TEACHER(x), None, lambda m: setattr(TEACHER[1], "negative_slope", 0.9)),
    "mode elsewhere": (lambda m, x: TEACHER(x), None, lambda m: TEACHER[0].train()),
    "hook elsewhere": (lambda m, x: TEACHER(x), None, lambda m: TEACHER.register_forward_hook(lambda *a: a[2] * 3)),
    "weight elsewhere": (
        lambda m, x: TEACHER[2](x),
        None,
        lambda m: setattr(TEACHER[2], "weight", frozen(torch.ones(4, 4))),
    ),
    "call of a class": (lambda m, x: m.thing(x), Called, lambda m: setattr(Called, "forward", tripled)),
    "property in C": (lambda m, x: x * m.thing.shown, Shown, lambda m: setattr(m.thing, "factor", 3.0)),
    "items of a library": (
        lambda m, x: x * torch.finfo(x.dtype).max ** 0 * math.pi,
        None,
        lambda m: setattr(math, "pi", 3.0),
    ),
    "getattr by others": (
        lambda m, x: x * functools.partial(getattr, SPACE.inner, "factor")(),
        None,
        lambda m: setattr(SPACE.inner, "factor", 3.0),
    ),
    "module by a computed name": (
        lambda m, x: x * getattr(MODULE, "fac" + m.thing),
        lambda: "tor",
        lambda m: setattr(MODULE, "factor", 3.0),
    ),
    "slots by a computed name": (
        lambda m, x: x * getattr(m.thing, "sca" + "le" * len(x.shape[:1])),
        Slots,
        lambda m: setattr(m.thing, "scale", 3.0),
    ),
    "slot that is set later": (
        lambda m, x: x * getattr(m.thing, "late", 1.0),
        Slots,
        lambda m: setattr(m.thing, "late", 3.0),
    ),
    "attribute of a tensor that is set later": (
        lambda m, x: x * (3.0 if getattr(m.thing[0], "late", False) else 1.0) + 0 * m.thing[0],
        lambda: [torch.ones(1)],
        lambda m: setattr(m.thing[0], "late", True),
    ),
    "shape of a tensor": (
        lambda m, x: x * m.thing[0].shape[0],
        lambda: [torch.ones(1)],
        lambda m: setattr(m.thing[0], "data", torch.ones(3)),
    ),
    "shape of an array": (
        lambda m, x: x * m.thing[0].shape[0],
        lambda: [np.ones((1, 4))],
        lambda m: setattr(m.thing[0], "shape", (4, 1)),
    ),
    "order": (
        lambda m, x: x * next(iter(m.thing[0].values())),
        lambda: [collections.OrderedDict(a=1.0, b=3.0)],
        lambda m: m.thing[0].move_to_end("a"),
    ),
    "import": (lambda m, x: x * _imported(), None, lambda m: sys.modules["own_settings"].__dict__.update(factor=3.0)),
    "layer": (lambda m, x: x * m.first.units, None, lambda m: setattr(m.first, "units", 5)),
    "loss": (lambda m, x: x * m.thing(x, x + 1), keras.losses.Huber, lambda m: setattr(m.thing, "delta", 0.1)),
    "shadow": (lambda m, x: x * max(1.0, 2.0), None, lambda m: globals().update(max=min)),
    "floatx": (
        lambda m, x: x.to(getattr(torch, keras.config.floatx())).float(),
        None,
        lambda m: keras.config.set_floatx("float16"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_the_code_looks_at_counts(early, name, monkeypatch):
    do, make, change = CHANGES[name]
    data, after = batches(9), batches(12)
    torch.own_factor = helper.factor = 1.0
    pi, weights = math.pi, TEACHER.state_dict()
    monkeypatch.setitem(sys.modules, "own_settings", MODULE)
    before = copy.deepcopy((FACTOR, SPACE, vars(MODULE), with_default.__defaults__, getattr(do, "__defaults__", None)))
    found = []
    for run_eagerly in (True, False):
        keras.utils.set_random_seed(0)
        model = compile_model(Own(do, **({} if make is None else {"thing": make()})))
        model.first.kernel.factor = 1.0
        model.run_eagerly = run_eagerly
        try:
            first = Run(model, data)
            assert first.is_traced is not run_eagerly, first.step.refusal
            change(model)
            found.append((first, Run(model, after)))
        finally:
            globals().pop("max", None)
            keras.config.set_floatx("float32")
            torch.own_factor = helper.factor = 1.0
            math.pi, Called.forward = pi, FORWARD
            TEACHER.eval()
            TEACHER[1].negative_slope = 0.1
            TEACHER._forward_hooks.clear()
            TEACHER[2].weight = frozen(weights["2.weight"])
            globals().update(FACTOR=before[0], SPACE=before[1])
            MODULE.factor, with_default.__defaults__ = before[2]["factor"], before[3]
            if before[4] is not None and do is not with_default:
                do.__defaults__ = before[4]
            getattr(do, "set_factor", float)(1.0)
    (eager, eager_after), (traced, traced_after) = found
    assert_equal(eager, traced)
    assert_equal(eager_after, traced_after)
    assert str(eager_after.logs) != str(eager.logs)


@pytest.mark.parametrize(
    "change",
    [
        lambda partial: partial.keywords["factors"].insert(0, 3.0),
        lambda partial: partial.keywords.update(factors=[3.0]),
    ],
)
def test_so_does_a_change_in_a_partial_that_a_layer_is_given(early, change):
    found = []
    for run_eagerly in (True, False):
        keras.utils.set_random_seed(0)
        partial = functools.partial(lambda x, factors: x * factors[0], factors=[1.0])
        model = compile_model(keras.Sequential([layers.Input((3,)), layers.Lambda(partial), layers.Dense(1)]))
        model.run_eagerly = run_eagerly
        first = Run(model, DATA[:9])
        change(model.layers[0].function)
        found.append((first, Run(model, DATA[9:])))
    assert found[1][0].is_traced
    for eager, traced in zip(*found):
        assert_equal(eager, traced)


def test_a_batch_with_attributes_of_its_own_runs_as_it_is(early):
    data = [tuple(map(torch.as_tensor, batch)) for batch in batches(12)]
    found = []
    for run_eagerly in (True, False):
        keras.utils.set_random_seed(0)
        model = compile_model(Own(lambda m, x: x), run_eagerly=run_eagerly)
        model.do = None
        model.call = types_of_batch(model)
        copies = [(x.clone(), y) for x, y in data]
        for x, _ in copies[9:]:
            x.scale = 3.0
        found.append(Run(model, copies))
    assert_equal(*found)
    assert found[1].is_traced


def types_of_batch(model):
    return lambda x: model.last(model.first(x * getattr(x, "scale", 1.0)))


class Penalized(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.last = layers.Dense(4, kernel_regularizer="l2"), layers.Dense(1)

    def call(self, x):
        return self.last(self.first(x))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return super().compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight) + 0.1 * sum(self.losses)


class Counted(keras.metrics.Mean):
    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_pred)


def test_losses_of_ones_own_are_recorded_with_those_that_layers_add(early):
    model = Penalized()
    model(np.zeros((4, 3), "float32"))
    eager, traced = both(model, batches(), compile_model)
    assert_equal(eager, traced)
    assert traced.is_traced


def test_probabilities_that_a_metric_waits_for_are_recorded(early):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(2, "softmax")])
    data = [(x, (y[:, 0] > 0).astype("int64")) for x, y in batches()]
    arguments = {"loss": "sparse_categorical_crossentropy", "metrics": [Counted()]}
    eager, traced = both(model, data, lambda m: compile_model(m, **copy.deepcopy(arguments)))
    assert_equal(eager, traced)
    assert traced.is_traced


def test_a_network_that_collects_no_gradients_may_ask_for_them(early):
    teacher = nn.Linear(4, 4)

    def do(model, x):
        with torch.no_grad():
            found = teacher(x)
        return x + found

    eager, traced = both(Own(do), batches(), compile_model)
    assert_equal(eager, traced)
    assert traced.is_traced


class Compares(Own):
    def call(self, x):
        return self.last(self.first(x)) * (2.0 if x is self.held[0] else 1.0)


@pytest.mark.parametrize("is_first_held", [True, False])
def test_a_batch_that_the_code_can_reach_is_not_taken_for_another(early, is_first_held):
    held, other, y = torch.randn(4, 3), torch.randn(4, 3), torch.randn(4, 1)
    data = [(held if is_first_held else other, y)] * 9 + [(other if is_first_held else held, y)] * 3
    found = []
    for run_eagerly in (True, False):
        keras.utils.set_random_seed(0)
        model = compile_model(Compares(held=[held]))
        model.run_eagerly = run_eagerly
        found.append(Run(model, data))
    assert_equal(*found)
    assert found[1].is_traced is not is_first_held


# -- what is not recorded ----------------------------------------------------------------------------------------------

KEPT = []
GENERATOR = np.random.default_rng(0)
NUMBERS = random.Random(0)
COUNTER = itertools.count()
LOCAL = threading.local()
LOCAL.factor = 1.0


def count_in_attribute(model, x):
    model.calls = getattr(model, "calls", 0) + 1
    return x


def count_in_global(model, x):
    global FACTOR
    FACTOR = 1.0
    return x


def count_outside():
    calls = 0

    def do(model, x):
        nonlocal calls
        calls += 1
        return x * (1.0 if calls < 9 else 2.0)

    return do


def generate():
    while True:
        yield 1.0


VALUES = generate()


SETTINGS = Settings()
VOCABULARY = {str(i): i for i in range(5000)}


class Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return -gradient


TEMPERATURE = nn.Parameter(torch.ones(1))


class Writes:
    def __init__(self):
        self.factor = 1.0

    def call(self, x):
        object.__setattr__(self, "size", len(x))
        return x


WRITES, TEMPLATE = Writes(), "{0.inner.factor}"
CLOCKS, CLOCK = [time.time], functools.partial(time.time)
REFUSED = {
    "gradient elsewhere": (lambda m, x: x * TEMPERATURE, "besides the weights of the model"),
    "time by others": (lambda m, x: x + 0 * sum(f() for f in CLOCKS), "time"),
    "time in a partial": (lambda m, x: x + 0 * CLOCK(), "time"),
    "print by others": (lambda m, x: list(map(print, x.shape)) and x, "print|codecs"),
    "attributes by others": (lambda m, x: x * float(TEMPLATE.format(SPACE)), "format"),
    "asdict": (lambda m, x: x * asdict(SETTINGS)["scale"], "asdict"),
    "setattr by others": (lambda m, x: WRITES.call(x), "__setattr__"),
    "large dict": (lambda m, x: x * (len(VOCABULARY) // 5000), "large container"),
    "print": (lambda m, x: print("here") or x, "print"),
    "time": (lambda m, x: x + 0 * time.time(), "time"),
    "now": (lambda m, x: x + 0 * datetime.datetime.now().year, "now"),
    "environment": (lambda m, x: x * len(os.environ["PATH"]), "environ|getenv|__getitem__"),
    "item": (lambda m, x: x * x.mean().item(), "depend on the numbers"),
    "array": (lambda m, x: x * torch.from_numpy(x.detach().numpy() + 1), "Tensor.numpy"),
    "attribute": (count_in_attribute, "sets or deletes `calls`"),
    "global": (count_in_global, "sets or deletes `FACTOR`"),
    "nonlocal": (count_outside(), "sets `calls`"),
    "list": (lambda m, x: KEPT.append(len(KEPT)) or x, "changes from step to step"),
    "tensors": (lambda m, x: KEPT.append(x) or x, "keeps a tensor"),
    "generator of numpy": (lambda m, x: x * (1 + GENERATOR.random()), "`GENERATOR` is a `numpy.random"),
    "generator of python": (lambda m, x: x * (1 + NUMBERS.random()), "Random"),
    "iterator": (lambda m, x: x * (1 if next(COUNTER) < 9 else 2), "`COUNTER` is a `itertools.count`"),
    "generator": (lambda m, x: x * next(VALUES), "generator"),
    "thread": (lambda m, x: x * LOCAL.factor, "`LOCAL` is a `_thread._local`"),
    "identity": (lambda m, x: x * (id(x) != 0), "`builtins.id`"),
    "module state": (lambda m, x: x * float(torch.initial_seed() != 0), "initial_seed"),
    "optimizer": (lambda m, x: x * (1 + 0 * float(m.optimizer is None)), "which changes in each step"),
    "metrics": (lambda m, x: x * (1 + 0 * len(m.metrics)), "metrics"),
    "data": (lambda m, x: x + x.data, "reads `data`"),
    "gradients of weights": (lambda m, x: x if m.first.linear.weight.grad is None else x + 0, "reads `grad`"),
    "function of autograd": (lambda m, x: Reversed.apply(x), "autograd"),
    "hook": (lambda m, x: x.register_hook(lambda g: g) and x, "register_hook"),
    "seed": (lambda m, x: torch.manual_seed(1) and x, "seed|disable_dynamo"),
    "random": (lambda m, x: x * (1 + 0 * random.random()), "random"),
    "splits": (lambda m, x: torch.tensor_split(x, torch.tensor([2]), dim=1)[0].repeat(1, 2), "tensor_split"),
    "printing": (lambda m, x: print_tensor(x), "print_tensor"),
    "dict of itself": (lambda m, x: x * len(globals()), "globals"),
    "tape": (lambda m, x: x * eval("1"), "eval"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_code_that_looks_elsewhere_runs_as_it_is(early, name, capsys):
    do, reason = REFUSED[name]
    KEPT.clear()
    model = compile_model(Own(do))
    run = Run(model, batches())
    assert not run.is_traced
    assert re.search(reason, run.step.refusal), run.step.refusal
