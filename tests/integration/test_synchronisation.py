"""Nothing in the steps of `fit`, `evaluate` and `train_on_batch` waits for the device.

The meta device stands for it: it computes nothing, so that whatever needs a value (``.item()``, ``float(tensor)``,
``bool(tensor)``, a copy to the host, ``nonzero``, a boolean mask as index) is an error there. On the CPU, where all
kernels run, a mode of torch refuses the same, but for copies.
"""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras_compat as ours
from torchkeras_compat import Input, Model, Sequential, config, layers, losses, metrics, optimizers
from torchkeras_compat.device import device
from torchkeras_compat.training import evaluate as evaluate_module
from torchkeras_compat.training import fit as fit_module
from torchkeras_compat.training.logs import LazyLogs, numbers

WAITS = {
    "CTC": "torch's CUDA kernel reads the lengths of the sequences on the host; it has no kernel for meta tensors",
}
SHAPED_ALIKE = {"IoU", "MeanIoU", "BinaryIoU"}  # a class for each value, not scores of classes
EMBEDDINGS = {"Circle", "CategoricalGeneralizedCrossEntropy"}  # scores or vectors, with class labels
ELSEWHERE = {"TorchMetric"}  # what a metric of torchmetrics does
GIVEN = {
    "num_classes": 3,
    "recall": 0.5,
    "precision": 0.5,
    "specificity": 0.5,
    "sensitivity": 0.5,
    "target_class_ids": [0],
    "fn": losses.mean_squared_error,
}


def made(cls):
    parameters = inspect.signature(cls.__init__).parameters
    needed = [name for name, p in parameters.items() if p.default is p.empty and name in GIVEN]
    return cls(**{name: GIVEN[name] for name in needed})


def classes_of(namespace, base):
    found = [(name, getattr(namespace, name)) for name in dir(namespace)]
    classes = [(name, cls) for name, cls in found if inspect.isclass(cls) and issubclass(cls, base) and cls is not base]
    return [pytest.param(cls, id=name) for name, cls in classes if name not in ELSEWHERE]


def trains_without_waiting(model, x, y, sample_weight):
    step = model._make_step()
    for mode, run in ((True, step.train), (False, step.test)):
        model.train(mode)
        for _ in range(2):
            run(x, y, sample_weight)
    return step.results()


@pytest.fixture
def meta():
    with device("meta"):
        yield


def scores(name):
    """A model, targets for it, and a loss that takes them."""
    if name in SHAPED_ALIKE:
        model = Sequential([Input((4,)), layers.Dense(1, activation="sigmoid"), layers.Reshape(())])
        return model, torch.zeros(8), "mse"
    model = Sequential([Input((4,)), layers.Dense(3, activation="softmax" if "Categorical" in name else "sigmoid")])
    if "Sparse" in name or name in EMBEDDINGS:
        return model, torch.zeros(8, dtype=torch.int64), "sparse_categorical_crossentropy"
    return model, torch.zeros(8, 3), "mse"


@pytest.mark.usefixtures("meta")
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("cls", classes_of(losses, losses.Loss))
def test_a_loss_waits_for_nothing(cls, weighted):
    name = cls.__name__
    model, y, _ = scores(name)
    if name == "CTC":
        model = Sequential([Input((4,)), layers.Reshape((4, 1)), layers.Dense(5)])
        y = torch.ones(8, 2, dtype=torch.int64)
    model.compile("adam", made(cls))
    sample_weight = torch.ones(8) if weighted else None
    if name in WAITS:
        with pytest.raises(NotImplementedError, match="Meta"):
            trains_without_waiting(model, torch.zeros(8, 4), y, sample_weight)
        return
    assert trains_without_waiting(model, torch.zeros(8, 4), y, sample_weight)["loss"].is_meta


@pytest.mark.usefixtures("meta")
@pytest.mark.filterwarnings("ignore:The weights are torch.float32 but the dtype")
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("cls", classes_of(metrics, metrics.Metric))
def test_a_metric_waits_for_nothing(cls, weighted):
    name = cls.__name__
    if name in ("Mean", "Sum"):
        found = made(cls)
        found.update_state(torch.zeros(8), torch.ones(8) if weighted else None)
        assert found.result().shape == ()
        return
    model, y, loss = scores(name)
    model.compile("adam", loss, **{"weighted_metrics" if weighted else "metrics": [made(cls)]})
    logs = trains_without_waiting(model, torch.zeros(8, 4), y, torch.ones(8) if weighted else None)
    assert len(logs) >= 2


# -- models ------------------------------------------------------------------------------------------------------------

_READS = {
    "_local_scalar_dense",
    "nonzero",
    "is_nonzero",
    "equal",
    "masked_select",
    "_unique2",
    "unique_dim",
    "bincount",
}


class NoReads(TorchDispatchMode):
    """Refuses what an accelerator could do only by waiting until it has computed the values."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func._schema.name.removeprefix("aten::")
        by_mask = name in ("index", "index_put_", "index_put") and any(
            isinstance(i, torch.Tensor) and i.dtype in (torch.bool, torch.uint8) for i in args[1]
        )
        if name in _READS or by_mask:
            raise AssertionError(f"a step waits for the device: {name}")
        return func(*args, **(kwargs or {}))


def dense():
    return Sequential(
        [Input((6,)), layers.Dense(8, "relu", kernel_regularizer="l2"), layers.Dropout(0.5), layers.Dense(2)]
    )


def convolutional():
    return Sequential(
        [
            Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )


def recurrent():
    return Sequential([Input((5, 3)), layers.LSTM(4, return_sequences=True), layers.GRU(4), layers.Dense(2)])


def masked():
    return Sequential(
        [Input((5,), dtype="int32"), layers.Embedding(9, 4, mask_zero=True), layers.LSTM(4), layers.Dense(2)]
    )


def attentive():
    x = Input((5, 8))
    y = layers.LayerNormalization()(layers.Add()([x, layers.MultiHeadAttention(2, 4, dropout=0.1)(x, x)]))
    return Model(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(y)))


def constrained():
    return Sequential(
        [Input((6,)), layers.Dense(4, kernel_constraint="max_norm", activity_regularizer="l1"), layers.Dense(2)]
    )


def noisy():
    return Sequential(
        [Input((6,)), layers.GaussianNoise(0.1, seed=1), layers.GroupNormalization(2), layers.PReLU(), layers.Dense(2)]
    )


class Subclassed(Model):
    def __init__(self):
        super().__init__()
        self.inner, self.outer = layers.Dense(4), layers.Dense(2)

    def call(self, x, training=None):
        y = self.inner(x, training=training)
        self.add_loss(y.square().mean())
        return self.outer(y)


def subclassed():
    model = Subclassed()
    model.build((None, 6))
    return model


def several():
    a, b = Input((6,), name="a"), Input((6,), name="b")
    y = layers.Concatenate()([a, b])
    return Model({"a": a, "b": b}, {"one": layers.Dense(2, name="one")(y), "two": layers.Dense(2, name="two")(y)})


def mixed():
    before = config.dtype_policy()
    config.set_dtype_policy("mixed_bfloat16")
    try:
        return dense()
    finally:
        config.set_dtype_policy(before)


KINDS = [dense, convolutional, recurrent, masked, attentive, constrained, noisy, subclassed, several, mixed]


def batch(model, size=4):
    inputs = getattr(model, "inputs", None)
    if model.__class__ is Subclassed:
        return torch.ones(size, 6), torch.ones(size, 2)
    data = {t.name: torch.ones(size, *t.shape[1:], dtype=getattr(torch, t.dtype)) for t in inputs}
    x = data if len(data) > 1 else next(iter(data.values()))
    y = {name: torch.ones(size, 2) for name in ("one", "two")} if len(data) > 1 else torch.ones(size, 2)
    return x, y


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_a_step_of_any_kind_of_model_waits_for_nothing(make, weighted):
    model = make()
    x, y = batch(model)
    names = ["mae"] if not isinstance(y, dict) else {name: ["mae"] for name in y}
    model.compile("adam", "mse", metrics=names)
    sample_weight = (
        None if not weighted else torch.ones(4) if not isinstance(y, dict) else {k: torch.ones(4) for k in y}
    )
    step = model._make_step()
    model.train(True)
    step.train(x, y, sample_weight)
    with NoReads():
        step.train(x, y, sample_weight)
        step.logs()
        step.results()
    model.train(False)
    with NoReads():
        step.test(x, y, sample_weight)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: optimizers.SGD(0.1, momentum=0.9, clipnorm=1.0),
        lambda: optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 10), global_clipnorm=1.0, weight_decay=0.1),
        lambda: optimizers.AdamW(gradient_accumulation_steps=2, use_ema=True, ema_overwrite_frequency=2),
    ],
    ids=["clipped", "scheduled", "accumulating"],
)
def test_an_optimizer_waits_for_nothing(optimizer):
    model = dense()
    x, y = batch(model)
    model.compile(optimizer(), "mse")
    step = model._make_step()
    model.train(True)
    for _ in range(2):
        step.train(x, y, None)
    with NoReads():
        for _ in range(3):
            step.train(x, y, None)


# -- loops -------------------------------------------------------------------------------------------------------------


def read_nothing(monkeypatch):
    """Let the ends of epochs take zeros for the logs, and return what was asked for."""
    asked = []

    def zeros(logs):
        asked.append(list(logs))
        return dict.fromkeys(logs, 0.0)

    monkeypatch.setattr(fit_module, "numbers", zeros)
    monkeypatch.setattr(evaluate_module, "numbers", zeros)
    return asked


@pytest.mark.usefixtures("meta")
@pytest.mark.parametrize(
    "arguments",
    [{}, {"sample_weight": np.ones(20, "float32")}, {"class_weight": {0: 1.0, 1: 2.0}}, {"shuffle": False}],
    ids=["plain", "sample_weight", "class_weight", "in order"],
)
def test_a_loop_reads_its_logs_once_an_epoch_and_nothing_else(arguments, monkeypatch):
    asked = read_nothing(monkeypatch)
    model = Sequential([Input((6,)), layers.Dense(8, "relu"), layers.Dropout(0.5), layers.Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = np.ones((20, 6), "float32"), np.arange(20) % 2
    history = model.fit(x, y, batch_size=4, epochs=3, verbose=0, validation_data=(x, y), **arguments).history
    assert asked == [["loss", "accuracy"]] * 6
    assert history["val_accuracy"] == [0.0] * 3


def test_logs_of_an_accelerator_are_read_together(monkeypatch):
    monkeypatch.setattr(torch.Tensor, "is_cpu", False, raising=False)  # as if they lay elsewhere
    logs = {
        "count": torch.tensor(2**40 + 1),
        "loss": torch.tensor(0.1, requires_grad=True),
        "half": torch.tensor(0.5, dtype=torch.bfloat16),
        "matrix": torch.ones(2, 2),
        "given": 3,
        "nested": {"inner": torch.tensor(True)},
    }
    reads = []
    monkeypatch.setattr(torch.Tensor, "tolist", lambda self, real=torch.Tensor.tolist: reads.append(self) or real(self))
    with NoReads():
        found = numbers(logs)
    assert len(reads) == 1
    assert list(found) == ["loss", "count", "half", "matrix", "given", "inner"]
    assert (found["loss"], found["count"], found["half"]) == (float(np.float32(0.1)), 2.0**40 + 1, 0.5)
    assert (found["given"], found["inner"]) == (3.0, 1.0)
    assert found["matrix"].tolist() == [[1.0, 1.0], [1.0, 1.0]]
    lazy = LazyLogs({"a": torch.tensor(1.5), "b": torch.tensor(2)})
    with NoReads():
        assert dict(lazy) == {"a": 1.5, "b": 2.0}
    assert len(reads) == 2


@pytest.mark.cuda
@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_no_step_synchronises_on_the_gpu(make):
    model = make()
    x, y = ours.tree.map_structure(lambda t: t.cuda(), batch(model))
    model.compile("adam", "mse", metrics=None)
    step = model._make_step()
    model.train(True)
    step.train(x, y, None)
    torch.cuda.set_sync_debug_mode("error")
    try:
        step.train(x, y, None)
    finally:
        torch.cuda.set_sync_debug_mode("default")
