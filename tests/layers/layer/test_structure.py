"""What is kept of a walk over layers is asked again as soon as anything below has changed, by whomever."""

from __future__ import annotations

import copy
import gc
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import switch
from torchkeras_compat.layers.layer.structure import Structure, Walk
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.metrics.reduction import Mean
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.random.seed_generator import SeedGenerator


class Block(nn.Module):
    """A plain torch module in which a layer lies."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.parts = nn.ModuleList([nn.Linear(4, 4), nn.BatchNorm1d(4)])
        self.table = nn.ModuleDict({"first": nn.Linear(4, 4)})
        self.row = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.dense = Dense(4)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.row(self.dense(self.linear(x))) * self.scale


class Net(Model):
    """A model of everything that a layer may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.block = Block()
        self.hidden = Dense(4)
        self.blocks = [Dense(4), Dropout(0.5, seed=1)]
        self.table = {"a": Dense(4)}
        self.plain = [1, 2]
        self.ordered = OrderedDict(one=1)
        self.nested = ({"deep": [1]},)
        self.seen = Mean(name="seen")
        self.inner = Sequential([Input((4,)), Dense(4, name="bottom"), Dense(4, name="top")])

    def call(self, x: torch.Tensor) -> torch.Tensor:
        x = self.hidden(self.block(x))
        for layer in self.blocks:
            x = layer(x)
        return self.inner(self.table["a"](x))


def listed(model: Any) -> list[list[Any]]:
    """Return all that is kept of walks."""
    return [
        list(found)
        for found in (
            model.weights,
            model.variables,
            model.trainable_variables,
            model.non_trainable_variables,
            model._flatten_layers(),
            model.metrics,
        )
    ]


def walked_again(model: Any) -> list[list[Any]]:
    """Return it from a walk that nothing is known of."""
    for module in model.modules():
        module.__dict__.pop("_walks", None)
    return listed(model)


@pytest.fixture
def net() -> Net:
    model = Net()
    model(torch.zeros(2, 4))
    return model


def _pop(net: Net) -> None:
    del net.block.parts[0]


def _clear(net: Net) -> None:
    net.block.table.clear()


def _delete_from_sequence(net: Net) -> None:
    del net.block.row[0]


def _delete_module(net: Net) -> None:
    del net.block.linear


def _delete_parameter(net: Net) -> None:
    del net.block.scale


def _delete_layer(net: Net) -> None:
    del net.hidden


def _delete_metric(net: Net) -> None:
    del net.seen


def _delete_from_dict(net: Net) -> None:
    del net.table["a"]


def _put_in_place(net: Net) -> None:
    net.block._modules["linear"] = nn.Linear(4, 4, bias=False)


def _register_parameter(net: Net) -> None:
    net.block.linear.register_parameter("more", nn.Parameter(torch.ones(2)))


def _register_buffer(net: Net) -> None:
    net.block.linear.register_buffer("more", torch.ones(2))


def _parameter_of_a_layer(net: Net) -> None:
    net.hidden.register_parameter("more", nn.Parameter(torch.ones(2)))


def _late_weight(net: Net) -> None:
    net.hidden.late = net.hidden.add_weight(shape=(2,), name="late")


def _replace_in_graph(net: Net) -> None:
    net.inner.bottom = nn.Linear(4, 4)


def _ask_and_parametrize(net: Net) -> None:
    parametrizations.weight_norm(net.block.linear)


def _rename(net: Net) -> None:
    linear = net.block.linear
    linear.renamed = linear._parameters.pop("weight")


def _item_of_ordered(net: Net) -> None:
    net.ordered["two"] = Mean(name="two")


def _metric_deep_inside(net: Net) -> None:
    net.nested[0]["deep"][0] = Mean(name="deep")


def _frozen(net: Net) -> None:
    net.hidden.trainable = False


CHANGES: dict[str, Callable[[Net], Any]] = {
    "layer set": lambda net: setattr(net, "more", Dense(3)),
    "layer replaced": lambda net: setattr(net, "hidden", Dense(4)),
    "layer set to None": lambda net: setattr(net, "hidden", None),
    "layer deleted": _delete_layer,
    "layer appended": lambda net: net.blocks.append(Dense(2)),
    "layer put into a dict": lambda net: net.table.update(b=Dense(2)),
    "layer deleted from a dict": _delete_from_dict,
    "list replaced": lambda net: setattr(net, "blocks", [Dense(1)]),
    "module appended to a ModuleList": lambda net: net.block.parts.append(nn.Linear(4, 1)),
    "layer appended to a ModuleList": lambda net: net.block.parts.append(Dense(1)),
    "module deleted from a ModuleList": _pop,
    "ModuleDict cleared": _clear,
    "module deleted from a torch Sequential": _delete_from_sequence,
    "module of a torch Sequential replaced": lambda net: net.block.row.__setitem__(0, nn.Linear(4, 4, bias=False)),
    "module below deleted": _delete_module,
    "module below set": lambda net: setattr(net.block, "more", nn.Linear(2, 2)),
    "module added by add_module": lambda net: net.block.add_module("more", nn.Linear(2, 2)),
    "module added to a layer by add_module": lambda net: net.add_module("more", Dense(2)),
    "module put in place of another": _put_in_place,
    "parameter registered": _register_parameter,
    "buffer registered": _register_buffer,
    "parameter of a layer registered": _parameter_of_a_layer,
    "parameter set": lambda net: setattr(net.hidden, "more", nn.Parameter(torch.ones(2))),
    "parameter deleted": _delete_parameter,
    "parameter set to None": lambda net: setattr(net.block, "scale", None),
    "parameter renamed": _rename,
    "weight added": _late_weight,
    "parametrized": _ask_and_parametrize,
    "pruned": lambda net: prune.l1_unstructured(net.block.linear, "weight", 0.5),
    "quantized": lambda net: net.hidden.quantize("int8"),
    "low rank": lambda net: net.hidden.enable_lora(2),
    "frozen": _frozen,
    "metric set": lambda net: setattr(net.hidden, "watch", Mean(name="watch")),
    "metric replaced": lambda net: setattr(net, "seen", Mean(name="again")),
    "metric set to None": lambda net: setattr(net, "seen", None),
    "metric deleted": _delete_metric,
    "metric appended to a plain list": lambda net: net.plain.append(Mean(name="late")),
    "metric put in place of a number": lambda net: net.plain.__setitem__(0, Mean(name="late")),
    "metric in a dict of another class": _item_of_ordered,
    "metric deep inside": _metric_deep_inside,
    "seed generator set": lambda net: setattr(net.hidden, "seed", SeedGenerator(3)),
    "layer added to an inner Sequential": lambda net: net.inner.add(Dense(2)),
    "layer popped from an inner Sequential": lambda net: net.inner.pop(),
    "layer of an inner graph replaced": _replace_in_graph,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_below_is_seen(net, change):
    before = listed(net)
    change(net)
    after = listed(net)
    assert [[*map(id, part)] for part in after] == [[*map(id, part)] for part in walked_again(net)]
    assert [[*map(id, part)] for part in after] != [[*map(id, part)] for part in before]


def test_changes_that_are_taken_back_are_seen(net):
    before = listed(net)
    parametrizations.weight_norm(net.block.linear)
    listed(net)
    parametrize.remove_parametrizations(net.block.linear, "weight")
    after = listed(net)
    assert [v.name for v in after[0]] != []
    assert [[*map(id, part)] for part in after] == [[*map(id, part)] for part in walked_again(net)]
    assert sorted(v.path for v in after[0]) == sorted(v.path for v in before[0])


@pytest.mark.parametrize(
    "change",
    [lambda m: parametrizations.weight_norm(m), lambda m: prune.l1_unstructured(m, "weight", 0.5)],
    ids=["parametrized", "pruned"],
)
def test_weights_of_a_layer_stay_what_they_are_over_tensors_that_torch_moves(net, change):
    before = listed(net)
    change(net.hidden.linear)
    after = listed(net)
    assert [[*map(id, part)] for part in after] == [[*map(id, part)] for part in walked_again(net)]
    assert [[*map(id, part)] for part in after] == [[*map(id, part)] for part in before]


def test_a_list_that_was_given_out_may_be_changed(net):
    weights = net.weights
    weights.clear()
    net._flatten_layers().clear()
    net.metrics.clear()
    assert net.weights
    assert len(net._flatten_layers()) > 1
    assert net.metrics


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy], ids=["shallow", "deep"])
def test_a_copy_has_a_structure_of_its_own(net, copied):
    listed(net)
    twin = copied(net)
    twin.__dict__["_modules"] = dict(twin._modules)  # a shallow one shares it with the first
    twin.more = Dense(2)
    twin.more.build((None, 3))
    assert len(twin.weights) == len(net.weights) + 2
    assert twin.more in twin._flatten_layers()
    assert twin.more not in net._flatten_layers()
    assert [[*map(id, part)] for part in listed(twin)] == [[*map(id, part)] for part in walked_again(twin)]


def test_a_replica_does_not_list_the_layers_of_the_first(net):
    listed(net)
    replica = object.__new__(Net)  # as torch makes them
    object.__setattr__(replica, "__dict__", {**net.__dict__, "_modules": dict(net._modules)})
    replica._modules["hidden"] = Dense(4)
    assert replica._modules["hidden"] in replica._flatten_layers()
    assert replica._modules["hidden"] not in net._flatten_layers()


def test_what_left_a_model_is_not_kept_alive(net):
    listed(net)
    gone = weakref.ref(net.hidden.linear.weight)
    net.hidden = None
    gc.collect()
    assert gone() is None


def test_walks_are_not_all_asked_for_each_new_one(monkeypatch):
    class Counting(weakref.ref):
        asked = 0

        def __call__(self):
            Counting.asked += 1
            return super().__call__()

    monkeypatch.setattr(weakref, "ref", Counting)
    structure, walks = Structure(), [Walk() for _ in range(5000)]
    for walk in walks:
        structure.keep(walk)
    assert Counting.asked < 2 * len(walks)
    del walks, walk
    last = Walk()
    for _ in range(5000):
        structure.keep(last)
    assert len(structure._walks) < 10_000 and structure._walks[0]() is last


def test_lists_do_not_tie_a_layer_into_a_cycle():
    class Holder(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.part = nn.Linear(2, 2)

    holder = Holder()
    holder._flatten_layers()
    holder.metrics  # noqa: B018
    gone = weakref.ref(holder)
    gc.disable()
    try:
        del holder
        assert gone() is None
    finally:
        gc.enable()


# -- modes ---------------------------------------------------------------------------------------------------------


class Stubborn(nn.Module):
    """Stays in inference mode, as frozen batch norms do."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = nn.Dropout()
        self.asked: list[bool] = []

    def train(self, mode: bool = True) -> Any:
        self.asked.append(mode)
        return super().train(False)


class Watching(Layer):
    """Looks at every attribute that is set."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "training":
            self.__dict__.setdefault("log", []).append(value)
        super().__setattr__(name, value)


class Shouting(nn.Module):
    """A mixin with a `train` that comes behind that of a layer."""

    def train(self, mode: bool = True) -> Any:
        self.__dict__["shouted"] = mode
        return super().train(mode)


class Mixed(Dense, Shouting):
    pass


def test_train_asks_modules_with_a_train_of_their_own():
    class Outer(Model):
        def __init__(self) -> None:
            super().__init__()
            self.stubborn = Stubborn()
            self.below = nn.Sequential(Stubborn(), nn.Dropout())
            self.watching = Watching()
            self.mixed = Mixed(2)

    outer = Outer()
    outer.stubborn.asked.clear()
    outer.train()
    assert outer.stubborn.asked == [True]
    assert not outer.stubborn.inside.training
    assert not outer.below[0].inside.training
    assert outer.below[1].training
    assert outer.watching.log[-1] is True
    assert outer.mixed.shouted is True
    assert outer.mixed.training
    outer.eval()
    assert outer.watching.log[-1] is False
    assert outer.mixed.shouted is False
    switch(outer, True)
    assert outer.mixed.shouted is True


def test_train_refuses_what_torch_refuses():
    with pytest.raises(ValueError, match="training mode is expected to be boolean"):
        Dense(2).train("yes")


def test_train_says_the_mode_of_layers_below():
    model = Sequential([Input((4,)), Dense(2), Sequential([Input((2,)), Dropout(0.5)])])
    switch(model, True)
    assert not model.layers[0]._mode_is_said
    model.train()
    assert model.layers[0]._mode_is_said
    assert model.layers[1].layers[0]._mode_is_said


def test_a_layer_that_leads_back_to_the_one_around_it_is_switched():
    class Box(layers.Layer):
        def call(self, inputs):
            return inputs

    inner, outer = Box(), Box()
    outer.inner = inner
    inner.outer = outer
    outer.train()
    assert inner.training and outer.training


def test_a_metric_that_comes_without_a_word_is_found():
    layer = layers.Dense(2)
    assert layer._metrics_below() == []
    metric = keras.metrics.Mean()
    object.__setattr__(layer, "hidden", metric)
    assert layer._metrics_below() == [metric]


def test_a_buffer_that_torch_takes_away_is_missed():
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization()])
    assert len(model.weights) == 4
    norm = next(module for module in model.modules() if "running_mean" in module._buffers)
    del norm._buffers["running_mean"]
    with pytest.raises(ValueError, match="'running_mean' is no longer in"):
        [v.name for v in model.trainable_weights]


def test_children_that_a_module_makes_up_are_switched():
    hidden = torch.nn.Dropout(0.5).eval()

    class Odd(torch.nn.Module):
        def children(self):
            yield hidden

    layer = layers.Dense(2)
    layer.odd = Odd()
    layer.train()
    assert hidden.training


def test_threads_that_ask_for_a_graph_get_the_same_one():
    for _ in range(20):
        model = keras.Sequential([keras.Input((3,)), layers.Dense(3)])
        model.add(layers.Dense(2))
        barrier, found = threading.Barrier(4), []

        def ask(model=model, barrier=barrier, found=found):
            barrier.wait()
            found.append(model._find_graph())

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({id(graph) for graph in found}) == 1
