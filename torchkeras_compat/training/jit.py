"""`compile(jit_compile=True)`: the model's call through `torch.compile`, and the eager call where that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.user_warnings import warn_user


class CompiledCall:
    """Calls a module as `torch.compile` compiled it; where compiling fails, warns once and calls it as it is.

    It stands where `Module.compile` of torch puts the compiled ``_call_impl``, the method behind `Module.__call__` with
    its hooks. A model that is not built yet builds itself in an eager call first: there is nothing to compile before.

    Args:
        module: The module; its ``_compiled_call_impl`` is what `torch.nn.Module.__call__` goes through.
        compiler: What compiles a function; None for `torch.compile`.
        mode: ``mode`` of `torch.compile`.
    """

    def __init__(
        self, module: torch.nn.Module, compiler: Callable[..., Any] | None = None, mode: str | None = None
    ) -> None:
        self.module = module
        self.mode = mode
        self.is_default = compiler is None
        options: dict[str, Any] = {} if mode is None else {"mode": mode}
        compile_it: Callable[..., Any] = compiler or torch.compile
        self.compiled = compile_it(self._eager, **options)

    @property
    def _eager(self) -> Callable[..., Any]:
        call: Callable[..., Any] = self.module._call_impl
        return call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not getattr(self.module, "built", True):
            return self._eager(*args, **kwargs)
        try:
            return self.compiled(*args, **kwargs)
        except Exception as error:
            from torch._dynamo.exc import TorchDynamoException  # 1 s of imports, made by torch.compile already

            if not isinstance(error, TorchDynamoException):
                raise
            failure = error
        # Compiling has failed before anything was computed; with a graph break, the part before it is computed again.
        # Dynamo wraps what is wrong in the model's own code too: the eager call then says it, as it is.
        outputs = self._eager(*args, **kwargs)
        reason = " ".join(str(failure).split("\n\n")[0].split())[:300]
        warn_user(
            f"jit_compile=True: torch.compile failed ({type(failure).__name__}: {reason}), so the model runs eagerly "
            "from here on. Install what the message asks for (a C++ compiler, say), or compile with "
            "jit_compile=False."
        )
        self.module._compiled_call_impl = None
        return outputs
