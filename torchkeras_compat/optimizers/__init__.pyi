from . import schedules as schedules
from .adam import Adam as Adam, AdamW as AdamW
from .adaptive import Adadelta as Adadelta, Adagrad as Adagrad, Adamax as Adamax, Nadam as Nadam
from .base import Optimizer as Optimizer
from .lion import Lion as Lion
from .names import deserialize as deserialize, get as get, serialize as serialize
from .rmsprop import RMSprop as RMSprop
from .sgd import SGD as SGD

__all__ = [
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "SGD",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]
