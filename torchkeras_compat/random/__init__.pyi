from .continuous_distributions import beta as beta
from .continuous_distributions import gamma as gamma
from .continuous_distributions import normal as normal
from .continuous_distributions import truncated_normal as truncated_normal
from .continuous_distributions import uniform as uniform
from .discrete_distributions import binomial as binomial
from .discrete_distributions import categorical as categorical
from .discrete_distributions import randint as randint
from .dropouts import dropout as dropout
from .seed_generator import SeedGenerator as SeedGenerator
from .shuffling import shuffle as shuffle

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]
