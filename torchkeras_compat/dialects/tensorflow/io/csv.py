"""``tf.io.decode_csv`` and CSV files: lines of fields, with the dtypes of defaults."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf, is_strings, presented
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError

_INTEGERS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Any = None,
    name: str | None = None,
) -> list[Any]:
    """Return the fields of lines, a tensor of the shape of ``records`` for each column.

    Args:
        records: Strings, a line each.
        record_defaults: For each column a value in a list or tensor, which stands for an empty field and says the
            dtype; empty, or a dtype, where a field must not be empty.
        field_delim: What stands between fields.
        use_quote_delim: Whether double quotes hold a field together.
        na_value: Another spelling of an empty field.
        select_cols: Places of the columns to return; None for all.
        name: Nothing is named.

    Raises:
        InvalidArgumentError: a line with another number of fields, an empty field without default, or a field that is
            not a number.

    Example:
        >>> [column.numpy().tolist() for column in decode_csv(["1,a", "2,"], [[0], ["none"]])]
        [[1, 2], [b'a', b'none']]

    Source: TensorFlow API, io/decode_csv.
    """
    lines = np.asarray(absorbed_leaf(records), dtype=object)
    columns = CsvColumns(record_defaults, field_delim, use_quote_delim, na_value, select_cols)
    rows = [columns.values(text.decode()) for text in lines.reshape(-1).tolist()]
    return [
        presented(columns.tensor(place, [row[place] for row in rows], lines.shape)) for place in range(len(columns))
    ]


class CsvColumns:
    """The columns of lines of fields.

    Args:
        defaults: As :func:`decode_csv` takes them, and so are the others.
    """

    def __init__(
        self,
        defaults: Any,
        delimiter: str = ",",
        use_quotes: bool = True,
        na_value: str = "",
        select: Sequence[int] | None = None,
    ) -> None:
        self._kinds: list[str] = []
        self._defaults: list[Any] = []
        for default in defaults:
            kind, value = _default(default)
            self._kinds.append(kind)
            self._defaults.append(value)
        self._select = None if select is None else [int(place) for place in select]
        if self._select is not None and len(self._select) != len(self._kinds):
            raise ValueError(
                f"`select_cols` names {len(self._select)} columns, and there are {len(self._kinds)} defaults."
            )
        if len(delimiter) != 1:
            raise ValueError(f"`field_delim` must be one character. Received: {delimiter!r}")
        self._na_value = na_value
        self._style: dict[str, Any] = {"delimiter": delimiter}
        self._style["quoting"] = csv.QUOTE_MINIMAL if use_quotes else csv.QUOTE_NONE

    def __len__(self) -> int:
        return len(self._kinds)

    @property
    def kinds(self) -> list[str]:
        """Names of the dtypes."""
        return self._kinds

    def rows(self, lines: Any) -> Iterator[list[Any]]:
        """Yield the values of the rows of a file: of quoted fields that hold line ends, too."""
        for fields in csv.reader(lines, **self._style):
            if fields:
                yield self._converted(fields)

    def values(self, line: str) -> list[Any]:
        """Return the values of a line."""
        try:
            fields = next(csv.reader([line], **self._style), [])
        except csv.Error as error:  # a line end outside quotes, a field longer than `csv.field_size_limit()`
            raise InvalidArgumentError(f"A record cannot be read: {error}. Received: {line[:100]!r}") from None
        return self._converted(fields or [""])

    def tensor(self, place: int, values: list[Any], shape: tuple[int, ...]) -> Any:
        """Return values of a column as a leaf."""
        kind = self._kinds[place]
        if kind == "string":
            array = np.empty(len(values), dtype=object)
            array[:] = values
            return array.reshape(shape)
        return torch.tensor(values, dtype=as_dtype(kind).torch_dtype, device="cpu").reshape(shape)

    def _converted(self, fields: list[str]) -> list[Any]:
        if self._select is None and len(fields) != len(self._kinds):
            raise InvalidArgumentError(
                f"Expect {len(self._kinds)} fields but have {len(fields)} in record: {','.join(fields)!r:.200}"
            )
        if self._select is not None:
            if self._select and max(self._select) >= len(fields):
                raise InvalidArgumentError(
                    f"Expect at least {max(self._select) + 1} fields but have {len(fields)} in record."
                )
            fields = [fields[place] for place in self._select]
        return [self._value(place, field) for place, field in enumerate(fields)]

    def _value(self, place: int, field: str) -> Any:
        kind = self._kinds[place]
        if not field or field == self._na_value:
            if self._defaults[place] is None:
                raise InvalidArgumentError(f"Field {place} is required but missing in record!")
            return self._defaults[place]
        if kind == "string":
            return field.encode()
        try:
            value = int(field) if kind in _INTEGERS else float(field)
        except ValueError:
            raise InvalidArgumentError(f"Field {place} in record is not a valid {kind}: {field!r:.100}") from None
        low, high = _INTEGERS.get(kind, (value, value))
        if not low <= value <= high and kind in _INTEGERS:
            raise InvalidArgumentError(f"Field {place} in record is not a valid {kind}: {field!r:.100}")
        return value


def _default(default: Any) -> tuple[str, Any]:
    """The name of a dtype and the value for empty fields; None where a field must not be empty."""
    if isinstance(default, (list, tuple)) and not default:
        return "float32", None
    is_value = isinstance(default, (list, tuple, bytes, bool, int, float)) or hasattr(default, "shape")
    is_value = is_value or type(default) is str
    if not is_value:
        return as_dtype(default).name, None
    leaf = absorbed_leaf(default)
    name = as_dtype(leaf.dtype).name
    if name not in ("float32", "float64", "int32", "int64", "string"):
        raise TypeError(f"A column of CSV can be float32, float64, int32, int64 or string. Received {name}.")
    flat = leaf.reshape(-1)
    if not len(flat):
        return name, None
    return name, flat[0] if is_strings(leaf) else flat[0].item()
