"""`tf.DType`: a dtype as code around `tf.keras` holds it, and as the core reads it: by its name."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import TORCH_DTYPES, numpy_dtype, standardize_dtype, to_torch_dtype

_OTHER_NAMES = {"half": "float16", "double": "float64", "float": "float32", "int": "int32", "object": "string"}


class DType(str):
    """The name of a dtype, with TensorFlow's attributes: ``tf.float32``.

    A string, so that the core and NumPy take it wherever they take a name: ``np.zeros(2, tf.float32)``.

    Args:
        name: ``"float32"``, ``"string"``, ...

    Example:
        >>> DType("float32").is_floating, DType("float32") == torch.float32, DType("float32") == np.float32
        (True, True, True)
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        """The plain name: ``"float32"``."""
        return str.__str__(self)

    @property
    def base_dtype(self) -> DType:
        """The dtype itself: there are no dtypes of references."""
        return self

    real_dtype = property(lambda self: as_dtype({"complex64": "float32", "complex128": "float64"}.get(self.name, self)))
    is_floating = property(lambda self: self.name.startswith(("float", "bfloat")), doc="Whether it holds real numbers.")
    is_integer = property(lambda self: self.name.startswith(("int", "uint")), doc="Whether it holds integers.")
    is_unsigned = property(lambda self: self.name.startswith("uint"), doc="Whether it holds integers without a sign.")
    is_complex = property(lambda self: self.name.startswith("complex"), doc="Whether it holds complex numbers.")
    is_bool = property(lambda self: self.name == "bool", doc="Whether it holds truth values.")
    is_numpy_compatible = property(lambda self: self.name not in ("resource", "variant"), doc="Whether NumPy has it.")

    @property
    def as_numpy_dtype(self) -> Any:
        """The scalar type of NumPy: ``np.float32``; ``object`` for strings."""
        return object if self.name == "string" else numpy_dtype(self.name).type

    @property
    def torch_dtype(self) -> torch.dtype:
        """The dtype of torch.

        Raises:
            ValueError: torch has none, as for strings.
        """
        return to_torch_dtype(self.name)

    @property
    def size(self) -> int:
        """Bytes of one number; 1 for strings."""
        return 1 if self.name == "string" else TORCH_DTYPES[self.name].itemsize

    @property
    def as_datatype_enum(self) -> str:
        """The name: there are no numbers for dtypes here."""
        return self.name

    @property
    def min(self) -> Any:
        """The least number that it holds."""
        return self.limits[0]

    @property
    def max(self) -> Any:
        """The greatest number that it holds."""
        return self.limits[1]

    @property
    def limits(self) -> tuple[Any, Any]:
        """The least and the greatest number.

        Raises:
            TypeError: it holds no real numbers.
        """
        if self.name == "bool":
            return False, True
        if not (self.is_floating or self.is_integer):
            raise TypeError(f"{self!r} has no least and no greatest number. Use a dtype of integers or real numbers.")
        held = TORCH_DTYPES[self.name]
        info: Any = torch.finfo(held) if held.is_floating_point else torch.iinfo(held)
        return info.min, info.max

    def is_compatible_with(self, other: Any) -> bool:
        """Return whether the other dtype is the same."""
        return self == as_dtype(other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            text = str.__str__(other)
            return str.__eq__(self, _OTHER_NAMES.get(text, text))
        if other is None:
            return False
        try:
            return str.__eq__(self, as_dtype(other))
        except (TypeError, ValueError):
            return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce__(self) -> Any:
        return DType, (self.name,)


DTYPES: dict[str, DType] = {name: DType(name) for name in (*TORCH_DTYPES, "string")}
_BY_TORCH = {dtype: DTYPES[name] for name, dtype in TORCH_DTYPES.items()}


def as_dtype(type_value: Any) -> DType:
    """Return the `DType` of a name, a dtype of torch or NumPy, or a Python type.

    Raises:
        TypeError: there is no such dtype.

    Example:
        >>> as_dtype(np.float32), as_dtype("half"), as_dtype(int)
        (tf.float32, tf.float16, tf.int32)
    """
    if type(type_value) is DType:
        return type_value
    if isinstance(type_value, torch.dtype):
        return _BY_TORCH[type_value]
    if isinstance(type_value, np.dtype) or (isinstance(type_value, type) and issubclass(type_value, np.generic)):
        kind = np.dtype(type_value)
        return DTYPES["string"] if kind.kind in "OSU" else _standard(kind.name, type_value)
    if isinstance(type_value, str):
        text = str.__str__(type_value)
        return _standard(_OTHER_NAMES.get(text, text), type_value)
    if type_value in (object, bytes, str):
        return DTYPES["string"]
    return _standard(type_value, type_value)


def _standard(name: Any, given: Any) -> DType:
    try:
        return DTYPES[standardize_dtype(name)] if name is not None else DTYPES[""]
    except (KeyError, ValueError, TypeError) as error:
        raise TypeError(f"Cannot convert {given!r} to a TensorFlow DType. Known are {', '.join(DTYPES)}.") from error


def __getattr__(name: str) -> DType:
    """Return a dtype by its name, as the table of names asks for it."""
    try:
        return DTYPES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def with_plain_names(x: Any) -> Any:
    """Return arguments with plain names in place of dtypes: the code that a recorded model becomes writes them.

    Args:
        x: Anything; dtypes are found in nested lists, tuples and dicts.

    Example:
        >>> with_plain_names([DTYPES["int32"], 1])
        ['int32', 1]
    """
    kind = type(x)
    if kind is DType:
        return x.name
    if kind is tuple or kind is list:
        return kind([with_plain_names(part) for part in x])
    return {key: with_plain_names(part) for key, part in x.items()} if kind is dict else x
