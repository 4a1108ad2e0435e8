"""The engine of Lightning: the plain module within a ``LightningModule``, trained by ``Trainer.fit``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import lightning
import numpy as np
import torch
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler

from ..clock import Unsupported, seconds_of
from ..plain_models import Plain, plain
from ..workloads import Workload
from . import plain_loop


class Engine(plain_loop.Engine):
    """A trainer without logger, checkpoints, progress bar and summary; batches are index lookups, as in the loops."""

    def __init__(self, variant: str) -> None:
        super().__init__("logits")
        logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

    def versions(self) -> str:
        return f"lightning {lightning.__version__}, torch {torch.__version__}{self.on()}"

    def model(self, workload: Workload) -> Any:
        return _Module(plain(workload.key))

    def fitting(self, model: Any, workload: Workload, data: Any) -> Callable[[], float]:
        rows = _Rows(model.parts, data)
        sampler = BatchSampler(RandomSampler(rows), workload.batch, drop_last=False)
        loader = DataLoader(rows, sampler=sampler, batch_size=None)
        clock = _Clock()

        def fit() -> float:
            trainer = lightning.Trainer(
                max_epochs=1,
                limit_train_batches=workload.steps,
                callbacks=[clock],
                logger=False,
                enable_checkpointing=False,
                enable_progress_bar=False,
                enable_model_summary=False,
            )
            whole = seconds_of(lambda: trainer.fit(model, loader), self.synchronize)
            # A new trainer starts with every round, which a training script does once: its start counts in the first.
            return clock.seconds if clock.rounds > 1 else whole

        return fit

    def predicting(self, model: Any, workload: Workload) -> Any:
        raise Unsupported("the module predicts as it does in the plain loop")

    def everyday(self, workload: Workload) -> Any:
        raise Unsupported("its loop is measured by the step")

    def save(self, model: Any, path: str) -> None:
        raise Unsupported("its files are those of torch")

    def load(self, path: str, workload: Workload) -> None:
        raise Unsupported("its files are those of torch")

    def augmenting(self, name: str, images: np.ndarray, arguments: dict[str, Any]) -> Any:
        raise Unsupported("it has no layers of images")


class _Module(lightning.LightningModule):
    def __init__(self, parts: Plain) -> None:
        super().__init__()
        self.parts, self.module = parts, parts.module()

    def training_step(self, batch: Any, index: int) -> torch.Tensor:
        x, y = batch
        return self.parts.loss(self.module(x), y)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return self.parts.optimizer(self.module)


class _Rows(Dataset):
    """Rows of the arrays, many at a time."""

    def __init__(self, parts: Plain, data: Any) -> None:
        self.x = plain_loop.each(parts.prepare, data[0])
        self.y = plain_loop.each(torch.from_numpy, data[1])

    def __len__(self) -> int:
        return len(self.y[0] if isinstance(self.y, list) else self.y)

    def __getitem__(self, rows: list[int]) -> Any:
        index = torch.tensor(rows)
        return plain_loop.take(self.x, index), plain_loop.take(self.y, index)


class _Clock(lightning.Callback):
    """Seconds of the last epoch, and how many there were."""

    def __init__(self) -> None:
        self.rounds, self.seconds, self.start = 0, 0.0, 0.0

    def on_train_epoch_start(self, trainer: Any, module: Any) -> None:
        self.start = time.perf_counter()

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.seconds, self.rounds = time.perf_counter() - self.start, self.rounds + 1
