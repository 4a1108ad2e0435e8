"""Which functions the code of others may call in a recorded step: those that answer from their arguments alone.

What they answer otherwise (the time, settings, files, numbers of a generator of their own) could be another thing in
the next step, where nobody calls them. Other code of the user is no such function: it is looked at itself.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import torch

from torchkeras_compat.config import epsilon, floatx, image_data_format
from torchkeras_compat.training.tracing.python_kinds import CHANGING_PROPERTIES


def _matcher(names: Iterable[str]) -> Callable[[str], Any]:
    """Return what tells whether a dotted name is one of some, or below one of them."""
    return re.compile(rf"(?:{'|'.join(map(re.escape, names))})(?:\.|$)").match


_BY_NAME = frozenset({"getattr", "hasattr"})
_BUILTINS = _BY_NAME | frozenset(
    {
        *("abs", "all", "any", "bin", "callable", "chr", "divmod", "isinstance"),
        *("issubclass", "iter", "len", "max", "min", "next", "ord", "pow", "round", "sorted", "sum"),
    }
)
_MODULES_IN_C = frozenset({"_functools", "_operator", "itertools", "math"})
_MODULES_OF_TORCH_IN_C = ("torch._C._nn", "torch._C._linalg", "torch._C._fft", "torch._C._special")
_SWITCHES_OF_TORCH = frozenset(  # which `Surroundings` compares
    {"is_grad_enabled", "get_default_dtype", "is_autocast_enabled", "get_autocast_dtype", "is_inference_mode_enabled"}
)
_PLAIN_TYPES = (str, bytes, int, float, complex, tuple, list, dict, set, frozenset, range, slice, type)
_MUST_NOT = frozenset(
    {
        *("dump", "from_file", "frombuffer", "fromfile", "mro", "register_hook", "set_", "tofile"),
        *("format", "format_map"),  # which read attributes that no code names
        *("dsplit", "hsplit", "tensor_split", "vsplit"),  # which read the numbers in a tensor unseen
    }
)

_MODULES_OF_PYTHON = _matcher(
    (
        *("_collections_abc", "_weakrefset", "abc", "collections", "contextlib", "copy", "enum"),
        *("fractions", "functools", "importlib._bootstrap", "numbers", "operator", "types", "typing", "weakref"),
    )
)
_MODULES_OF_TORCH = _matcher(
    (
        *("torch._jit_internal", "torch._library.simple_registry", "torch._tensor", "torch.amp.autocast_mode"),
        *("torch.autograd.grad_mode", "torch.distributions", "torch.functional", "torch.nn.functional"),
        *("torch.nn.modules", "torch.overrides"),
        *("torch.nn.utils.parametrizations", "torch.nn.utils.parametrize", "torch.return_types"),
        *("torch.utils._contextlib", "torch.utils._device", "torch.utils.weak"),
    )
)
_MODULES_OF_NUMPY_THAT_MUST_NOT = _matcher(
    ("numpy.random", "numpy._core._ufunc_config", "numpy.lib._npyio_impl", "numpy.lib._datasource", "numpy.ctypeslib")
)
_FUNCTIONS_OF_TORCH = frozenset(
    {"_assert", "is_tensor", "is_floating_point", "is_complex", "sym_int", "sym_max", "sym_min"}
)
_SOME_OF_TORCH = {
    "torch.autograd": {"grad"},
    "torch.compiler": {"is_compiling", "is_dynamo_compiling", "is_exporting"},
    "torch.cuda": {"is_available"},
    "torch.jit._trace": {"is_tracing"},
}
_METHODS_OF_TENSORS_THAT_MUST_NOT = frozenset(
    {
        *("__deepcopy__", "__reduce_ex__", "backward", "register_hook", "register_post_accumulate_grad_hook"),
        *("share_memory_",),
    }
)
# What does more than compute, or tells what changes: in a recorded step it may run nowhere, whoever calls it.
_NOWHERE = _matcher(
    f"torchkeras_compat.{name}"
    for name in (
        *("backend.session", "callbacks", "cli", "data", "datasets", "dialects.methods.phase"),
        *("dialects.tensorflow.data", "dialects.tensorflow.distribute", "dialects.tensorflow.io"),
        *("dialects.tensorflow.logging", "dialects.tensorflow.lookup", "dialects.tensorflow.printing"),
        *("dialects.tensorflow.profiler", "dialects.tensorflow.saved_model", "dialects.tensorflow.summary"),
        *("dialects.tensorflow.train", "export", "legacy.backend.sessions", "models.cloning", "notes", "preprocessing"),
        *("random.seeding", "random.states", "saving", "user_warnings", "visualization", "wrappers"),
    )
)
_NOWHERE_BY_NAME = frozenset({"print_tensor", "learning_phase", "set_learning_phase", "get_uid", "timestamp"})
# What the step itself runs, and code of others may not call.
_NOT_BY_OTHERS = _matcher(
    f"torchkeras_compat.{name}"
    for name in (
        *("applications", "config", "custom_objects", "device", "dialects.tensorflow.compat"),
        *("dialects.tensorflow.config", "dialects.tensorflow.custom_gradients", "dialects.tensorflow.function"),
        *("dialects.tensorflow.tape", "distillation", "distribution", "optimizers", "plugins", "registry"),
        *("serialization", "stateless_scope", "testing", "training", "tracebacks", "utils"),
    )
)
# Through which calls of torch go while they are recorded, and names that are looked up for the first time.
_EXCEPT = frozenset({"torchkeras_compat.training.tracing.recorder", "torchkeras_compat.plugins.namespaces"})
_SETTINGS = frozenset(function.__code__ for function in (epsilon, floatx, image_data_format))


def why_not_passed(function: Any) -> str | None:
    """Return why code may not hand on a function written in C, for others to call unseen; None if it may."""
    if function.__name__ in _BY_NAME:
        return f"code of yours hands on `{function.__name__}`, which reads attributes that no code names"
    return why_not_called(function)


def why_not_called(function: Any) -> str | None:
    """Return why a function written in C may not be called; None if it may."""
    name, owner, module = function.__name__, getattr(function, "__self__", None), function.__module__ or ""
    if name not in _MUST_NOT and _is_allowed_in_c(name, owner, module):
        return None
    place = module or (owner.__name__ if isinstance(owner, (ModuleType, type)) else type(owner).__name__)
    return f"code of yours calls `{place}.{name}`, which may answer otherwise in the next step"


def _is_allowed_in_c(name: str, owner: Any, module: str) -> bool:
    if isinstance(owner, ModuleType):
        place = owner.__name__
        if place == "builtins":
            return name in _BUILTINS
        if place == "torch._C":
            return name in _SWITCHES_OF_TORCH
        return place in _MODULES_IN_C or place.startswith((*_MODULES_OF_TORCH_IN_C, "numpy"))
    if owner is None:
        return (module == "torch" and not name.startswith("_")) or module.partition(".")[0] == "numpy"
    if isinstance(owner, type):
        return issubclass(owner, (torch.Tensor, np.ndarray, np.generic, *_PLAIN_TYPES[:-1]))
    return isinstance(owner, (torch.Tensor, np.ndarray, np.generic, np.ufunc, *_PLAIN_TYPES)) or isinstance(
        owner, (types.GeneratorType, type({}.items()), type({}.keys()), type({}.values()), types.MappingProxyType)
    )


def why_not_entered(frame: FrameType) -> str | None:
    """Return why a function of this package, torch, NumPy or Python may not be called; None if it may.

    Args:
        frame: The function, as it is entered.
    """
    code = frame.f_code
    module = str(frame.f_globals.get("__name__"))
    if code in _SETTINGS or _is_allowed_in_python(module, code.co_name):
        return None
    return f"code of yours calls `{module}.{code.co_qualname}`, which may answer otherwise in the next step"


def why_not_run(frame: FrameType) -> str | None:
    """Return why a function of this package may not run in a recorded step, whoever calls it; None if it may.

    Args:
        frame: The function, as it is entered.
    """
    module, name = str(frame.f_globals.get("__name__")), frame.f_code.co_name
    if _NOWHERE(module) or (name in _NOWHERE_BY_NAME and module.startswith("torchkeras_compat.")):
        return f"the step runs `{module}.{frame.f_code.co_qualname}`, which does more than compute"
    return None


def _is_allowed_in_python(module: str, name: str) -> bool:
    root = module.partition(".")[0]
    if root == "torchkeras_compat":
        if name == "compute_loss" and module.startswith("torchkeras_compat.training."):
            return True
        if name in CHANGING_PROPERTIES:
            return name == "losses"  # tensors of this step, or else of another one, which two recordings show
        return module in _EXCEPT or not _NOT_BY_OTHERS(module)
    if root == "numpy":
        return not _MODULES_OF_NUMPY_THAT_MUST_NOT(module) or name in ("inner", "__init__", "__enter__", "__exit__")
    if module == "torch":
        return name in _FUNCTIONS_OF_TORCH
    if module in _SOME_OF_TORCH:
        return name in _SOME_OF_TORCH[module]
    if root == "torch":
        return bool(_MODULES_OF_TORCH(module)) and name not in _METHODS_OF_TENSORS_THAT_MUST_NOT
    return root.startswith("namedtuple_") or bool(_MODULES_OF_PYTHON(module))
