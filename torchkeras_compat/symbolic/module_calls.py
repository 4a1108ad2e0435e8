"""A plain torch module called on KerasTensors: one recorded call of the module, not of the functions inside.

The module itself calls torch functions, which reach us one by one. At the first of them the module is run once more
from here, its functions recorded as ever; what it returns becomes the output of one call of the module. The call under
way then gets the results of that run, one after the other, and so returns the same tensors.

That a module is being called is read from the stack, where `nn.Module._call_impl` runs, since nothing else says so: the
class is torch's, and a hook for all modules (`register_module_forward_pre_hook`) would keep every module of the process
from the short way that a call without hooks takes. It costs recorded calls only. The second run is needed because the
outputs must be known, as those of one call, before the first function inside returns.
"""

from __future__ import annotations

import sys
import weakref
from types import FrameType
from typing import Any

from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat import kinds
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic

_CALL = nn.Module._call_impl.__code__
_wrappers: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()  # by the id of the module they hold


class ModuleCall:
    """A call of a torch module on KerasTensors that has not returned yet."""

    def __init__(self, frame: FrameType) -> None:
        self.frame: FrameType | None = frame
        self.results: list[Any] = []
        self.position = 0
        self.is_tracing = True

    def next_result(self) -> Any:
        """Return the result that the run from here got at this point."""
        result = self.results[self.position]
        self.position += 1
        if self.position == len(self.results):
            self.frame = None  # a frame keeps all its variables alive
        return result


_current: ModuleCall | None = None


def calling_frame() -> FrameType | None:
    """Return the frame of the outermost plain torch module that is being called on KerasTensors."""
    found = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code is _CALL:
            call = frame.f_locals
            if not hasattr(call["self"], "symbolic_call") and any_symbolic(call["args"], call["kwargs"]):
                found = frame
        frame = frame.f_back
    return found


def module_call(frame: FrameType) -> tuple[ModuleCall, Any]:
    """Return the call in ``frame`` and, when it has just begun, ``(wrapper, args, kwargs, outputs)`` to record."""
    global _current
    if _current is not None and _current.frame is frame:
        return _current, None
    call = _current = ModuleCall(frame)
    module, args, kwargs = (frame.f_locals[name] for name in ("self", "args", "kwargs"))
    try:
        outputs = module(*args, **kwargs)
    except BaseException:
        _current = None
        raise
    finally:
        call.is_tracing = False
    given = {id(x) for x in pytree.tree_leaves((args, kwargs))}
    # An input that is handed through keeps its own history.
    outputs = pytree.tree_map(
        lambda x: KerasTensor(x.shape, x.dtype) if isinstance(x, KerasTensor) and id(x) in given else x, outputs
    )
    return call, (_wrapper_of(module), args, kwargs, outputs)


def _wrapper_of(module: nn.Module) -> Any:
    """Return the layer around ``module``, the same one for every call of it."""
    wrapper = _wrappers.get(id(module))
    if wrapper is None:
        make: Any = kinds.find("layers", "TorchModuleWrapper")
        wrapper = _wrappers[id(module)] = make(module)
        wrapper.build(None)
    return wrapper
