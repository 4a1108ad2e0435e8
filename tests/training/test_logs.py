"""Logs that are read when somebody looks."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat.training.logs import LazyLogs, give_logs

PLAIN = {"loss": 0.5, "acc": 2.0}


def lazy():
    return LazyLogs(loss=torch.tensor(0.5), acc=lambda: torch.tensor(2))


READERS = {
    "dict": dict,
    "unpacking": lambda logs: {**logs},
    "items": lambda logs: dict(logs.items()),
    "values": lambda logs: dict(zip(logs, logs.values())),
    "get": lambda logs: {name: logs.get(name) for name in logs},
    "index": lambda logs: {name: logs[name] for name in logs},
    "copy": lambda logs: logs.copy(),
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda logs: pickle.loads(pickle.dumps(logs)),
    "json": lambda logs: json.loads(json.dumps(logs)),
    "update": lambda logs: (target := {}).update(logs) or target,
    "pop": lambda logs: {name: logs.pop(name) for name in list(logs)},
    "popitem": lambda logs: dict(logs.popitem() for _ in range(2)),
    "setdefault": lambda logs: {name: logs.setdefault(name, 9) for name in logs},
    "or": lambda logs: logs | {},
    "ror": lambda logs: {} | logs,
    "format": lambda logs: {"loss": float("{loss:.1f}".format(**logs)), "acc": 2.0},
    "repr": lambda logs: eval(repr(logs)),
}


@pytest.mark.parametrize("reader", READERS)
def test_however_it_is_read_it_gives_floats(reader):
    result = READERS[reader](lazy())
    assert result == PLAIN
    assert all(type(value) is float for value in dict(result).values())


def test_it_equals_a_dictionary_and_is_one():
    assert lazy() == PLAIN and not lazy() != PLAIN
    assert isinstance(lazy(), dict)
    assert lazy().get("none", 3) == 3 and "loss" in lazy() and len(lazy()) == 2


def test_what_nobody_looks_at_is_not_read():
    calls = []
    logs = LazyLogs(loss=torch.tensor(0.5), acc=lambda: calls.append(1) or torch.tensor(1.0))
    assert isinstance(logs.unread("loss"), torch.Tensor)
    assert list(logs) == ["loss", "acc"] and logs["loss"] == 0.5
    assert calls == []
    assert logs["acc"] == logs["acc"] == 1.0 and calls == [1]
    assert logs.unread("loss") == 0.5 and logs.unread("none") is None


def test_larger_values_become_arrays():
    logs = LazyLogs(per_class=torch.tensor([1.0, 2.0]), parts=lambda: {"a": torch.tensor(1.0)}, lr=0.1)
    assert isinstance(logs["per_class"], np.ndarray) and logs["parts"] == {"a": 1.0} and logs["lr"] == 0.1


def test_what_is_added_stays():
    logs = lazy()
    logs["learning_rate"] = 0.1
    logs.update({"val_loss": torch.tensor(3.0)})
    assert dict(logs) == {**PLAIN, "learning_rate": 0.1, "val_loss": 3.0}


@pytest.mark.parametrize("is_kept", [False, True])
def test_logs_are_computed_before_the_next_step_where_somebody_keeps_them(is_kept):
    step, kept = 1.0, []
    give_logs(
        lambda index, logs: kept.append(logs) if is_kept else None,
        0,
        lambda: LazyLogs.promised(["loss"], lambda: {"loss": torch.tensor(step)} if is_kept else pytest.fail("read")),
    )
    step = 2.0
    assert [logs["loss"] for logs in kept] == [1.0] * is_kept


def test_a_metric_object_of_one_of_two_outputs_is_logged_once(real_keras):
    logged = []
    for keras in (torchkeras_compat, real_keras):
        x = keras.layers.Input((3,))
        model = keras.Model(x, [keras.layers.Dense(1, name="a")(x), keras.layers.Dense(1, name="b")(x)])
        metrics = keras.metrics
        model.compile("sgd", ["mse", "mse"], metrics=[[metrics.RootMeanSquaredError()], [metrics.MeanAbsoluteError()]])
        history = model.fit(np.ones((4, 3)), [np.ones((4, 1))] * 2, verbose=0).history
        logged.append((sorted(history), len(model.metrics), sorted(model.get_metrics_result())))
    assert logged[0] == logged[1]
