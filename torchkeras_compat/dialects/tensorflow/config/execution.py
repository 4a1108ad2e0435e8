"""``tf.config``: how functions run, threads, determinism, precision of products."""

from __future__ import annotations

from typing import Any

import torch


class _Settings:
    """What the program has set. It is the program's own, so there is one of it."""

    runs_functions_eagerly = False
    soft_placement = True
    logs_placement = False
    jit = ""
    inter_threads = 0
    intra_threads = 0
    optimizer: dict[str, Any] = {}


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Say whether functions under ``tf.function`` run as they are written, which they do here, but for ``jit_compile``.

    Raises:
        ValueError: neither True nor False.

    Source: TensorFlow API, config/run_functions_eagerly.
    """
    if not isinstance(run_eagerly, bool):
        raise ValueError(f"`run_eagerly` must be True or False. Received: {run_eagerly!r}")
    _Settings.runs_functions_eagerly = run_eagerly


def functions_run_eagerly() -> bool:
    """Return what :func:`run_functions_eagerly` set."""
    return _Settings.runs_functions_eagerly


def enable_op_determinism() -> None:
    """Let torch use algorithms that give the same results each time; one without such an algorithm raises an error.

    Source: TensorFlow API, config/experimental/enable_op_determinism.
    """
    torch.use_deterministic_algorithms(True)


def enable_tensor_float_32_execution(enabled: bool) -> None:
    """Say whether products of float32 matrices may be rounded to TensorFloat-32 on GPUs that have it."""
    torch.backends.cuda.matmul.allow_tf32 = bool(enabled)
    torch.backends.cudnn.allow_tf32 = bool(enabled)


def tensor_float_32_execution_enabled() -> bool:
    """Return whether products of float32 matrices may be rounded to TensorFloat-32."""
    return bool(torch.backends.cuda.matmul.allow_tf32)


def set_soft_device_placement(enabled: bool) -> None:
    """Set what :func:`get_soft_device_placement` returns: a tensor is where its operands are, either way."""
    _Settings.soft_placement = bool(enabled)


def get_soft_device_placement() -> bool:
    """Return what :func:`set_soft_device_placement` set."""
    return _Settings.soft_placement


def set_log_device_placement(enabled: bool) -> None:
    """Set what :func:`get_log_device_placement` returns; nothing is logged: each tensor says its ``device``."""
    _Settings.logs_placement = bool(enabled)


def get_log_device_placement() -> bool:
    """Return what :func:`set_log_device_placement` set."""
    return _Settings.logs_placement


def set_synchronous_execution(enable: bool) -> None:
    """Accept whether operations wait for each other, which the user sees either way.

    Raises:
        ValueError: ``enable`` is False: operations on the CPU always wait, and those on a GPU never.
    """
    if not enable:
        raise ValueError("`enable` must be True: on the CPU operations wait for each other, on a GPU torch decides.")


def get_synchronous_execution() -> bool:
    """Return True."""
    return True


def set_jit(enabled: bool | str) -> None:
    """Set what :func:`get_jit` returns, a hint that changes no number; ``compile(jit_compile=True)`` compiles a model.

    Args:
        enabled: True, False or ``"autoclustering"``.

    Raises:
        ValueError: something else.
    """
    if enabled not in (True, False, "autoclustering"):
        raise ValueError(f"`enabled` must be True, False or 'autoclustering'. Received: {enabled!r}")
    _Settings.jit = "autoclustering" if enabled else ""


def get_jit() -> str:
    """Return ``"autoclustering"`` or ``""``, as :func:`set_jit` set it."""
    return _Settings.jit


def set_experimental_options(options: dict[str, Any]) -> None:
    """Set what :func:`get_experimental_options` returns: options of TensorFlow's rewriting of graphs.

    Raises:
        TypeError: ``options`` is not a dictionary.
    """
    if not isinstance(options, dict):
        raise TypeError(f"`options` must be a dictionary. Received: {options!r}")
    _Settings.optimizer.update(options)


def get_experimental_options() -> dict[str, Any]:
    """Return what :func:`set_experimental_options` set."""
    return dict(_Settings.optimizer)


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Set the threads that torch uses within an operation.

    Args:
        num_threads: 0 to leave it to torch.

    Raises:
        ValueError: it is negative.
    """
    if num_threads < 0:
        raise ValueError(f"`num_threads` must not be negative. Received: {num_threads}")
    _Settings.intra_threads = int(num_threads)
    if num_threads:
        torch.set_num_threads(int(num_threads))


def get_intra_op_parallelism_threads() -> int:
    """Return what :func:`set_intra_op_parallelism_threads` set."""
    return _Settings.intra_threads


def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Set the threads that torch uses for independent operations.

    Args:
        num_threads: 0 to leave it to torch.

    Raises:
        ValueError: it is negative.
        RuntimeError: torch has begun to use such threads, so that their number is fixed.
    """
    if num_threads < 0:
        raise ValueError(f"`num_threads` must not be negative. Received: {num_threads}")
    if num_threads and num_threads != torch.get_num_interop_threads():
        torch.set_num_interop_threads(int(num_threads))
    _Settings.inter_threads = int(num_threads)


def get_inter_op_parallelism_threads() -> int:
    """Return what :func:`set_inter_op_parallelism_threads` set."""
    return _Settings.inter_threads


def experimental_connect_to_cluster(*args: Any, **kwargs: Any) -> None:
    """Refuse: processes are started and connected by ``torchrun``.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        "A program is not connected to a cluster from inside: start its processes with `torchrun`, and call "
        "`keras.distribution.initialize()`."
    )
