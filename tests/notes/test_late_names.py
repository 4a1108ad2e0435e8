"""Names that are found when they are used."""

from __future__ import annotations

import ast

import pytest

from torchkeras_compat.notes.late_names import MISSING, LateNames, Use

CODE = """\
def f():
    return [x for i in range(2)]
class A:
    y = x
print(f(), A.y, x)
box.size(x + 1)
"""


def run(code: str, finder) -> dict[str, object]:
    names = LateNames([finder])
    tree = ast.parse(code)
    names.know("note.md", tree)
    namespace: dict[str, object] = {"__builtins__": names}
    exec(compile(tree, "note.md", "exec"), namespace)
    return namespace


def test_names_are_found_in_functions_classes_and_comprehensions(capsys: pytest.CaptureFixture[str]) -> None:
    run("\n".join(CODE.splitlines()[:5]), lambda use: 3 if use.name == "x" else MISSING)
    assert capsys.readouterr().out == "[3, 3] 3 3\n"


def test_an_unknown_name_is_pythons_error() -> None:
    with pytest.raises(NameError, match="name 'nothing' is not defined") as raised:
        run("nothing", lambda use: MISSING)
    assert raised.value.name == "nothing"


def test_a_use_knows_the_way_from_its_statement() -> None:
    uses: list[Use] = []

    def find(use: Use) -> object:
        uses.append(use)
        return 1

    run("a = [1,\n     (x)]\ndef f():\n    return len([y])\nf()", find)
    assert [use.name for use in uses] == ["x", "y"]
    assert [type(node).__name__ for node in uses[0].path] == ["Assign", "List", "Name"]
    assert [type(node).__name__ for node in uses[1].path] == ["FunctionDef", "Return", "Call", "List", "Name"]


def test_values_are_read_without_running_code() -> None:
    seen: list[object] = []

    def find(use: Use) -> object:
        call = next(node for node in use.path if isinstance(node, ast.Call))
        seen.append(use.value(call.func))
        return 1

    run("class Box:\n    pass\nbox = Box()\nbox.f = print\nbox.f(x)\n", find)
    assert seen == [print]


def test_what_a_finder_uses_itself_is_not_looked_for() -> None:
    def find(use: Use) -> object:
        return eval("other", {"__builtins__": names})

    names = LateNames([find])
    with pytest.raises(NameError, match="other"):
        eval("x", {"__builtins__": names})
