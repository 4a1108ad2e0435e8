"""Training runs for the tests of interruption: from their seeds each time, so that any process makes the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.callbacks.backup_and_restore import BackupAndRestore
from torchkeras_compat.callbacks.csv_logger import CSVLogger
from torchkeras_compat.callbacks.early_stopping import EarlyStopping
from torchkeras_compat.callbacks.learning_rate_scheduler import LearningRateScheduler
from torchkeras_compat.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from torchkeras_compat.data.py_dataset import PyDataset

EPOCHS, BATCH = 4, 5
_RANDOM = np.random.RandomState(3)
X = _RANDOM.normal(size=(23, 4)).astype("float32")
Y = (X[:, :1] > X[:, 1:2]).astype("float32")
Z = np.concatenate([Y, 1 - Y], axis=1)


def classifier(optimizer: Any = "adam", metrics: tuple[Any, ...] = ("accuracy", "auc")) -> Any:
    """A model with everything that has a state of its own: averages, dropout with and without a seed."""
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, "tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.GaussianNoise(0.1, seed=5),
            layers.Dense(2, "softmax"),
        ]
    )
    f1 = keras.metrics.F1Score()  # an array in the logs, and variables that the first batch makes
    model.compile(optimizer, "categorical_crossentropy", metrics=[*metrics, f1])
    return model


class Reshuffled(PyDataset):
    """A dataset that draws the order of its rows itself, and remembers it."""

    def __init__(self) -> None:
        super().__init__()
        self.order = np.arange(len(X))

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = self.order[index * BATCH : (index + 1) * BATCH]
        return X[rows] + np.random.normal(size=(len(rows), 4)).astype("float32"), Z[rows]

    def on_epoch_end(self) -> None:
        np.random.shuffle(self.order)

    def state_dict(self) -> dict[str, Any]:
        return {"order": torch.from_numpy(self.order.copy())}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.order = state["order"].numpy().copy()


class Adversarial(keras.Model):
    """Two networks, two optimizers that the step builds, a metric in an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = keras.Sequential([keras.Input((4,)), layers.Dense(4)])
        self.critic = keras.Sequential([keras.Input((4,)), layers.Dense(5, "relu"), layers.Dense(1)])
        self.seen = keras.metrics.Mean(name="critic_loss")
        self.built = True

    def compile(self) -> None:
        super().compile()
        self.first, self.second = keras.optimizers.Adam(0.02), keras.optimizers.RMSprop(0.01)

    def train_step(self, data: Any) -> dict[str, Any]:
        x, _ = data
        noise = torch.randn_like(x)
        loss = (self.critic(self.generator(noise).detach()) - self.critic(x)).mean().square()
        loss.backward()
        self.second.apply([v.value.grad for v in self.critic.trainable_variables], self.critic.trainable_variables)
        other = self.critic(self.generator(noise)).mean()
        self.zero_grad()
        other.backward()
        self.first.apply([v.value.grad for v in self.generator.trainable_variables], self.generator.trainable_variables)
        self.zero_grad()
        self.seen.update_state(loss.detach())
        return {"critic_loss": self.seen.result(), "generator_loss": other.detach()}


def _arrays(model: Any, callbacks: list[Any], **options: Any) -> Any:
    return model.fit(X, Z, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=callbacks, **options)


def arrays(callbacks: list[Any]) -> Any:
    watching = [
        EarlyStopping("loss", patience=2, restore_best_weights=True),
        ReduceLROnPlateau("val_loss", patience=1, min_delta=0.1),
    ]
    return _arrays(classifier(), [*watching, *callbacks], validation_split=0.3)


def torch_optimizer(callbacks: list[Any]) -> Any:
    model = classifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    model.compile(optimizer, "mse", metrics=["mae"])
    return _arrays(model, callbacks)


def averages_and_accumulation(callbacks: list[Any]) -> Any:
    adam = keras.optimizers.Adam(0.02, use_ema=True, gradient_accumulation_steps=2, clipnorm=0.5)
    halving = LearningRateScheduler(lambda epoch, rate: rate * 0.9)
    return _arrays(classifier(adam), [halving, *callbacks], steps_per_epoch=5)


def loader(callbacks: list[Any]) -> Any:
    pairs = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Z))
    batches = torch.utils.data.DataLoader(pairs, batch_size=BATCH, shuffle=True)
    return classifier().fit(batches, epochs=EPOCHS, verbose=0, callbacks=callbacks)


def own_dataset(callbacks: list[Any]) -> Any:
    return classifier().fit(Reshuffled(), epochs=EPOCHS, verbose=0, callbacks=callbacks)


def generator(callbacks: list[Any]) -> Any:
    def batches() -> Any:
        while True:
            rows = np.random.randint(0, len(X), BATCH)
            yield X[rows], Z[rows]

    return classifier().fit(batches(), steps_per_epoch=5, epochs=EPOCHS, verbose=0, callbacks=callbacks)


def pipeline(callbacks: list[Any]) -> Any:
    series = keras.utils.timeseries_dataset_from_array(X, Z, 1, shuffle=True, seed=4, batch_size=None)
    rows = series.map(lambda x, y: (x[0], y)).shuffle(7, seed=2).batch(BATCH)
    return classifier().fit(rows, epochs=EPOCHS, verbose=0, callbacks=callbacks)


def two_optimizers(callbacks: list[Any]) -> Any:
    model = Adversarial()
    model.compile()
    return _arrays(model, callbacks)


RUNS: dict[str, Callable[[list[Any]], Any]] = {
    f.__name__: f
    for f in (
        arrays,
        torch_optimizer,
        averages_and_accumulation,
        loader,
        own_dataset,
        generator,
        pipeline,
        two_optimizers,
    )
}


def train(name: str, folder: Path | None = None, save_freq: Any = "epoch", callbacks: tuple[Any, ...] = ()) -> str:
    """Train, or go on training, and return what came out: a digest of all weights, and the history, to the last bit."""
    keras.utils.set_random_seed(11)
    extra = list(callbacks)
    if folder is not None:
        extra += [CSVLogger(folder / "log.csv"), BackupAndRestore(folder / "copy", save_freq, double_checkpoint=True)]
    history = RUNS[name](extra)
    digest = hashlib.sha256()
    for tensor in (*history.model.parameters(), *history.model.buffers()):
        digest.update(tensor.detach().numpy().tobytes())
    values = {key: [np.asarray(v).tolist() for v in column] for key, column in sorted(history.history.items())}
    return json.dumps({"weights": digest.hexdigest(), "epoch": history.epoch, "history": values})
