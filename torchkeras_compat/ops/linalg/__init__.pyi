from ..gradients import jvp as jvp
from ..matrix_factors import cholesky as cholesky
from ..matrix_factors import cholesky_inverse as cholesky_inverse
from ..matrix_factors import eig as eig
from ..matrix_factors import eigh as eigh
from ..matrix_factors import lu_factor as lu_factor
from ..matrix_factors import qr as qr
from ..matrix_factors import svd as svd
from ..matrix_measures import det as det
from ..matrix_measures import matrix_rank as matrix_rank
from ..matrix_measures import norm as norm
from ..matrix_solving import inv as inv
from ..matrix_solving import lstsq as lstsq
from ..matrix_solving import pinv as pinv
from ..matrix_solving import solve as solve
from ..matrix_solving import solve_triangular as solve_triangular

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "det",
    "eig",
    "eigh",
    "inv",
    "jvp",
    "lstsq",
    "lu_factor",
    "matrix_rank",
    "norm",
    "pinv",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
]
