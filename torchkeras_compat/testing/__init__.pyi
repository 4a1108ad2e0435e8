from .activation import check_activation as check_activation
from .callback import check_callback as check_callback
from .check import CheckFailure as CheckFailure
from .check import Result as Result
from .check import Results as Results
from .data_adapter import check_data_adapter as check_data_adapter
from .initializer import check_initializer as check_initializer
from .layer import check_layer as check_layer
from .loss import check_loss as check_loss
from .metric import check_metric as check_metric
from .optimizer import check_optimizer as check_optimizer
from .plugin import check_plugin as check_plugin

__all__ = [
    "CheckFailure",
    "Result",
    "Results",
    "check_activation",
    "check_callback",
    "check_data_adapter",
    "check_initializer",
    "check_layer",
    "check_loss",
    "check_metric",
    "check_optimizer",
    "check_plugin",
]
