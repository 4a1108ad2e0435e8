"""Warnings point at the user's line, whatever lies between it and the code that found the fault."""

from __future__ import annotations

import linecache
import warnings

import numpy as np
import pytest
import torch

from torchkeras_compat import callbacks, layers, metrics, models, ops, optimizers
from torchkeras_compat.user_warnings import warn_user


def the_package(path):
    ops.softmax(torch.ones(2, 1))  # here


def a_constructor(path):
    layers.InputLayer(input_shape=(3,))  # here


def a_constructor_of_a_base_class(path):
    callbacks.EarlyStopping(mode="largest")  # here


def a_module_call_of_torch(path):
    embedded = layers.Embedding(5, 2, mask_zero=True)(torch.ones(2, 4, dtype=torch.int64))
    layers.Conv1D(1, 1)(embedded)  # here


def a_model_call(path):
    inputs = {"a": layers.Input((2,)), "b": layers.Input((2,))}
    model = models.Model(inputs, layers.Add()([inputs["a"], inputs["b"]]))
    model([torch.ones(2, 2), torch.ones(2, 2)])  # here


def the_generated_code_of_a_graph(path):
    inputs = layers.Input((1,))
    outputs = ops.softmax(inputs)  # here
    models.Model(inputs, outputs)(torch.ones(2, 1))  # here


def a_layer_of_the_user(path):
    class Gate(layers.Layer):
        def call(self, inputs):
            return ops.softmax(inputs)  # here

    models.Sequential([layers.Input((1,)), Gate()])(torch.ones(2, 1))


def a_module_of_the_user(path):
    class Gate(torch.nn.Module):
        def forward(self, inputs):
            return ops.softmax(inputs)  # here

    Gate()(torch.ones(2, 1))


def a_training_run(path):
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    watch = callbacks.EarlyStopping(monitor="val_loss")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=1, verbose=0, callbacks=[watch])  # here


def a_callback_of_the_user(path):
    class Noted(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            ops.softmax(torch.ones(2, 1))  # here

    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=1, verbose=0, callbacks=[Noted()])


def an_optimizer(path):
    optimizer = optimizers.SGD()
    weights = [layers.Dense(1).add_weight((2,)), layers.Dense(1).add_weight((2,))]
    optimizer.apply([torch.ones(2), None], weights)  # here


def a_metric(path):
    metric = metrics.R2Score(num_regressors=9)
    metric.update_state(torch.ones(3, 1), torch.zeros(3, 1))
    metric.result()  # here


def a_file(path):
    models.Sequential([layers.Input((2,)), layers.Dense(1)]).save_weights(path / "w.weights.h5")
    model = models.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.load_weights(path / "w.weights.h5", skip_mismatch=True)  # here


def a_file_of_keras_2(path):
    models.Sequential([layers.Input((2,)), layers.Dense(1)]).save(path / "w.h5")
    model = models.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.load_weights(path / "w.h5", skip_mismatch=True)  # here


@pytest.mark.parametrize(
    "between",
    [
        the_package,
        a_constructor,
        a_constructor_of_a_base_class,
        a_module_call_of_torch,
        a_model_call,
        the_generated_code_of_a_graph,
        a_layer_of_the_user,
        a_module_of_the_user,
        a_training_run,
        a_callback_of_the_user,
        an_optimizer,
        a_metric,
        a_file,
        a_file_of_keras_2,
    ],
    ids=lambda between: between.__name__,
)
def test_a_warning_points_at_the_line_of_the_user(between, tmp_path):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        between(tmp_path)
    assert said
    assert all(w.filename == __file__ for w in said), [w.filename for w in said]
    assert all(linecache.getline(w.filename, w.lineno).rstrip().endswith("# here") for w in said)


def test_the_category_is_the_one_asked_for():
    with pytest.warns(SyntaxWarning, match="odd"):
        warn_user("That is odd.", SyntaxWarning)


@pytest.mark.parametrize("names", [{}, {"__name__": "__main__"}], ids=["without a module", "of a module"])
def test_code_run_by_exec_is_the_line_of_the_user(names):
    code = compile("\n\nsoftmax(ones(2, 1))", "<cell>", "exec")
    with pytest.warns(UserWarning, match="axis has size 1") as said:
        exec(code, {**names, "softmax": ops.softmax, "ones": torch.ones})
    assert [(w.filename, w.lineno) for w in said] == [("<cell>", 3)]


def test_code_whose_module_is_none_runs():
    exec("softmax(ones(2, 1))", {"__name__": None, "softmax": ops.softmax, "ones": torch.ones})


def test_compiled_code_warns_as_well():
    def twice(x):
        return ops.softmax(x) * 2

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        torch.compile(twice, backend="eager")(torch.ones(2, 1))
    assert ["axis has size 1" in str(w.message) for w in said] == [True]
    assert said[0].filename == __file__
