from .check import CheckFailure as CheckFailure
from .check import Result as Result
from .check import Results as Results
from .layer import check_layer as check_layer
from .plugin import check_plugin as check_plugin
from .loss import check_loss as check_loss
from .metric import check_metric as check_metric

__all__ = [
    "CheckFailure",
    "Result",
    "Results",
    "check_layer",
    "check_loss",
    "check_metric",
    "check_plugin",
]
