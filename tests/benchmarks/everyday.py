"""Training with metrics, class weights, validation and callbacks, beside a plain loop that does the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from .models import CASES, Case

SIZES = {0: 1.0, 1: 2.0, 2: 0.5}
NAMES = ["network of the notes, 4-200-200-3, batch 20", "MLP, 784-512-512-10, dropout, batch 128"]


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _data(case: Case) -> tuple[np.ndarray, np.ndarray, int]:
    x, y = case.data()
    y = y.argmax(-1) if y.ndim > 1 else y
    return x, y, len(x) * 4 // 5


def plain_epoch(case: Case) -> Callable[[], Any]:
    """Return a function that trains one epoch, validates, and keeps what the callbacks keep."""
    device = _device()
    module, (x, y, first) = case.plain().to(device), _data(case)
    optimizer = case.optimizer(module)
    x_all, y_all = case.prepare(x).to(device), torch.from_numpy(y).to(device)
    weights = torch.tensor([SIZES.get(k, 1.0) for k in range(int(y.max()) + 1)], device=device)
    history: list[list[float]] = []
    best = [float("inf")]

    def epoch() -> list[float]:
        module.train()
        sums = torch.zeros(4, device=device)
        for rows in torch.randperm(first, device=device).split(case.batch):
            target = y_all[rows]
            output = module(x_all[rows])
            loss = (F.cross_entropy(output, target, reduction="none") * weights[target]).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                top = output.topk(2).indices == target[:, None]
                sums += torch.stack([loss * len(rows), top[:, 0].sum(), top.any(1).sum(), target.new_tensor(len(rows))])
        module.eval()
        tested = torch.zeros(4, device=device)
        with torch.no_grad():
            for start in range(first, len(x_all), case.batch):
                target, output = y_all[start : start + case.batch], module(x_all[start : start + case.batch])
                top = output.topk(2).indices == target[:, None]
                loss = F.cross_entropy(output, target)
                counts = [loss * len(target), top[:, 0].sum(), top.any(1).sum(), target.new_tensor(len(target))]
                tested += torch.stack(counts)
        logs = [*(sums[:3] / sums[3]).tolist(), *(tested[:3] / tested[3]).tolist()]
        history.append(logs)
        best[0] = min(best[0], logs[3])
        return logs

    return epoch


def keras_epoch(case: Case, keras: Any) -> Callable[[], Any]:
    """Return a function that does the same by ``fit``."""
    x, y, first = _data(case)
    model = case.keras(keras)
    top = keras.metrics.SparseTopKCategoricalAccuracy(2)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy", top])
    train, test = (x[:first], y[:first]), (x[first:], y[first:])
    weights = {k: SIZES.get(k, 1.0) for k in range(int(y.max()) + 1)}

    def epoch() -> Any:
        watching = [keras.callbacks.EarlyStopping(patience=9), keras.callbacks.ReduceLROnPlateau(patience=9)]
        return model.fit(
            *train,
            batch_size=case.batch,
            validation_data=test,
            class_weight=weights,
            callbacks=watching,
            verbose=0,
        )

    return epoch


def cases() -> dict[str, Case]:
    return {name: CASES[name] for name in NAMES}
