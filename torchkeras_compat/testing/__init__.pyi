from .check import CheckFailure as CheckFailure
from .check import Result as Result
from .check import Results as Results
from .layer import check_layer as check_layer

__all__ = ["CheckFailure", "Result", "Results", "check_layer"]
