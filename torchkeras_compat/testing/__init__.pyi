from .check import CheckFailure as CheckFailure
from .check import Result as Result
from .check import Results as Results
from .layer import check_layer as check_layer
from .plugin import check_plugin as check_plugin

__all__ = ["CheckFailure", "Result", "Results", "check_layer", "check_plugin"]
