from .file_format import FileFormat as FileFormat
from .hookspecs import hookimpl as hookimpl
from .manager import installed as installed
from .manager import isolated_plugins as isolated_plugins
from .manager import register_plugin as register_plugin
from .manager import unregister_plugin as unregister_plugin

__all__ = ["FileFormat", "hookimpl", "installed", "isolated_plugins", "register_plugin", "unregister_plugin"]
