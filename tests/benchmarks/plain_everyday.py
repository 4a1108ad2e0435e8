"""A plain loop that does what the everyday training does."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional as F

from .everyday import WEIGHTS, everyday_data
from .plain_models import Plain
from .workloads import Workload


def everyday_epoch(parts: Plain, workload: Workload, device: torch.device) -> Callable[[], list[float]]:
    """Return a function that trains one epoch, validates, and keeps what the callbacks keep."""
    module = parts.module().to(device)
    optimizer = parts.optimizer(module)
    (x, y), (x_test, y_test) = (
        (parts.prepare(inputs).to(device), torch.from_numpy(targets).to(device))
        for inputs, targets in everyday_data(workload)
    )
    weights = torch.tensor([WEIGHTS.get(k, 1.0) for k in range(int(y.max()) + 1)], device=device)
    history: list[list[float]] = []
    best = [float("inf")]

    def counts(loss: torch.Tensor, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        top = output.topk(2).indices == target[:, None]
        return torch.stack([loss * len(target), top[:, 0].sum(), top.any(1).sum(), target.new_tensor(len(target))])

    def epoch() -> list[float]:
        module.train()
        sums = torch.zeros(4, device=device)
        for rows in torch.randperm(len(x), device=device).split(workload.batch):
            target = y[rows]
            output = module(x[rows])
            loss = (F.cross_entropy(output, target, reduction="none") * weights[target]).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                sums += counts(loss, output, target)
        module.eval()
        tested = torch.zeros(4, device=device)
        with torch.no_grad():
            for start in range(0, len(x_test), workload.batch):
                target, output = y_test[start : start + workload.batch], module(x_test[start : start + workload.batch])
                tested += counts(F.cross_entropy(output, target), output, target)
        logs = [*(sums[:3] / sums[3]).tolist(), *(tested[:3] / tested[3]).tolist()]
        history.append(logs)
        best[0] = min(best[0], logs[3])
        return logs

    return epoch
