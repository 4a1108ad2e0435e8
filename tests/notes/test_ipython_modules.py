"""`IPython` for notes, where it is not installed."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from torchkeras_compat.notes.ipython_modules import IPythonModules
from torchkeras_compat.notes.shell import Shell


@pytest.mark.skipif(importlib.util.find_spec("IPython") is not None, reason="IPython is installed")
def test_notes_import_what_they_show_things_with(capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[dict[str, object]] = []
    with IPythonModules(Shell({}, shown.append, print)) as modules:
        from IPython import get_ipython
        from IPython.display import HTML, Image, clear_output, display

        display(HTML("<b>a</b>"), Image("a.png"))
        clear_output(wait=True)
        assert get_ipython().kernel is None
        assert modules in sys.meta_path
    assert shown == [{"text/plain": "<HTML: <b>a</b>>", "text/html": "<b>a</b>"}, {"text/plain": "<Image: a.png>"}]
    assert "IPython" not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("IPython.display")


def test_an_installed_ipython_comes_first() -> None:
    with IPythonModules(Shell({}, lambda data: None, print)) as modules:
        assert sys.meta_path[-1] is modules
        assert modules.find_spec("IPython.other") is None
