"""A new plugin package, written from the files in ``plugin_template``."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from string import Template

from torchkeras_compat.errors import PluginError
from torchkeras_compat.release import version

# Where each file of the template goes; `module` stands for the name of the Python package.
FILES = {
    "pyproject.toml.in": "pyproject.toml",
    "README.md.in": "README.md",
    "gitignore.in": ".gitignore",
    "ci.yml.in": ".github/workflows/tests.yml",
    "init.py.in": "src/module/__init__.py",
    "plugin.py.in": "src/module/plugin.py",
    "gate.py.in": "src/module/gate.py",
    "pinball.py.in": "src/module/pinball.py",
    "test_plugin.py.in": "tests/test_plugin.py",
}


def write_plugin(name: str, into: Path) -> tuple[Path, str]:
    """Write a complete plugin package; return its folder and the name of the plugin.

    Args:
        name: Of the plugin, in lower case, with or without ``torchkeras-`` before it.
        into: Folder in which to make that of the package.

    Raises:
        PluginError: the name is none for a package, or the folder exists.

    Example:
        >>> import tempfile
        >>> folder, plugin = write_plugin("bright-sparkle", Path(tempfile.mkdtemp()))
        >>> folder.name, plugin
        ('torchkeras-bright-sparkle', 'bright_sparkle')
    """
    bare = re.sub(r"^torchkeras[-_]", "", name)
    if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", bare):
        raise PluginError(
            f"The name of a plugin is made of lowercase letters, digits, - and _, such as 'sparkle'. Received: {name!r}"
        )
    plugin = bare.replace("-", "_")
    package = "torchkeras-" + bare.replace("_", "-")
    folder = into / package
    if folder.exists():
        raise PluginError(f"{folder} exists already. Choose another name or folder; nothing was written.")
    values = {
        "plugin": plugin,
        "package": package,
        "module": f"torchkeras_{plugin}",
        "Plugin": "".join(word.capitalize() for word in plugin.split("_")),
        "version": version(),
    }
    template = resources.files("torchkeras_compat.cli") / "plugin_template"
    texts = {target: Template((template / source).read_text()).substitute(values) for source, target in FILES.items()}
    for target, text in texts.items():
        path = folder / target.replace("/module/", f"/{values['module']}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder, plugin
