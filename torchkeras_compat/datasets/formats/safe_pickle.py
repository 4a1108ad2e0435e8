"""Pickles of plain values and NumPy arrays, read without calling what they name.

The files of CIFAR and the arrays of lists in ``.npz`` files are pickles, and a pickle is a program. This reader knows
the operations that plain values and arrays need, and does each of them itself; only runs of small integers, of which
the reviews of IMDB have millions, are decoded by Python's own `pickle`.
"""

from __future__ import annotations

import math
import pickle
import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError, FileLimitError

_MOST_STEPS = 2_000_000  # a run of integers is one
_LARGEST_RUNS = 48 << 20  # bytes of the file; in memory an integer takes up to 18 times its place in it
_LARGEST_INT = 16  # bytes
_MOST_AXES = 8

_RUN = re.compile(rb"(?:K.|M..|J.{4}){1,4096}", re.DOTALL)
_GLOBAL = re.compile(rb"([\w.]{1,60})\n(\w{1,60})\n")
_LEAVES = {int, float, bool, type(None), bytes, str, np.ndarray}
_KEYS = {bytes, str, int}


def load_pickle(data: bytes) -> Any:
    """Return the value of a pickle: dicts, lists, tuples, strings, bytes, numbers, and arrays of them.

    Strings of Python 2 come back as bytes.

    Raises:
        FileContentError: the pickle is broken, or asks for anything else than these values.
        FileLimitError: it would take far more memory or time than datasets need.

    Example:
        >>> load_pickle(pickle.dumps({"labels": [1, 2], "data": np.zeros((2, 3), "uint8")}))["data"].shape
        (2, 3)
        >>> load_pickle(pickle.dumps(print))
        Traceback (most recent call last):
            ...
        torchkeras_compat.errors.FileContentError: The pickle asks for builtins.print, ...

    Source: Python documentation, modules pickle and pickletools; NumPy documentation, `ndarray.__reduce__`.
    """
    return _Reader(data).load()


class _Global:
    """The name of something outside the pickle."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class _Dtype:
    """A dtype: its name, and the byte order, which comes later."""

    __slots__ = ("name", "order")

    def __init__(self, name: str) -> None:
        self.name, self.order = name, "|"

    def dtype(self) -> np.dtype[Any]:
        """Return the dtype."""
        if self.name in ("O", "O8"):
            return np.dtype(object)
        if not re.fullmatch(r"b1|[ui][1248]|f[248]", self.name) or self.order not in ("<", ">", "|", "="):
            raise FileContentError(f"The pickle has an array of dtype {self.order}{self.name}, which is not numbers.")
        return np.dtype(self.order.replace("=", "<") + self.name)


class _Array:
    """An array whose shape and values come later."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: np.ndarray[Any, Any] | None = None


class _Reader:
    """Reads one pickle.

    Args:
        data: The bytes of the pickle.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.left = len(data)  # of bytes and elements that arrays may have: each is in the file

    def load(self) -> Any:
        """Return the value."""
        runs = 0
        for _ in range(_MOST_STEPS):
            while run := _RUN.match(self.data, self.place):
                self.place = run.end()
                runs += len(run[0])
                if runs > _LARGEST_RUNS:
                    raise self._too_many()
                self.stack.extend(pickle.loads(b"(" + run[0] + b"l."))
            code = self._take(1)
            if code == b".":
                return self._end()
            operation = _OPERATIONS.get(code)
            if operation is None:
                raise FileContentError(f"The pickle has the operation {code!r}, which plain values do not need.")
            operation(self)
        raise self._too_many()

    def _too_many(self) -> FileLimitError:
        return FileLimitError("The pickle holds more values than a dataset needs. Do not trust this file.")

    def _end(self) -> Any:
        if self.place != len(self.data) or len(self.stack) != 1 or self.marks:
            raise FileContentError("The pickle is broken: it has more than one value.")
        return self._plain(self.stack)[0]

    def _take(self, count: int) -> bytes:
        taken = self.data[self.place : self.place + count]
        if len(taken) != count:
            raise FileContentError("The pickle is broken: it ends before its end.")
        self.place += count
        return taken

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _pop(self) -> Any:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise FileContentError("The pickle is broken: a value is absent.")
        return self.stack.pop()

    def _top(self, kind: type) -> Any:
        if not self.stack or type(self.stack[-1]) is not kind:
            raise FileContentError(f"The pickle is broken: a {kind.__name__} is absent.")
        return self.stack[-1]

    def _since_mark(self) -> list[Any]:
        if not self.marks:
            raise FileContentError("The pickle is broken: a mark is absent.")
        place = self.marks.pop()
        values = self.stack[place:]
        del self.stack[place:]
        return values

    def _plain(self, values: list[Any]) -> list[Any]:
        """The values, if they are some that a list, a dict or the result may hold."""
        if not set(map(type, values)) <= _LEAVES | {list, dict, tuple}:
            raise FileContentError("The pickle holds something that is not a plain value.")
        return values

    def skip(self, form: str) -> None:
        """Read a number that says nothing about values."""
        self._number(form)

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self.stack.append(value)

    def push_number(self, form: str) -> None:
        """Put a number on the stack."""
        self.stack.append(self._number(form))

    def push_long(self) -> None:
        """Put an integer of several bytes on the stack."""
        length = self._number("B")
        if length > _LARGEST_INT:
            raise FileContentError(f"The pickle is broken: an integer of {length} bytes.")
        self.stack.append(int.from_bytes(self._take(length), "little", signed=True))

    def push_bytes(self, form: str) -> None:
        """Put bytes, or a string of Python 2, on the stack."""
        length = self._number(form)
        if length < 0:
            raise FileContentError("The pickle is broken: a string of a negative length.")
        self.stack.append(self._take(length))

    def push_text(self, form: str) -> None:
        """Put a string on the stack."""
        try:
            self.stack.append(self._take(self._number(form)).decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:
            raise FileContentError("The pickle is broken: a string is not UTF-8.") from None

    def mark(self) -> None:
        """Remember the height of the stack."""
        self.marks.append(len(self.stack))

    def put(self, form: str) -> None:
        """Remember the value at the top, under a number."""
        self._remember(self._number(form))

    def memoize(self) -> None:
        """Remember the value at the top, under the next number."""
        self._remember(len(self.memo))

    def _remember(self, number: int) -> None:
        if not self.stack:
            raise FileContentError("The pickle is broken: a value is absent.")
        self.memo[number] = self.stack[-1]

    def get(self, form: str) -> None:
        """Put a remembered value on the stack again."""
        number = self._number(form)
        if number not in self.memo:
            raise FileContentError("The pickle is broken: it repeats a value that it does not have.")
        value = self.memo[number]
        self.stack.append(value.value if isinstance(value, _Array) and value.value is not None else value)

    def append(self) -> None:
        """Append a value to a list."""
        value = self._plain([self._pop()])
        self._top(list).extend(value)

    def extend(self) -> None:
        """Append the values since the mark to a list."""
        values = self._plain(self._since_mark())
        self._top(list).extend(values)

    def set_item(self) -> None:
        """Put a value into a dict."""
        value, key = self._pop(), self._pop()
        self._update([key, value])

    def set_items(self) -> None:
        """Put the keys and values since the mark into a dict."""
        self._update(self._since_mark())

    def _update(self, values: list[Any]) -> None:
        keys, values = values[::2], self._plain(values[1::2])
        if len(keys) != len(values) or not set(map(type, keys)) <= _KEYS:
            raise FileContentError("The pickle has a dict with keys that are neither strings nor numbers.")
        self._top(dict).update(zip(keys, values))

    def tuple_of(self, count: int) -> None:
        """Make a tuple of the values at the top."""
        self.stack.append(tuple([self._pop() for _ in range(count)][::-1]))

    def tuple_since_mark(self) -> None:
        """Make a tuple of the values since the mark."""
        self.stack.append(tuple(self._since_mark()))

    def name_by_lines(self) -> None:
        """Put the name of something outside on the stack; it is not looked up."""
        name = _GLOBAL.match(self.data, self.place)
        if name is None:
            raise FileContentError("The pickle is broken: it asks for a global without a readable name.")
        self.place = name.end()
        self._name(name[1].decode("latin-1"), name[2].decode("latin-1"))

    def name_by_values(self) -> None:
        """Put the name of something outside on the stack, of module and name there."""
        name, module = self._pop(), self._pop()
        self._name(_text(module), _text(name))

    def _name(self, module: str, name: str) -> None:
        # NumPy 1 and NumPy 2
        full = f"{module.replace('numpy._core', 'numpy.core')}.{name}"
        if full not in _GLOBALS:
            raise FileContentError(
                f"The pickle asks for {full[:100]}, which plain values do not need. Nothing was run: do not trust it."
            )
        self.stack.append(_Global(full))

    def call(self) -> None:
        """Do what a call of an allowed function stands for."""
        arguments, function = self._pop(), self._pop()
        if not isinstance(arguments, tuple) or not isinstance(function, _Global):
            raise FileContentError("The pickle is broken: it calls what is not a function.")
        if function.name == "numpy.core.multiarray._reconstruct":
            self.stack.append(_Array())
        elif function.name == "numpy.dtype" and arguments:
            self.stack.append(_Dtype(_text(arguments[0])))
        elif function.name == "_codecs.encode" and len(arguments) == 2:
            # Protocol 2 has no bytes: Python 3 writes them as a text and this call.
            try:
                self.stack.append(_text(arguments[0]).encode("latin-1"))
            except UnicodeEncodeError:
                raise FileContentError("The pickle is broken: bytes that are not.") from None
        else:
            raise FileContentError(f"The pickle calls {function.name} in a way that NumPy does not.")

    def build(self) -> None:
        """Give the array or dtype at the top its state."""
        state = self._pop()
        target = self.stack[-1] if self.stack else None
        if isinstance(target, _Dtype) and isinstance(state, tuple) and len(state) >= 5:
            # version, byte order, subarray, names of fields, fields, ...
            if any(part is not None for part in state[2:5]):
                raise FileContentError("The pickle has an array of records, where it may have arrays of numbers.")
            target.order = _text(state[1])
        elif isinstance(target, _Array) and isinstance(state, tuple) and len(state) == 5:
            target.value = self.stack[-1] = self._array(*state[1:])
        else:
            raise FileContentError("The pickle changes what is neither an array nor a dtype.")

    def _array(self, shape: Any, record: Any, is_fortran: Any, values: Any) -> np.ndarray[Any, Any]:
        if not isinstance(record, _Dtype):
            raise FileContentError("The pickle has an array without a dtype.")
        dtype = record.dtype()
        if not isinstance(shape, tuple) or len(shape) > _MOST_AXES or any(type(n) is not int or n < 0 for n in shape):
            raise FileContentError("The pickle has an array without a readable shape.")
        count = math.prod(shape)
        expected = count if dtype.hasobject else count * dtype.itemsize
        if not isinstance(values, list if dtype.hasobject else bytes) or len(values) != expected:
            raise FileContentError(f"The pickle has an array of shape {shape} without as many values.")
        self.left -= expected
        if self.left < 0:
            raise FileLimitError("The pickle has arrays that are larger than the file. Do not trust this file.")
        if dtype.hasobject:
            flat = np.empty(count, dtype=object)
            for i, value in enumerate(values):
                flat[i] = value
        else:
            flat = np.frombuffer(bytes(values), dtype).astype(dtype.newbyteorder("="))
        return flat.reshape(shape, order="F" if is_fortran else "C")


def _text(value: Any) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        raise FileContentError("The pickle is broken: a name is not a string.")
    return text


_GLOBALS = {"numpy.core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype", "_codecs.encode"}
_OPERATIONS: dict[bytes, Callable[[_Reader], None]] = {
    b"\x80": lambda reader: reader.skip("<B"),  # protocol
    b"\x95": lambda reader: reader.skip("<Q"),  # frame
    b"N": lambda reader: reader.push(None),
    b"\x88": lambda reader: reader.push(True),
    b"\x89": lambda reader: reader.push(False),
    b"]": lambda reader: reader.push([]),
    b"}": lambda reader: reader.push({}),
    b")": lambda reader: reader.push(()),
    b"G": lambda reader: reader.push_number(">d"),
    b"\x8a": _Reader.push_long,
    b"U": lambda reader: reader.push_bytes("<B"),
    b"T": lambda reader: reader.push_bytes("<i"),
    b"C": lambda reader: reader.push_bytes("<B"),
    b"B": lambda reader: reader.push_bytes("<I"),
    b"\x8c": lambda reader: reader.push_text("<B"),
    b"X": lambda reader: reader.push_text("<I"),
    b"(": _Reader.mark,
    b"q": lambda reader: reader.put("<B"),
    b"r": lambda reader: reader.put("<I"),
    b"\x94": _Reader.memoize,
    b"h": lambda reader: reader.get("<B"),
    b"j": lambda reader: reader.get("<I"),
    b"a": _Reader.append,
    b"e": _Reader.extend,
    b"s": _Reader.set_item,
    b"u": _Reader.set_items,
    b"t": _Reader.tuple_since_mark,
    b"\x85": lambda reader: reader.tuple_of(1),
    b"\x86": lambda reader: reader.tuple_of(2),
    b"\x87": lambda reader: reader.tuple_of(3),
    b"c": _Reader.name_by_lines,
    b"\x93": _Reader.name_by_values,
    b"R": _Reader.call,
    b"b": _Reader.build,
}
