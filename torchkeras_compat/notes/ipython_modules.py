"""``IPython`` and ``IPython.display`` for notes, where IPython is not installed: what notes import from them."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any

from torchkeras_compat.notes.shell import Shell

NAMES = ("IPython", "IPython.display", "IPython.core", "IPython.core.display", "IPython.core.interactiveshell")


class Shown:
    """Something to show: text of a MIME type, or a file.

    Args:
        data: Text, or the path or URL of a file.
        filename: Path of a file.
        url: URL.
        options: What IPython's class takes besides.
    """

    def __init__(self, data: Any = None, filename: Any = None, url: Any = None, **options: Any) -> None:
        self.data = data if data is not None else filename if filename is not None else url

    def __repr__(self) -> str:
        text = f"<{len(self.data)} bytes>" if isinstance(self.data, bytes) else str(self.data)
        return f"<{type(self).__name__}: {text:.80}>"


class HTML(Shown):
    """HTML."""

    def _repr_html_(self) -> str:
        return str(self.data)


class Markdown(Shown):
    """Markdown."""

    def _repr_markdown_(self) -> str:
        return str(self.data)


class Latex(Shown):
    """LaTeX."""

    def _repr_latex_(self) -> str:
        return str(self.data)


class SVG(Shown):
    """A picture as SVG."""

    def _repr_svg_(self) -> str | None:
        return str(self.data) if str(self.data).lstrip().startswith("<") else None


_KINDS = ("Audio", "Code", "IFrame", "Image", "Javascript", "Math", "Video", "YouTubeVideo")


class IPythonModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """A context in which notes can import ``IPython``; asked after all others, so that one that is installed is found.

    Args:
        shell: What ``get_ipython()`` returns.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """Return a specification for the names of :data:`NAMES`."""
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name in NAMES else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return a module with what notes import."""
        module = types.ModuleType(spec.name, "Stands in the place of IPython, which is not installed.")
        names: dict[str, Any] = {kind.__name__: kind for kind in (HTML, Markdown, Latex, SVG)}
        names |= {name: type(name, (Shown,), {"__doc__": f"{name}, shown as its name."}) for name in _KINDS}
        names["clear_output"] = lambda wait=False: None
        names["set_matplotlib_formats"] = lambda *formats, **options: None
        names["get_ipython"] = lambda: self._shell
        names["version_info"] = (9, 0, 0)  # matplotlib asks for it
        names["__version__"] = "9.0.0"
        if spec.name != "IPython":
            names["display"] = self._shell.display  # below IPython itself the name is that of a module
        module.__dict__.update(names)
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute."""

    def __enter__(self) -> IPythonModules:
        sys.meta_path.append(self)
        return self

    def __exit__(self, *exc_info: object) -> None:
        sys.meta_path.remove(self)
        for name in NAMES:
            if getattr(getattr(sys.modules.get(name), "__spec__", None), "loader", None) is self:
                del sys.modules[name]
