"""The names in the code of others: attributes, global variables, modules."""

from __future__ import annotations

import builtins
import dis
import sys
from collections.abc import Mapping
from types import BuiltinFunctionType, CodeType, ModuleType
from typing import Any

from torchkeras_compat.training.tracing import python_kinds as kinds
from torchkeras_compat.training.tracing.bytecode import constant_attribute, is_called
from torchkeras_compat.training.tracing.foreign_code import ForeignCode

# By these names code gets at what it does not spell out.
_BY_NAME = frozenset({"getattr", "hasattr"})
_ALL = frozenset({"__dict__", "__getattribute__", "attrgetter", "methodcaller"})
# What Python, torch and this package look up, whatever it is called in the code.
_LOOKED_UP = frozenset(
    {
        *("__bool__", "__call__", "__contains__", "__eq__", "__getattr__", "__getitem__", "__iter__", "__len__"),
        *("build", "call", "compute_mask", "compute_output_shape", "forward"),
    }
)
_WRITES = frozenset({"STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL"})
_HIDDEN = frozenset({"MATCH_CLASS", "IMPORT_STAR"})
# Past the operations of torch, and into Python itself.
_MUST_NOT = frozenset(
    {
        *("__builtins__", "__closure__", "__code__", "__defaults__", "__globals__", "__subclasses__", "_base"),
        *("_cdata", "_grad", "_version", "cr_frame", "data", "f_back", "f_globals", "f_locals", "gi_frame", "grad"),
        *("__delattr__", "__setattr__", "__setstate__", "grad_fn", "next_functions", "tb_frame", "torch_params"),
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
        variables: Global variables and modules that it imports, each with the names in them.
        passed: Functions of Python that it hands on, for others to call.
    """

    def __init__(self, foreign: ForeignCode) -> None:
        self.refusal: str | None = None
        self.names: set[str] = set()
        self.variables: list[tuple[Mapping[str, Any], set[str]]] = []
        self.passed: list[Any] = []
        self.is_by_name = False
        for code, variables in foreign.code:
            self._read(code, variables, code in foreign.writers)
        if self.is_by_name:
            texts = {c for code, _ in foreign.code for c in code.co_consts if isinstance(c, str)}
            self.names |= {text for text in texts if text.isidentifier()}
        if self.names & _MUST_NOT:
            self._refuse(f"code of yours reads `{min(self.names & _MUST_NOT)}`")
        self.names |= _LOOKED_UP | {code.co_name for code, _ in foreign.code}

    def _refuse(self, reason: str) -> None:
        self.refusal = self.refusal or reason

    def _read(self, code: CodeType, variables: dict[str, Any], is_writer: bool) -> None:
        """Take the names from code that runs with some global variables."""
        names: set[str] = set()
        module: ModuleType | None = None  # a known one that the last instruction loaded
        instructions = list(dis.get_instructions(code))
        for i, instruction in enumerate(instructions):
            operation, name = instruction.opname, instruction.argval
            if operation == "STORE_ATTR" and not is_writer and _is_first_argument(code, instructions[i - 1]):
                self.names.add(name)  # of an object that is made in the step
            elif operation in _WRITES:
                self._refuse(f"`{code.co_qualname}` sets or deletes `{name}`")
            elif operation in _HIDDEN:
                self._refuse(f"`{code.co_qualname}` takes objects apart without saying how")
            elif operation in ("STORE_DEREF", "DELETE_DEREF") and name in code.co_freevars:
                self._refuse(f"`{code.co_qualname}` sets `{name}`, a variable of the function around it")
            elif operation == "IMPORT_NAME":
                self._import(code, str(name), variables)
            elif operation in ("LOAD_GLOBAL", "LOAD_NAME"):
                names.add(name)
                if name not in variables:
                    self._take_builtin(name, instructions, i)
            elif module is not None and isinstance(name, str) and name in vars(module):
                self.variables.append((vars(module), {name}))
            elif instruction.opcode in dis.hasname:
                self.names.add(name)
                self.is_by_name |= name in _ALL
            module = _known_module(operation, name, module, variables)
        self.variables.append((variables, names))

    def _take_builtin(self, name: str, instructions: list[dis.Instruction], i: int) -> None:
        """Take a name of Python itself: a call of it is seen, what is handed on is not."""
        function = vars(builtins).get(name)
        if not isinstance(function, (BuiltinFunctionType, type)):
            self.variables.append((vars(builtins), {name}))
        if name in _BY_NAME:
            attribute = constant_attribute(instructions, i)
            self.is_by_name |= attribute is None
            self.names.update(() if attribute is None else (attribute,))
        elif isinstance(function, BuiltinFunctionType) and not is_called(instructions[i]):
            self.passed.append(function)

    def _import(self, code: CodeType, name: str, variables: dict[str, Any]) -> None:
        """Take a module that code imports, be it a part of its own package or not."""
        package = str(variables.get("__package__") or "")
        places = ["", *(package.rsplit(".", i)[0] + "." for i in range(package.count(".") + 1) if package)]
        parts = [name.rsplit(".", i)[0] for i in range(name.count(".") + 1)]
        names = {place + part for place in places for part in parts}
        if not any(place + name in sys.modules for place in places):
            self._refuse(f"`{code.co_qualname}` imports `{name}`")
        self.variables.append((sys.modules, names & sys.modules.keys()))


def _known_module(operation: str, name: Any, module: ModuleType | None, variables: dict[str, Any]) -> ModuleType | None:
    """Return the module of a known library that an instruction loads, by its name or from another one."""
    if operation in ("LOAD_GLOBAL", "LOAD_NAME"):
        found = variables.get(name)
    elif module is not None and operation in ("LOAD_ATTR", "LOAD_METHOD"):
        found = vars(module).get(name)
    else:
        return None
    return found if isinstance(found, ModuleType) and kinds.is_of_library(found.__name__) else None


def _is_first_argument(code: CodeType, instruction: dis.Instruction) -> bool:
    """Whether an instruction loads the first argument, as the last thing."""
    if not code.co_argcount or not instruction.opname.startswith("LOAD_FAST"):
        return False
    loaded = instruction.argval
    return bool(code.co_varnames[0] == (loaded[-1] if isinstance(loaded, tuple) else loaded))
