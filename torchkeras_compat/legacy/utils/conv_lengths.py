"""How long the output of a convolution is, and its input."""

from __future__ import annotations


def _check(padding: str, allowed: tuple[str, ...]) -> None:
    if padding not in allowed:
        raise ValueError(f"`padding` must be one of {', '.join(map(repr, allowed))}. Received: {padding!r}")


def conv_output_length(
    input_length: int | None, filter_size: int, padding: str, stride: int, dilation: int = 1
) -> int | None:
    """Return the number of steps that a convolution makes of ``input_length`` steps.

    Args:
        input_length: Steps of the input; None if unknown.
        filter_size: Steps of the kernel.
        padding: ``"same"``, ``"valid"``, ``"causal"`` or ``"full"``.
        stride: Steps between two outputs.
        dilation: Steps between two values of the kernel.

    Raises:
        ValueError: another padding.

    Example:
        >>> conv_output_length(10, 3, "valid", 2), conv_output_length(None, 3, "same", 1)
        (4, None)

    Source: Keras 2.15 API, utils/conv_utils.
    """
    _check(padding, ("same", "valid", "full", "causal"))
    if input_length is None:
        return None
    span = (filter_size - 1) * dilation
    length = {"same": 0, "causal": 0, "valid": -span, "full": span}[padding] + input_length
    return (length + stride - 1) // stride


def conv_input_length(output_length: int | None, filter_size: int, padding: str, stride: int) -> int | None:
    """Return the least number of steps of which a convolution makes ``output_length`` steps.

    Args:
        output_length: Steps of the output; None if unknown.
        filter_size: Steps of the kernel.
        padding: ``"same"``, ``"valid"`` or ``"full"``.
        stride: Steps between two outputs.

    Raises:
        ValueError: another padding.

    Example:
        >>> conv_input_length(4, 3, "valid", 2)
        9

    Source: Keras 2.15 API, utils/conv_utils.
    """
    _check(padding, ("same", "valid", "full"))
    if output_length is None:
        return None
    return (output_length - 1) * stride - 2 * _pad(filter_size, padding) + filter_size


def deconv_output_length(
    input_length: int | None,
    filter_size: int,
    padding: str,
    output_padding: int | None = None,
    stride: int = 0,
    dilation: int = 1,
) -> int | None:
    """Return the number of steps that a transposed convolution makes of ``input_length`` steps.

    Args:
        input_length: Steps of the input; None if unknown.
        filter_size: Steps of the kernel.
        padding: ``"same"``, ``"valid"`` or ``"full"``.
        output_padding: Steps added at one end; None to find them.
        stride: Steps between two inputs.
        dilation: Steps between two values of the kernel.

    Raises:
        ValueError: another padding.

    Example:
        >>> deconv_output_length(4, 3, "same", stride=2), deconv_output_length(4, 3, "valid", stride=2)
        (8, 9)

    Source: Keras 2.15 API, utils/conv_utils.
    """
    _check(padding, ("same", "valid", "full"))
    if input_length is None:
        return None
    size = (filter_size - 1) * dilation + 1
    if output_padding is not None:
        return (input_length - 1) * stride + size - 2 * _pad(size, padding) + output_padding
    added = {"same": 0, "valid": max(size - stride, 0), "full": -(stride + size - 2)}[padding]
    return input_length * stride + added


def deconv_length(
    dim_size: int | None,
    stride_size: int,
    kernel_size: int,
    padding: str,
    output_padding: int | None = None,
    dilation: int = 1,
) -> int | None:
    """Return what :func:`deconv_output_length` does, with the arguments in the order of Keras 2.3.

    Args:
        dim_size: Steps of the input; None if unknown.
        stride_size: Steps between two inputs.
        kernel_size: Steps of the kernel.
        padding: ``"same"``, ``"valid"`` or ``"full"``.
        output_padding: Steps added at one end; None to find them.
        dilation: Steps between two values of the kernel.

    Raises:
        ValueError: another padding.

    Example:
        >>> deconv_length(4, 2, 3, "same")
        8

    Source: Keras 2.3 API, utils/conv_utils.
    """
    return deconv_output_length(dim_size, kernel_size, padding, output_padding, stride_size, dilation)


def _pad(size: int, padding: str) -> int:
    return {"same": size // 2, "valid": 0, "full": size - 1}[padding]
