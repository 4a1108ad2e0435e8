"""The names in the code of others: attributes, global variables, modules."""

from __future__ import annotations

import dis
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from torchkeras_compat.training.tracing import python_kinds as kinds
from torchkeras_compat.training.tracing.foreign_code import ForeignCode

# By these names code gets at what it does not spell out.
_BY_NAME = frozenset({"__dict__", "__getattribute__", "attrgetter", "getattr", "hasattr", "methodcaller", "vars"})
_WRITES = frozenset({"STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL"})
# What stays what it is in a known library; all else may be set by anybody.
_STAYING = (BuiltinFunctionType, FunctionType, ModuleType, type)
_HIDDEN = frozenset({"MATCH_CLASS", "IMPORT_STAR"})
# Past the operations of torch, and into Python itself.
_MUST_NOT = frozenset(
    {
        *("__builtins__", "__closure__", "__code__", "__defaults__", "__globals__", "__subclasses__", "_base"),
        *("_cdata", "_grad", "_version", "cr_frame", "data", "f_back", "f_globals", "f_locals", "gi_frame", "grad"),
        *("grad_fn", "next_functions", "tb_frame", "torch_params"),
    }
)


class MentionedNames:
    """What code that ran mentions.

    Args:
        foreign: The code.

    Attributes:
        refusal: Why the code cannot be recorded: it writes where other code reads, or reads what nobody can follow.
        names: The attributes that it reads, and the names of its functions, under which somebody looked them up.
        is_by_name: Whether it computes names of attributes, so that it may read any.
        variables: Global variables, each with the names in them.
        imported: The modules that it imports itself.
    """

    def __init__(self, foreign: ForeignCode) -> None:
        self.refusal: str | None = None
        self.names = {code.co_name for code, _ in foreign.code}
        self.variables: list[tuple[dict[str, Any], set[str]]] = []
        self.imported: list[ModuleType] = []
        for code, variables in foreign.code:
            self._read(code, variables)
        texts = {c for code, _ in foreign.code for c in code.co_consts if isinstance(c, str)}
        self.is_by_name = any(name in _BY_NAME for code, _ in foreign.code for name in code.co_names)
        if self.is_by_name:
            self.names |= {text for text in texts if text.isidentifier()}
        if self.names & _MUST_NOT:
            self._refuse(f"code of yours reads `{min(self.names & _MUST_NOT)}`")

    def _refuse(self, reason: str) -> None:
        self.refusal = self.refusal or reason

    def _read(self, code: CodeType, variables: dict[str, Any]) -> None:
        """Take the names from code that runs with some global variables."""
        names: set[str] = set()
        module: ModuleType | None = None  # a known one that the last instruction loaded: its attributes stay
        for instruction in dis.get_instructions(code):
            operation, name = instruction.opname, instruction.argval
            if operation in _WRITES:
                self._refuse(f"`{code.co_qualname}` sets or deletes `{name}`")
            elif operation in _HIDDEN:
                self._refuse(f"`{code.co_qualname}` takes objects apart without saying how")
            elif operation in ("STORE_DEREF", "DELETE_DEREF") and name in code.co_freevars:
                self._refuse(f"`{code.co_qualname}` sets `{name}`, a variable of the function around it")
            elif operation == "IMPORT_NAME":
                self._import(code, str(name), variables)
            elif operation in ("LOAD_GLOBAL", "LOAD_NAME"):
                names.add(name)
            elif module is not None and isinstance(name, str) and name in vars(module):
                if not isinstance(vars(module)[name], _STAYING):
                    self.variables.append((vars(module), {name}))
            elif instruction.opcode in dis.hasname:
                self.names.add(name)
            module = _known_module(operation, name, module, variables)
        self.variables.append((variables, names))

    def _import(self, code: CodeType, name: str, variables: dict[str, Any]) -> None:
        """Take a module that code imports, be it a part of its own package or not."""
        package = str(variables.get("__package__") or "")
        above = [package.rsplit(".", i)[0] for i in range(package.count(".") + 1)] if package else []
        modules = [sys.modules.get(f"{place}.{name}".strip(".")) for place in ("", *above)]
        found = [module for module in modules if isinstance(module, ModuleType)]
        if not found:
            self._refuse(f"`{code.co_qualname}` imports `{name}`")
        self.imported += found


def _known_module(operation: str, name: Any, module: ModuleType | None, variables: dict[str, Any]) -> ModuleType | None:
    """Return the module of a known library that an instruction loads, by its name or from another one."""
    if operation in ("LOAD_GLOBAL", "LOAD_NAME"):
        found = variables.get(name)
    elif module is not None and operation in ("LOAD_ATTR", "LOAD_METHOD"):
        found = vars(module).get(name)
    else:
        return None
    return found if isinstance(found, ModuleType) and kinds.is_of_library(found.__name__) else None
