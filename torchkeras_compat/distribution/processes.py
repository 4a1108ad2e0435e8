"""The processes that a program runs in."""

from __future__ import annotations

import os

import torch

HOW_TO_USE_SEVERAL = (
    "To train on several devices, start a process for each with `torchrun --nproc-per-node=N script.py`, call"
    " torch.distributed.init_process_group, wrap the model in torch.nn.parallel.DistributedDataParallel (or call"
    " torch.distributed.fsdp.fully_shard on it) and write the loop by hand"
)


def initialize(
    job_addresses: str | None = None, num_processes: int | None = None, process_id: int | None = None
) -> None:
    """Prepare a program of one process; several are refused.

    What is not given is read from the environment: ``KERAS_DISTRIBUTION_JOB_ADDRESSES``,
    ``KERAS_DISTRIBUTION_NUM_PROCESSES``, ``KERAS_DISTRIBUTION_PROCESS_ID``.

    Args:
        job_addresses: Addresses of the processes, separated by commas, or of the first.
        num_processes: Number of processes.
        process_id: Number of this process, from 0.

    Raises:
        ValueError: a number is not an int, or ``process_id`` is not one of ``range(num_processes)``.
        NotImplementedError: there is more than one process.

    Example:
        >>> initialize(num_processes=1, process_id=0)
    """
    if job_addresses is None:
        job_addresses = os.environ.get("KERAS_DISTRIBUTION_JOB_ADDRESSES")
    processes = _number("num_processes", num_processes, "KERAS_DISTRIBUTION_NUM_PROCESSES")
    number = _number("process_id", process_id, "KERAS_DISTRIBUTION_PROCESS_ID")
    addresses = [address for address in (job_addresses or "").split(",") if address.strip()]
    count = processes if processes is not None else max(len(addresses), 1)
    if count < 1 or not 0 <= (number or 0) < count:
        raise ValueError(
            f"`process_id` must be one of range(num_processes). Received: num_processes={processes},"
            f" process_id={number}, job_addresses={job_addresses!r}"
        )
    if count > 1:
        raise NotImplementedError(
            f"`initialize` connects no processes, and received num_processes={processes},"
            f" job_addresses={job_addresses!r}. {HOW_TO_USE_SEVERAL}."
        )


def process_count() -> int:
    """Return the number of processes in the group of ``torch.distributed``, 1 without a group."""
    return torch.distributed.get_world_size() if _has_group() else 1


def process_index() -> int:
    """Return the number of this process in its group, 0 without a group."""
    return torch.distributed.get_rank() if _has_group() else 0


def _has_group() -> bool:
    return torch.distributed.is_available() and torch.distributed.is_initialized()


def _number(name: str, value: int | str | None, variable: str) -> int | None:
    source = f"`{name}`"
    if value is None:
        value, source = os.environ.get(variable), variable
    if value is None:
        return None
    try:
        if isinstance(value, (bool, float)):
            raise ValueError(value)
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{source} must be an int. Received: {value!r}") from None
