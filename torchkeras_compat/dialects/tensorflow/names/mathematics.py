"""Mathematics, linear algebra, random numbers, images, signals and strings."""

from __future__ import annotations


def _in(module: str, names: str, below: str = "") -> dict[str, str]:
    """Names below ``tensorflow.<below>`` that a module of this package has under the same name."""
    return {below + name: f"dialects.tensorflow.{module}.{name}" for name in names.split()}


def _also(space: str, names: str, found: dict[str, str]) -> dict[str, str]:
    """The same names below another namespace."""
    return {f"{space}.{name}": found[name] for name in names.split()}


_TOP: dict[str, str] = {
    **_in("arrays.shapes", "shape shape_n size rank reshape expand_dims squeeze broadcast_to bitcast ensure_shape"),
    **_in("arrays.shapes", "broadcast_dynamic_shape broadcast_static_shape"),
    **_in("arrays.joining", "concat stack parallel_stack unstack split meshgrid"),
    **_in("arrays.slicing", "slice strided_slice"),
    **_in("arrays.gathering", "gather gather_nd boolean_mask"),
    **_in("arrays.scattering", "scatter_nd dynamic_stitch dynamic_partition tensor_scatter_nd_update"),
    **_in("arrays.scattering", "tensor_scatter_nd_add tensor_scatter_nd_sub tensor_scatter_nd_max"),
    **_in("arrays.scattering", "tensor_scatter_nd_min"),
    **_in("arrays.rearranging", "transpose tile repeat reverse reverse_sequence roll"),
    **_in("arrays.padding", "pad"),
    **_in("arrays.ordering", "sort argsort searchsorted argmax argmin"),
    **_in("arrays.creation", "eye one_hot sequence_mask linspace zeros_like ones_like"),
    **_in("arrays.selection", "where unique unique_with_counts unravel_index"),
    **_in("arrays.blocks", "space_to_batch batch_to_space required_space_to_batch_paddings"),
    **_in("arrays.casting", "saturate_cast identity_n guarantee_const"),
    **_in("math.arithmetic", "add subtract multiply divide truediv realdiv truncatediv truncatemod scalar_mul add_n"),
    **_in("math.arithmetic", "pow maximum minimum atan2 clip_by_value complex"),
    **_in("math.elementwise", "abs negative sign square sqrt exp sigmoid floor round"),
    **_in("math.trigonometry", "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"),
    **_in(
        "math.comparison", "equal not_equal less less_equal greater greater_equal logical_and logical_or logical_not"
    ),
    **_in("math.reduction", "reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_all reduce_any"),
    **_in("math.reduction", "reduce_logsumexp"),
    **_in("math.cumulative", "cumsum"),
    **_in("math.counting", "histogram_fixed_width histogram_fixed_width_bins"),
    **_in("math.clipping", "clip_by_norm clip_by_global_norm"),
    **_in("linalg.products", "matmul tensordot einsum norm"),
    **_in("linalg.factors", "eig eigvals"),
    "matrix_square_root": "dialects.tensorflow.linalg.factors.sqrtm",
    "space_to_batch_nd": "dialects.tensorflow.arrays.blocks.space_to_batch",
}

_MATH: dict[str, str] = {
    **_also(
        "math",
        "abs acos acosh add add_n argmax argmin asin asinh atan atan2 atanh cos cosh cumsum divide equal exp floor greater"
        " greater_equal less less_equal logical_and logical_not logical_or maximum minimum multiply negative not_equal pow"
        " reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum round scalar_mul"
        " sigmoid sign sin sinh sqrt square subtract tan tanh truediv",
        _TOP,
    ),
    **_in(
        "arrays.ordering", "top_k in_top_k is_non_decreasing is_strictly_increasing approx_max_k approx_min_k", "math."
    ),
    **_in("arrays.rearranging", "invert_permutation", "math."),
    **_in("math.arithmetic", "floordiv floormod mod divide_no_nan multiply_no_nan accumulate_n", "math."),
    **_in("math.arithmetic", "squared_difference nextafter xlogy xlog1py xdivy polyval", "math."),
    **_in("math.elementwise", "rsqrt reciprocal reciprocal_no_nan expm1 log log1p log_sigmoid softplus", "math."),
    **_in("math.elementwise", "softsign softmax log_softmax ceil rint real imag conj angle is_nan is_inf", "math."),
    **_in("math.elementwise", "is_finite", "math."),
    **_in("math.special", "erf erfc erfinv erfcinv ndtri lgamma digamma lbeta igamma igammac zeta polygamma", "math."),
    **_in("math.special", "betainc bessel_i0 bessel_i0e bessel_i1 bessel_i1e", "math."),
    **_in("math.special", "bessel_i0 bessel_i0e bessel_i1 bessel_i1e bessel_j0 bessel_j1", "math.special."),
    **_in("math.special", "bessel_y0 bessel_y1 bessel_k0 bessel_k0e bessel_k1 bessel_k1e", "math.special."),
    **_in("math.special", "dawsn expint", "math.special."),
    **_in("math.comparison", "logical_xor", "math."),
    **_in("math.reduction", "reduce_euclidean_norm reduce_variance reduce_std count_nonzero", "math."),
    **_in("math.reduction", "zero_fraction l2_normalize", "math."),
    **_in("math.cumulative", "cumprod cumulative_logsumexp", "math."),
    **_in("math.segments", "segment_sum segment_prod segment_max segment_min segment_mean", "math."),
    **_in("math.segments", "unsorted_segment_sum unsorted_segment_prod unsorted_segment_max", "math."),
    **_in("math.segments", "unsorted_segment_min unsorted_segment_mean unsorted_segment_sqrt_n", "math."),
    **_in("math.counting", "bincount confusion_matrix", "math."),
    **_in("math.sobol", "sobol_sample", "math."),
}

_LINALG: dict[str, str] = {
    **_also("linalg", "matmul tensordot einsum norm eye eig eigvals", _TOP),
    **_in("math.reduction", "l2_normalize", "linalg."),
    **_in("math.clipping", "global_norm", "linalg."),
    **_in("linalg.products", "matvec cross normalize matrix_transpose adjoint", "linalg."),
    **_in("linalg.factors", "cholesky qr lu lu_reconstruct lu_matrix_inverse lu_solve svd eigh eigvalsh", "linalg."),
    **_in("linalg.factors", "eigh_tridiagonal expm sqrtm logm", "linalg."),
    **_in("linalg.solving", "inv solve cholesky_solve triangular_solve banded_triangular_solve lstsq pinv", "linalg."),
    **_in("linalg.solving", "det logdet slogdet matrix_rank tridiagonal_solve tridiagonal_matmul", "linalg."),
    **_in("linalg.diagonals", "diag diag_part set_diag band_part trace tensor_diag tensor_diag_part", "linalg."),
}

_DTYPES = _also("dtypes", "saturate_cast complex", _TOP)

_STRINGS: dict[str, str] = {
    **_in("strings.cases", "lower upper strip length substr", "strings."),
    **_in("strings.patterns", "regex_replace regex_full_match", "strings."),
    **_in("strings.joining", "join reduce_join unsorted_segment_join format", "strings."),
    **_in("strings.conversion", "to_number as_string to_hash_bucket to_hash_bucket_fast", "strings."),
    **_in("strings.conversion", "to_hash_bucket_strong", "strings."),
    **_in("strings.splitting", "split bytes_split ngrams", "strings."),
    **_in("strings.unicode", "unicode_decode unicode_decode_with_offsets unicode_split", "strings."),
    **_in("strings.unicode", "unicode_split_with_offsets unicode_encode unicode_transcode", "strings."),
    **_in("strings.conversion", "as_string"),
}

_RAGGED: dict[str, str] = {
    **_in("ragged.making", "constant range map_flat_values boolean_mask stack stack_dynamic_partitions", "ragged."),
    **_in("ragged.making", "row_splits_to_segment_ids segment_ids_to_row_splits", "ragged."),
    **_in("ragged.ragged_tensor", "RaggedTensor"),
}

# Path below `tensorflow` -> path below `torchkeras_compat`.
PATHS: dict[str, str] = {**_TOP, **_MATH, **_LINALG, **_DTYPES, **_STRINGS, **_RAGGED}
