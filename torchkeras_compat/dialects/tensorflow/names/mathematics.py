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
        "abs acos acosh add add_n argmax argmin asin asinh atan atan2 atanh cos cosh cumsum divide equal exp floor"
        " greater greater_equal less less_equal logical_and logical_not logical_or maximum minimum multiply negative"
        " not_equal pow reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod"
        " reduce_sum round scalar_mul sigmoid sign sin sinh sqrt square subtract tan tanh truediv",
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
    **_in("ragged.splitting", "split bytes_split ngrams", "strings."),
    **_in("ragged.unicode", "unicode_decode unicode_decode_with_offsets unicode_split", "strings."),
    **_in("ragged.unicode", "unicode_split_with_offsets unicode_encode unicode_transcode", "strings."),
    **_in("strings.conversion", "as_string"),
}

_RAGGED: dict[str, str] = {
    **_in("ragged.making", "constant range map_flat_values boolean_mask stack stack_dynamic_partitions", "ragged."),
    **_in("ragged.making", "row_splits_to_segment_ids segment_ids_to_row_splits", "ragged."),
    **_in("ragged.ragged_tensor", "RaggedTensor"),
}

_SPARSE: dict[str, str] = {
    **_in(
        "sparse.functions", "from_dense to_dense reorder retain sparse_dense_matmul transpose reshape add", "sparse."
    ),
    **_in("sparse.functions", "concat slice split expand_dims eye map_values reduce_sum reduce_max softmax", "sparse."),
    **_in("sparse.functions", "maximum minimum to_indicator", "sparse."),
    **_in("sparse.sparse_tensor", "SparseTensor"),
    **_in("sparse.edit_distance", "edit_distance"),
    **_in("sparse.sparse_tensor", "SparseTensor", "sparse."),
}

_SETS_AND_BITS: dict[str, str] = {
    **_in("bitwise", "bitwise_and bitwise_or bitwise_xor invert left_shift right_shift", "bitwise."),
    **_in("sets", "intersection union difference size", "sets."),
}

_RANDOM: dict[str, str] = {
    **_in("random.seeds", "set_seed", "random."),
    **_in("random.stateful", "normal truncated_normal uniform gamma poisson categorical shuffle", "random."),
    **_in("random.stateless", "stateless_normal stateless_truncated_normal stateless_uniform", "random."),
    **_in("random.stateless", "stateless_gamma stateless_poisson stateless_binomial stateless_categorical", "random."),
    **_in("random.stateless", "stateless_parameterized_truncated_normal fold_in split", "random."),
    **_in("random.generator", "Generator get_global_generator set_global_generator create_rng_state", "random."),
    **_in("random.generator", "Generator get_global_generator set_global_generator", "random.experimental."),
    **_in("random.generator", "create_rng_state", "random.experimental."),
    **_in("random.stateless", "stateless_shuffle index_shuffle", "random.experimental."),
    "random.experimental.stateless_split": "dialects.tensorflow.random.stateless.split",
    "random.experimental.stateless_fold_in": "dialects.tensorflow.random.stateless.fold_in",
}

_SIGNAL: dict[str, str] = {
    **_in("signal.fourier", "fft ifft fft2d ifft2d fft3d ifft3d rfft rfft2d rfft3d irfft irfft2d irfft3d", "signal."),
    **_in("signal.fourier", "fftshift ifftshift", "signal."),
    **_in("signal.cosine", "dct idct", "signal."),
    **_in("signal.windows", "hann_window hamming_window kaiser_window kaiser_bessel_derived_window", "signal."),
    **_in("signal.windows", "vorbis_window", "signal."),
    **_in("signal.frames", "frame overlap_and_add stft inverse_stft inverse_stft_window_fn mdct", "signal."),
    **_in("signal.frames", "inverse_mdct", "signal."),
    **_in("signal.mel", "linear_to_mel_weight_matrix mfccs_from_log_mel_spectrograms", "signal."),
}

_IMAGE: dict[str, str] = {
    **_in("image.resizing", "ResizeMethod resize resize_with_pad", "image."),
    **_in("image.cropping", "crop_to_bounding_box pad_to_bounding_box resize_with_crop_or_pad central_crop", "image."),
    **_in("image.cropping", "crop_and_resize flip_left_right flip_up_down rot90 transpose extract_patches", "image."),
    **_in("image.colors", "rgb_to_yiq yiq_to_rgb rgb_to_yuv yuv_to_rgb rgb_to_grayscale", "image."),
    **_in("image.colors", "grayscale_to_rgb rgb_to_hsv hsv_to_rgb convert_image_dtype", "image."),
    **_in("image.adjusting", "adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation", "image."),
    **_in("image.adjusting", "adjust_jpeg_quality per_image_standardization", "image."),
    **_in("image.random_changes", "random_brightness random_contrast random_hue random_saturation", "image."),
    **_in("image.random_changes", "random_jpeg_quality random_flip_left_right random_flip_up_down", "image."),
    **_in("image.random_changes", "stateless_random_brightness stateless_random_contrast", "image."),
    **_in("image.random_changes", "stateless_random_hue stateless_random_saturation stateless_random_crop", "image."),
    **_in("image.random_changes", "stateless_random_jpeg_quality stateless_random_flip_left_right", "image."),
    **_in("image.random_changes", "stateless_random_flip_up_down", "image."),
    **_in("image.quality", "psnr ssim ssim_multiscale total_variation image_gradients sobel_edges", "image."),
    **_in("image.boxes", "non_max_suppression non_max_suppression_overlaps non_max_suppression_padded", "image."),
    **_in("image.boxes", "non_max_suppression_with_scores combined_non_max_suppression", "image."),
    **_in("image.boxes", "draw_bounding_boxes", "image."),
    "image.random_crop": "dialects.tensorflow.random.stateful.random_crop",
}

_NOW: dict[str, str] = {
    **_TOP,
    **_MATH,
    **_LINALG,
    **_DTYPES,
    **_STRINGS,
    **_RAGGED,
    **_SPARSE,
    **_SETS_AND_BITS,
    **_RANDOM,
    **_SIGNAL,
    **_IMAGE,
}

_OLD_MATH = (
    "accumulate_n angle betainc bincount ceil conj count_nonzero cumprod digamma erf erfc"
    " expm1 floordiv floormod igamma igammac imag invert_permutation is_finite is_inf is_nan is_non_decreasing"
    " is_strictly_increasing lbeta lgamma log log1p log_sigmoid logical_xor mod polygamma real reciprocal rint"
    " rsqrt segment_max segment_mean segment_min segment_prod segment_sum squared_difference"
    " unsorted_segment_max unsorted_segment_mean unsorted_segment_min unsorted_segment_prod"
    " unsorted_segment_sqrt_n unsorted_segment_sum zeta"
).split()
_OLD_LINALG = "cholesky cholesky_solve cross global_norm matrix_transpose qr svd trace".split()
_OLD_SIGNAL = "fft fft2d fft3d ifft ifft2d ifft3d".split()

# What TensorFlow 1 had at the top, under the names of now.
_OLD_NAMES: dict[str, str] = {
    name: _NOW[path]
    for name, path in {
        **{name: f"math.{name}" for name in _OLD_MATH},
        **{name: f"linalg.{name}" for name in _OLD_LINALG},
        **{name: f"signal.{name}" for name in _OLD_SIGNAL},
        "diag": "linalg.tensor_diag",
        "diag_part": "linalg.tensor_diag_part",
        "div_no_nan": "math.divide_no_nan",
        "floor_div": "math.floordiv",
        "lin_space": "linspace",
        "matrix_band_part": "linalg.band_part",
        "matrix_determinant": "linalg.det",
        "matrix_diag": "linalg.diag",
        "matrix_diag_part": "linalg.diag_part",
        "matrix_inverse": "linalg.inv",
        "matrix_set_diag": "linalg.set_diag",
        "matrix_solve": "linalg.solve",
        "matrix_solve_ls": "linalg.lstsq",
        "matrix_triangular_solve": "linalg.triangular_solve",
        "random_crop": "image.random_crop",
        "random_gamma": "random.gamma",
        "random_normal": "random.normal",
        "random_shuffle": "random.shuffle",
        "random_uniform": "random.uniform",
        "regex_replace": "strings.regex_replace",
        "reverse_v2": "reverse",
        "self_adjoint_eig": "linalg.eigh",
        "self_adjoint_eigvals": "linalg.eigvalsh",
        "sparse_add": "sparse.add",
        "sparse_concat": "sparse.concat",
        "sparse_reorder": "sparse.reorder",
        "sparse_reshape": "sparse.reshape",
        "sparse_retain": "sparse.retain",
        "sparse_softmax": "sparse.softmax",
        "sparse_tensor_dense_matmul": "sparse.sparse_dense_matmul",
        "sparse_tensor_to_dense": "sparse.to_dense",
        "sparse_transpose": "sparse.transpose",
        "string_join": "strings.join",
        "string_strip": "strings.strip",
        "string_to_hash_bucket": "strings.to_hash_bucket",
        "string_to_hash_bucket_fast": "strings.to_hash_bucket_fast",
        "string_to_hash_bucket_strong": "strings.to_hash_bucket_strong",
        "string_to_number": "strings.to_number",
        "substr": "strings.substr",
        "tensor_scatter_add": "tensor_scatter_nd_add",
        "tensor_scatter_sub": "tensor_scatter_nd_sub",
        "tensor_scatter_update": "tensor_scatter_nd_update",
        "truncated_normal": "random.truncated_normal",
        "where_v2": "where",
    }.items()
}
_OLD: dict[str, str] = {
    **_OLD_NAMES,
    **_in("arrays.ordering", "arg_max arg_min"),
    **_in("arrays.gathering", "batch_gather"),
    **_in("arrays.selection", "setdiff1d"),
    **_in("arrays.casting", "to_float to_double to_int32 to_int64 to_bfloat16 to_complex64 to_complex128"),
    **_in("math.arithmetic", "div"),
    **_in("math.clipping", "clip_by_average_norm"),
    "confusion_matrix": "dialects.tensorflow.math.counting.confusion_matrix_v1",
    **_in("random.stateful", "random_poisson multinomial"),
    **_in("ragged.splitting", "string_split"),
    **_in(
        "image.resizing", "resize_images resize_bilinear resize_nearest_neighbor resize_bicubic resize_area", "image."
    ),
    "batch_to_space_nd": _NOW["batch_to_space"],
    "image.resize_image_with_crop_or_pad": _NOW["image.resize_with_crop_or_pad"],
    "image.resize_image_with_pad": _NOW["image.resize_with_pad"],
    "extract_image_patches": "dialects.tensorflow.image.cropping.extract_image_patches",
    "image.extract_image_patches": "dialects.tensorflow.image.cropping.extract_image_patches",
}
# Before 1.0; under `compat.v1` only, since these words mean other things elsewhere.
_OLDEST: dict[str, str] = {
    "mul": _NOW["multiply"],
    "sub": _NOW["subtract"],
    "neg": _NOW["negative"],
    "pack": _NOW["stack"],
    "unpack": _NOW["unstack"],
    "batch_matmul": _NOW["matmul"],
}
# Where the first version differs from the second one of the same name.
_DIFFERENT: dict[str, str] = {
    "image.draw_bounding_boxes": "dialects.tensorflow.image.boxes.draw_bounding_boxes_v1",
    "image.resize": "dialects.tensorflow.image.resizing.resize_images",
}

# Path below `tensorflow` -> path below `torchkeras_compat`.
PATHS: dict[str, str] = {
    **_OLD,
    **_NOW,
    **{f"compat.v1.{path}": target for path, target in {**_OLDEST, **_DIFFERENT}.items()},
}
