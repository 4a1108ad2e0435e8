"""Plain loops on a GPU: eager, and captured by hand in a CUDA graph, both with AMP where the network has it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from ..clock import Unsupported
from .networks import Network

DTYPES = {"mixed_float16": torch.float16, "mixed_bfloat16": torch.bfloat16}
Data = tuple[np.ndarray, np.ndarray]


def device() -> torch.device:
    """Where the loops compute."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(network: Network) -> AbstractContextManager[Any]:
    """Return the context of the network's dtype policy."""
    dtype = DTYPES.get(network.policy)
    return torch.autocast(device().type, dtype or torch.bfloat16, enabled=dtype is not None)


def eager(network: Network, data: Data) -> Callable[[], None]:
    """Return a round of the loop as an expert writes it."""
    module, optimizer, x_all, y_all = _parts(network, data)
    scaler = torch.amp.GradScaler(device().type, enabled=network.policy == "mixed_float16")
    loss_of = network.plain.loss

    def epoch() -> None:
        total = torch.zeros((), device=device())
        for rows in torch.randperm(len(y_all), device=device()).split(network.workload.batch):
            with autocast(network):
                loss = loss_of(module(x_all[rows]), y_all[rows])
            optimizer.zero_grad(set_to_none=True)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            total += loss.detach()
        total.item()

    return epoch


def captured(network: Network, data: Data) -> Callable[[], None]:
    """Return a round that replays a graph of forward pass, loss, backward pass and optimizer."""
    if device().type != "cuda":
        raise Unsupported("graphs need a GPU")
    if network.policy == "mixed_float16":
        raise Unsupported("GradScaler waits for the device at every step")
    module, optimizer, x_all, y_all = _parts(network, data)
    for group in optimizer.param_groups:
        group["capturable"] = True
    batch, loss_of = network.workload.batch, network.plain.loss
    x, y = x_all[:batch].clone(), y_all[:batch].clone()

    def step() -> torch.Tensor:
        with autocast(network):
            loss = loss_of(module(x), y)
        loss.backward()
        optimizer.step()
        return loss

    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):  # what is made once is made before the capture
        for _ in range(3):
            optimizer.zero_grad(set_to_none=True)
            step()
    torch.cuda.current_stream().wait_stream(beside)
    optimizer.zero_grad(set_to_none=True)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step()

    def epoch() -> None:
        total = torch.zeros((), device=device())
        for rows in torch.randperm(len(y_all), device=device()).split(batch):
            torch.index_select(x_all, 0, rows, out=x)
            torch.index_select(y_all, 0, rows, out=y)
            graph.replay()
            total += loss.detach()
        total.item()

    return epoch


def _parts(network: Network, data: Data) -> tuple[torch.nn.Module, torch.optim.Optimizer, torch.Tensor, torch.Tensor]:
    module = network.plain.module().to(device()).train()
    x, y = network.plain.prepare(data[0]).to(device()), torch.from_numpy(data[1]).to(device())
    return module, network.plain.optimizer(module), x, y
