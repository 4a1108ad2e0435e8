"""The memory that tensors take while a model is made of a file: counted, and refused before it is taken."""

from __future__ import annotations

import contextlib
import functools
import math
import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_unflatten

from torchkeras_compat.saving.file_limits import FileLimits, too_much
from torchkeras_compat.unfilled_values import OPEN, before_use

# Private names of torch: `TorchDispatchMode` is the only place that sees every operation before it takes memory, also
# those of C++ (`__torch_function__` does not see what a composite operation makes); and only `_schema` of an operation
# says which results are views.
_WORK = 2.5  # of such operations are allowed for each of the others: they are rare
_STEP = 300_000  # multiplications of a decomposition that count as one operation, by the time that they take
_BYTES_A_STEP = 16  # of weights in the file that allow for one more such operation
_SMALL = 4096  # bytes; tensors up to here count as if they stayed, which is quicker than watching them
_OUTPUTS = 10_000  # of one operation, such as a split in single values


class MemoryBudget(TorchDispatchMode):
    """Counts the memory of the tensors made inside the scope and alive; refuses what goes beyond, before it is taken.

    Tensors of the "meta" device, by which shapes are found, take none. What an operation will take is found on that
    device first.

    Args:
        source: Name of the file, for messages.
        stored: Bytes of weights in the file.
        limits: What the file may ask for.
        declared: Returns the size of the weights when they are unpacked, in bytes, if the file holds compressed
            arrays; asked for only if ``stored`` is not enough.

    Raises:
        FileLimitError: more memory, or more operations, than the limits allow.
    """

    def __init__(
        self, source: str, stored: int | None, limits: FileLimits, declared: Callable[[], int] | None = None
    ) -> None:
        super().__init__()
        self.source = source
        self.limits = limits
        self.declared = declared
        self.stored = stored
        self.largest = limits.bytes_without_weights if stored is None else self._largest(stored)
        self.used = 0
        self.operations = 0
        self.work = 0
        self._alive: dict[int, Any] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # torch would wrap `__torch_dispatch__` so that its first call imports the compiler: 2 s at the first load.
        return False

    def _largest(self, stored: int) -> int:
        return int(self.limits.spare_bytes + self.limits.memory_factor * stored)

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple = (), kwargs: dict[str, Any] | None = None) -> Any:
        kwargs = kwargs or {}
        self.operations += 1
        if self.operations > self.limits.operations:
            raise too_much(f"Making the model of {self.source!r} takes too long", "operations", self.limits.operations)
        kind = _kind(func)
        if kind == "parts":
            self._check_parts(func, args)
        if kind in ("parts", "view"):
            return func(*args, **kwargs)
        if OPEN:
            before_use(*args, *kwargs.values())
        if kind == "alias" or _is_meta(args, kwargs):
            return func(*args, **kwargs)
        if "linalg" in func._schema.name:
            self._check_work(args[0])
        expected = _size(kind, func, args, kwargs)
        self._check(expected)
        result = func(*args, **kwargs)
        if 0 < expected <= _SMALL:
            self.used += expected
            return result
        for tensor in result if isinstance(result, (list, tuple)) else (result,):
            if isinstance(tensor, torch.Tensor) and tensor.device.type != "meta":
                self._count(tensor)
        return result

    def _check_work(self, matrix: torch.Tensor) -> None:
        """Count the time of a decomposition, as of orthogonal initial values, which grows faster than the memory."""
        self.work += matrix.numel() * min(matrix.shape[-2:]) // _STEP
        if self.work > _WORK * self.limits.operations + (self.stored or 0) // _BYTES_A_STEP:
            what = f"Making the model of {self.source!r} takes too long: it decomposes matrices as large as"
            raise too_much(f"{what} {tuple(matrix.shape)}", "operations", self.limits.operations)

    def _check(self, expected: int) -> None:
        if self.used + expected <= self.largest:
            return
        if self.declared is not None:
            self.largest, self.declared = max(self.largest, self._largest(self.declared())), None
            if self.used + expected <= self.largest:
                return
        what = f"The model of {self.source!r} asks for {self.used + expected:,} bytes of memory"
        if self.stored is None:
            raise too_much(what, "bytes_without_weights", self.limits.bytes_without_weights)
        raise too_much(
            f"{what}, and its weights have {self.stored:,} bytes in the file",
            "memory_factor",
            self.limits.memory_factor,
        )

    def _count(self, tensor: torch.Tensor) -> None:
        try:
            storage = tensor.untyped_storage()
            key, size = _address(storage), storage.nbytes()
        except (NotImplementedError, RuntimeError):  # sparse and other tensors without one
            return
        if key in self._alive:
            return
        self.used += size
        self._alive[key] = weakref.ref(storage, functools.partial(self._free, key, size))

    def _free(self, key: int, size: int, reference: Any) -> None:
        self.used -= size
        self._alive.pop(key, None)

    def _check_parts(self, func: Any, args: tuple) -> None:
        tensor = args[0]
        size, axis = args[1] if len(args) > 1 else 0, args[2] if len(args) > 2 else 0
        if func is torch.ops.aten.unbind.int:
            count = tensor.shape[args[1] if len(args) > 1 else 0]
        elif isinstance(size, int):
            count = tensor.shape[axis] // max(size, 1)
        else:
            count = len(size)
        if count > _OUTPUTS:
            raise too_much(f"The model of {self.source!r} splits an axis into {count:,} parts", "operations", _OUTPUTS)


def _address(storage: Any) -> int:
    """A number that all views of a storage share, and no other storage that is alive."""
    # `data_ptr` will do as well where torch gives `_cdata` another name, but asks the storage to be one of its own.
    return int(storage._cdata if hasattr(storage, "_cdata") else storage.data_ptr())


@functools.cache
def _kind(func: Any) -> str:
    """What an operation takes of memory: nothing ("view", "parts", "alias" of what it writes to), what its ``size``
    says ("sized"), as much as its first argument ("like") or its arguments together ("pointwise"), or something else
    ("other")."""
    schema = func._schema
    if func in (torch.ops.aten.unbind.int, torch.ops.aten.split.Tensor, torch.ops.aten.split_with_sizes.default):
        return "parts"
    if schema.returns and all(r.alias_info is not None for r in schema.returns):
        return "alias" if any(r.alias_info.is_write for r in schema.returns) else "view"
    # Asking the meta device of these would import sympy, 0.8 s at the first load; their shapes need no asking.
    if schema.name.endswith("_like") or func.overloadpacket in (torch.ops.aten.clone, torch.ops.aten._to_copy):
        return "like"
    if torch.Tag.pointwise in func.tags:
        return "pointwise"
    if func.overloadpacket in (torch.ops.aten.empty, torch.ops.aten.zeros, torch.ops.aten.ones, torch.ops.aten.full):
        if schema.arguments[0].name == "size":
            return "sized"
    return "other"


def _is_meta(args: tuple, kwargs: dict[str, Any]) -> bool:
    device = kwargs.get("device")
    if device is not None:
        return bool(torch.device(device).type == "meta")
    for arg in args:
        if isinstance(arg, torch.Tensor):
            return arg.device.type == "meta"
        if isinstance(arg, (list, tuple)) and arg and isinstance(arg[0], torch.Tensor):
            return bool(arg[0].device.type == "meta")
    return False


def _size(kind: str, func: Any, args: tuple, kwargs: dict[str, Any]) -> int:
    if kind == "sized":
        dtype = kwargs.get("dtype") or torch.get_default_dtype()
        return math.prod(args[0]) * dtype.itemsize
    if kind == "like":
        return args[0].numel() * (kwargs.get("dtype") or args[0].dtype).itemsize
    leaves, structure = tree_flatten((args, kwargs))
    if kind == "pointwise":
        tensors = [x for x in leaves if isinstance(x, torch.Tensor)]
        with contextlib.suppress(RuntimeError):  # shapes that do not go together: the operation says so itself
            shape = torch.broadcast_shapes(*(t.shape for t in tensors))
            return math.prod(shape) * max(t.dtype.itemsize for t in tensors)
        return 0
    try:
        inner, options = tree_unflatten([_on_meta(x) for x in leaves], structure)
        if not any(isinstance(x, torch.Tensor) for x in leaves):
            options["device"] = "meta"
        result = func(*inner, **options)
    except Exception:  # no shape before the values are known, or the operation is about to fail for itself
        return 0
    found = result if isinstance(result, (list, tuple)) else (result,)
    return sum(x.untyped_storage().nbytes() for x in found if isinstance(x, torch.Tensor))


def _on_meta(x: Any) -> Any:
    if isinstance(x, torch.Tensor):
        return torch.empty_strided(x.size(), x.stride(), dtype=x.dtype, device="meta")
    if isinstance(x, torch.Generator):
        return None
    return torch.device("meta") if isinstance(x, torch.device) else x
