"""The engine of plain PyTorch: loops as an expert writes them, the data on the device, the fused optimizer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from ..clock import Unsupported, seconds_of
from ..plain_models import Plain, plain
from ..workloads import Workload


class Engine:
    """Loops by hand.

    Args:
        variant: ``"logits"``: the loss is fused with the last activation; ``"probabilities"``: probabilities first, as
            the Keras model says it; ``"compiled"``: as the first, forward pass and loss through ``torch.compile``.
    """

    def __init__(self, variant: str) -> None:
        self.variant = variant
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def versions(self) -> str:
        return f"torch {torch.__version__}{self.on()}"

    def on(self) -> str:
        return f" on {torch.cuda.get_device_name()}" if self.device.type == "cuda" else ""

    def synchronize(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def parts(self, workload: Workload) -> Plain:
        return plain(workload.key)

    def model(self, workload: Workload) -> tuple[nn.Module, torch.optim.Optimizer]:
        """Make the module on its device, and the optimizer."""
        made = self.parts(workload)
        module = made.module().to(self.device)
        return module, made.optimizer(module)

    def fitting(self, model: Any, workload: Workload, data: Any) -> Callable[[], float]:
        """Return what trains for one round, and says how many seconds it took."""
        (module, optimizer), made = model, self.parts(workload)
        loss_of = made.loss
        if self.variant == "probabilities":
            if made.activation is None:
                raise Unsupported("the model does not end in probabilities")
            loss_of = partial(_loss_of_probabilities, made)
        x_all = each(lambda array: made.prepare(array).to(self.device), data[0])
        y_all = each(lambda array: torch.from_numpy(array).to(self.device), data[1])
        rows_of = len(y_all[0] if isinstance(y_all, list) else y_all)

        def loss_of_batch(x: Any, y: Any) -> torch.Tensor:
            return loss_of(module(x), y)

        step = torch.compile(loss_of_batch) if self.variant == "compiled" else loss_of_batch
        module.train()

        def epoch() -> float:
            total = torch.zeros((), device=self.device)
            batches = torch.randperm(rows_of, device=self.device).split(workload.batch)[: workload.steps]
            for rows in batches:
                loss = step(take(x_all, rows), take(y_all, rows))
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(rows)
            return (total / sum(map(len, batches))).item()

        return lambda: seconds_of(epoch, self.synchronize)

    def predicting(self, model: Any, workload: Workload) -> Callable[[np.ndarray], np.ndarray]:
        """Return what computes the outputs of an array, batch by batch, into one result."""
        if self.variant == "probabilities":
            raise Unsupported("the loops differ in their losses alone")
        module, made = model[0].eval(), self.parts(workload)
        activation = made.activation or nn.Identity()

        def predict(x: np.ndarray) -> np.ndarray:
            result = None
            with torch.inference_mode():
                for start in range(0, len(x), workload.batch):
                    inputs = made.prepare(x[start : start + workload.batch]).to(self.device)
                    outputs = activation(module(inputs))
                    if result is None:
                        result = np.empty((len(x), *outputs.shape[1:]), "float32")
                    result[start : start + len(outputs)] = outputs.cpu().numpy()
            return result

        return predict

    def everyday(self, workload: Workload) -> Callable[[], float]:
        """Return what trains for one epoch with metrics, class weights, validation and callbacks."""
        if self.variant != "logits":
            raise Unsupported("its loop is written with the loss of logits")
        from ..plain_everyday import everyday_epoch

        epoch = everyday_epoch(self.parts(workload), workload, self.device)
        return lambda: seconds_of(epoch, self.synchronize)

    def save(self, model: Any, path: str) -> None:
        torch.save(model[0].state_dict(), path)

    def load(self, path: str, workload: Workload) -> None:
        """Make the module again, and load its ``state_dict``."""
        module = self.parts(workload).module()
        module.load_state_dict(torch.load(path))

    def augmenting(self, name: str, images: np.ndarray, arguments: dict[str, Any]) -> Callable[[], Any]:
        """Return torchvision's transformation of that name, one image at a time, as a data loader has it."""
        from ..augmentation import torchvision_transform

        transform = torchvision_transform(name)
        each = list(torch.from_numpy(images).to(torch.uint8).movedim(-1, 1).contiguous().to(self.device))
        return lambda: torch.stack([transform(image) for image in each])


def _loss_of_probabilities(made: Plain, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return made.loss_of_activated(made.activation(outputs), targets)


def each(function: Callable[[Any], Any], arrays: Any) -> Any:
    return [function(array) for array in arrays] if isinstance(arrays, list) else function(arrays)


def take(tensors: Any, rows: torch.Tensor) -> Any:
    return [tensor[rows] for tensor in tensors] if isinstance(tensors, list) else tensors[rows]
