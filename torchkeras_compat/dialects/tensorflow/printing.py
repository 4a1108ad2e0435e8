"""`tf.print`: values as TensorFlow writes them."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.shells import wrap
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variables import Variable

_LOGGERS = {
    logging.debug: logging.DEBUG,
    logging.info: logging.INFO,
    logging.warning: logging.WARNING,
    logging.error: logging.ERROR,
}


def print(  # the name is TensorFlow's
    *inputs: Any,
    output_stream: Any = None,
    summarize: int = 3,
    sep: str = " ",
    end: str = "\n",
    name: str | None = None,
) -> None:
    """Write values, to the standard error stream by default.

    Args:
        inputs: Tensors, and anything else, in nested lists, tuples and dicts.
        output_stream: A stream; a function of `logging`, such as ``logging.info``; or ``"file:///path"``.
        summarize: Number of elements shown at both ends of each axis; -1 for all.
        sep: Between the values.
        end: After the last.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: the stream is none of these.

    Example:
        >>> print(torch.arange(10), "and", [1.5, torch.tensor(2.0)], output_stream=sys.stdout)
        [0 1 2 ... 7 8 9] and [1.5, 2]
    """
    text = sep.join(_shown(x, summarize) for x in inputs) + end
    if output_stream in _LOGGERS:
        logging.log(_LOGGERS[output_stream], text)
    elif isinstance(output_stream, str) and output_stream.startswith("file://"):
        with open(output_stream.removeprefix("file://"), "a", encoding="utf-8") as file:
            file.write(text)
    elif output_stream is None or hasattr(output_stream, "write"):
        stream: TextIO = sys.stderr if output_stream is None else output_stream
        stream.write(text)
        stream.flush()
    else:
        raise ValueError(
            f"`output_stream` is a stream, a function of logging, or 'file://' and a path. Received: {output_stream!r}"
        )


def _shown(x: Any, summarize: int) -> str:
    if isinstance(x, KerasTensor):
        return repr(x)
    if isinstance(x, (torch.Tensor, Variable, StringTensor)):
        values = wrap(x).numpy() if isinstance(x, torch.Tensor) else x.numpy()
        return _array(np.asarray(values, object if isinstance(x, StringTensor) else None), summarize, "\n ")
    if isinstance(x, np.ndarray):
        return repr(x)
    if isinstance(x, dict):
        return "{" + ", ".join(f"{k!r}: {_shown(v, summarize)}" for k, v in x.items()) + "}"
    if isinstance(x, (list, tuple)):
        inner = ", ".join(_shown(part, summarize) for part in x)
        return f"[{inner}]" if isinstance(x, list) else f"({inner})"
    return str(x)


def _array(array: np.ndarray, summarize: int, line: str) -> str:
    if array.ndim == 0:
        text = _number(array[()], array.dtype)
        return f'"{text}"' if array.dtype.kind in "OSU" else text
    space = " " if array.ndim == 1 else line
    parts: list[str]
    if 0 <= summarize and 2 * summarize < len(array):
        ends = [array[i] for i in (*range(summarize), *range(len(array) - summarize, len(array)))]
        parts = [_array(np.asarray(part), summarize, line + " ") for part in ends]
        parts.insert(summarize, "...")
    else:
        parts = [_array(np.asarray(part), summarize, line + " ") for part in array]
    return "[" + space.join(parts) + "]"


def _number(value: Any, dtype: np.dtype) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if dtype.kind == "f":
        short, long = ("%.15g", "%.17g") if dtype.itemsize == 8 else ("%.6g", "%.9g")
        text: str = short % value
        return text if dtype.type(text) == value or value != value else long % value
    return str(int(value)) if dtype.kind == "b" else str(value)
