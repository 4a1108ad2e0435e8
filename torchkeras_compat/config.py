"""Process-wide settings with Keras's names: float type, epsilon, image layout."""

from __future__ import annotations

import os
from typing import Any

import torch

from torchkeras_compat import public_names, stored_code
from torchkeras_compat.errors import nearest
from torchkeras_compat.user_warnings import warn_user

_FLOAT_TYPES = ("bfloat16", "float16", "float32", "float64")
_LAYOUTS = ("channels_last", "channels_first")

_floatx = "float32"
_epsilon = 1e-7
_image_data_format = "channels_last"
_interactive_logging = True
_traceback_filtering = True
_flash_attention: bool | None = None
_max_epochs: int | None = int(os.environ["KERAS_MAX_EPOCHS"]) if "KERAS_MAX_EPOCHS" in os.environ else None
_max_steps_per_epoch: int | None = (
    int(os.environ["KERAS_MAX_STEPS_PER_EPOCH"]) if "KERAS_MAX_STEPS_PER_EPOCH" in os.environ else None
)


def floatx() -> str:
    """Return the default float type, ``"float32"`` unless changed.

    Example:
        >>> floatx()
        'float32'
    """
    return _floatx


def set_floatx(value: str) -> None:
    """Set the default float type of weights and of converted data.

    Args:
        value: ``"bfloat16"``, ``"float16"``, ``"float32"`` or ``"float64"``.

    Raises:
        ValueError: ``value`` is none of these.
    """
    global _floatx
    value = str(value).removeprefix("torch.")
    if value not in _FLOAT_TYPES:
        raise ValueError(
            f"Unknown `floatx` value: {value!r}. Use one of {', '.join(_FLOAT_TYPES)}.{nearest(value, _FLOAT_TYPES)}"
        )
    _floatx = value


def epsilon() -> float:
    """Return the small number added to denominators and clipped from probabilities, 1e-7 unless changed."""
    return _epsilon


def set_epsilon(value: float) -> None:
    """Set the small number that :func:`epsilon` returns."""
    global _epsilon
    _epsilon = float(value)


def image_data_format() -> str:
    """Return the default layout of images, ``"channels_last"`` unless changed."""
    return _image_data_format


def set_image_data_format(data_format: str) -> None:
    """Set the default layout of images.

    Raises:
        ValueError: ``data_format`` is neither ``"channels_last"`` nor ``"channels_first"``.
    """
    global _image_data_format
    _image_data_format = standardize_data_format(data_format)


def standardize_data_format(data_format: str | None) -> str:
    """Return ``data_format`` in lower case, or the default layout for None.

    Raises:
        ValueError: ``data_format`` is neither ``"channels_last"`` nor ``"channels_first"``.
    """
    if data_format is None:
        return _image_data_format
    value = str(data_format).lower()
    if value not in _LAYOUTS:
        raise ValueError(
            "The `data_format` argument must be one of ('channels_first', 'channels_last'). "
            f"Received: data_format={data_format!r}.{nearest(value, _LAYOUTS)}"
        )
    return value


def backend() -> str:
    """Return ``"torch"``: the one backend of this package."""
    return "torch"


def set_backend(backend: str) -> None:
    """Accept ``"torch"``, the one backend of this package.

    Raises:
        ValueError: any other name.
    """
    if backend != "torch":
        raise ValueError(f"torchkeras_compat computes with PyTorch only; received backend={backend!r}. Use 'torch'.")


def enable_interactive_logging() -> None:
    """Draw progress to standard output (the default)."""
    global _interactive_logging
    _interactive_logging = True


def disable_interactive_logging() -> None:
    """Send progress to the `logging` module instead of standard output."""
    global _interactive_logging
    _interactive_logging = False


def is_interactive_logging_enabled() -> bool:
    """Return whether progress is drawn to standard output."""
    return _interactive_logging


def enable_traceback_filtering() -> None:
    """Leave the frames of this package out of tracebacks (the default); ``TORCHKERAS_TRACEBACK=full`` shows them."""
    global _traceback_filtering
    _traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Show all frames in tracebacks, those of this package too."""
    global _traceback_filtering
    _traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """Return what the last of `enable_traceback_filtering` and `disable_traceback_filtering` said."""
    return _traceback_filtering


def max_epochs() -> int | None:
    """Return the largest number of epochs that any `fit` runs, or None for no limit."""
    return _max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Limit the epochs of every `fit`; None for no limit."""
    global _max_epochs
    _max_epochs = _positive_or_none("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """Return the largest number of steps that any epoch runs, or None for no limit."""
    return _max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limit the steps of every epoch of `fit`, `evaluate` and `predict`; None for no limit."""
    global _max_steps_per_epoch
    _max_steps_per_epoch = _positive_or_none("max_steps_per_epoch", max_steps_per_epoch)


def enable_flash_attention() -> None:
    """Let torch choose flash attention where it suits the inputs (the default)."""
    global _flash_attention
    _flash_attention = None


def disable_flash_attention() -> None:
    """Do without flash attention wherever a layer or an operation does not ask for it."""
    global _flash_attention
    _flash_attention = False


def is_flash_attention_enabled() -> bool | None:
    """Return False if flash attention is disabled, None if torch chooses."""
    return _flash_attention


def enable_tf32() -> None:
    """Let float32 matrix products, convolutions and recurrent layers run in TF32 on NVIDIA GPUs that have it.

    TF32 keeps the range of float32 and 10 bits of its fraction: about three decimal digits, several times as fast.
    Sets torch's ``set_float32_matmul_precision("high")`` and ``torch.backends.cudnn.allow_tf32``.

    Example:
        >>> enable_tf32(); is_tf32_enabled()
        True
        >>> disable_tf32(); is_tf32_enabled()
        False
    """
    _set_tf32(True)


def disable_tf32() -> None:
    """Compute in float32 to the last bit, in convolutions and recurrent layers too, where torch allows TF32."""
    _set_tf32(False)


def is_tf32_enabled() -> bool:
    """Return whether matrix products and convolutions both may run in TF32; torch's default allows the latter alone."""
    return torch.get_float32_matmul_precision() != "highest" and torch.backends.cudnn.allow_tf32


def _set_tf32(value: bool) -> None:
    torch.set_float32_matmul_precision("high" if value else "highest")
    torch.backends.cudnn.allow_tf32 = value


def enable_unsafe_deserialization() -> None:
    """Let Python lambdas in files run, from now on and in this process: a file can then do whatever this program can.

    Opened are lambdas alone, which configs hold as bytecode, where a function of tensors may stand, as in a `Lambda`
    layer. Classes and functions by other names, paths and the network stay closed, and limits stay. Prefer the function
    itself in ``custom_objects``.

    Warns:
        UserWarning: always.

    Source: Keras API, config.enable_unsafe_deserialization.
    """
    stored_code.SWITCH.is_on = True
    warn_user(
        "From now on, loading a model runs the Python lambdas that its file holds, which can do whatever this"
        " program can. Load files from sources that you trust only. To load one lambda without this, pass"
        " `custom_objects={'name_of_its_layer': function}`."
    )


def is_nnx_enabled() -> bool:
    """Return False: NNX belongs to the JAX backend."""
    return False


def dtype_policy() -> Any:
    """Return the policy of layers made without one: that of ``floatx`` unless changed."""
    return public_names.named("mixed_precision.dtype_policy")()


def set_dtype_policy(policy: Any) -> None:
    """Set the policy of layers made from now on: a policy, or a name such as ``"mixed_bfloat16"``.

    Raises:
        ValueError: ``policy`` is neither.
    """
    public_names.named("mixed_precision.set_dtype_policy")(policy)


def _positive_or_none(name: str, value: int | None) -> int | None:
    if value is not None and (not isinstance(value, int) or value < 1):
        raise ValueError(f"`{name}` must be a positive int or None. Received: {value!r}")
    return value
