"""Tensors, variables, gradients, control flow, `tf.nn`, modules."""

from __future__ import annotations

from torchkeras_compat.dialects.tensorflow.dtypes import DTYPES


def _in(module: str, names: str, below: str = "") -> dict[str, str]:
    """Names below ``tensorflow.<below>`` that a module of this package has under the same name."""
    return {below + name: f"dialects.tensorflow.{module}.{name}" for name in names.split()}


_SET_SEED = "dialects.tensorflow.random.seeds.set_seed"

_TENSORS: dict[str, str] = {
    **_in("tensor", "Tensor"),
    **_in("shapes", "TensorShape TensorSpec"),
    **_in("dtypes", "DType as_dtype"),
    **_in("dtypes", "DType as_dtype", "dtypes."),
    **_in("creation", "constant convert_to_tensor identity stop_gradient cast zeros ones fill range is_tensor"),
    **_in("creation", "get_static_value is_symbolic_tensor make_ndarray"),
    **_in("creation", "cast", "dtypes."),
    **_in("variable", "Variable IndexedSlices"),
    **_in("module", "Module"),
    **{name: f"dialects.tensorflow.dtypes.{name}" for name in DTYPES},
    **{f"dtypes.{name}": f"dialects.tensorflow.dtypes.{name}" for name in DTYPES},
    "half": "dialects.tensorflow.dtypes.float16",
    "double": "dialects.tensorflow.dtypes.float64",
    "newaxis": "dialects.tensorflow.scopes.newaxis",
    **_in("errors", "OpError CancelledError UnknownError InvalidArgumentError DeadlineExceededError", "errors."),
    **_in("errors", "NotFoundError AlreadyExistsError PermissionDeniedError ResourceExhaustedError", "errors."),
    **_in("errors", "FailedPreconditionError AbortedError OutOfRangeError UnimplementedError", "errors."),
    **_in("errors", "InternalError UnavailableError DataLossError UnauthenticatedError", "errors."),
    "autograph.experimental.do_not_convert": "legacy.backend.sessions.run_as_it_is",  # as all that is traced here
    **dict.fromkeys(("set_random_seed", "random.set_random_seed", "compat.v1.set_random_seed"), _SET_SEED),
}

_GRADIENTS: dict[str, str] = {
    **_in("tape", "GradientTape UnconnectedGradients gradients"),
    **_in("custom_gradients", "custom_gradient recompute_grad grad_pass_through"),
    "autodiff.GradientTape": "dialects.tensorflow.tape.GradientTape",
}

_PROGRAM: dict[str, str] = {
    **_in("function", "function"),
    **_in("control_flow", "cond case switch_case while_loop map_fn vectorized_map foldl foldr scan"),
    **_in("control_flow", "py_function numpy_function"),
    **_in("tensor_array", "TensorArray"),
    **_in("scopes", "name_scope device control_dependencies init_scope executing_eagerly inside_function group no_op"),
    **_in("printing", "print"),
    **_in("debugging.comparison", "Assert assert_equal assert_less assert_greater"),
    **_in("debugging.kinds", "assert_rank"),
    "tuple": "dialects.tensorflow.scopes.tuple_of",
}

_INITIALIZERS = _in(
    "initial_values",
    "random_normal_initializer random_uniform_initializer truncated_normal_initializer zeros_initializer "
    "ones_initializer constant_initializer",
)

_NN: dict[str, str] = {
    **_in("nn.activations", "relu relu6 crelu leaky_relu elu selu gelu silu sigmoid tanh softplus softsign", "nn."),
    **_in("nn.activations", "softmax log_softmax", "nn."),
    "nn.swish": "dialects.tensorflow.nn.activations.silu",
    **_in("nn.crossentropy", "softmax_cross_entropy_with_logits sparse_softmax_cross_entropy_with_logits", "nn."),
    **_in("nn.crossentropy", "sigmoid_cross_entropy_with_logits weighted_cross_entropy_with_logits", "nn."),
    **_in("nn.crossentropy", "log_poisson_loss l2_loss ctc_loss compute_average_loss", "nn."),
    **_in("nn.crossentropy", "scale_regularization_loss", "nn."),
    **_in("nn.convolution", "conv1d conv2d conv3d convolution atrous_conv2d depthwise_conv2d separable_conv2d", "nn."),
    **_in("nn.convolution", "conv1d_transpose conv2d_transpose conv3d_transpose conv_transpose", "nn."),
    **_in("nn.pooling", "max_pool max_pool1d max_pool2d max_pool3d avg_pool avg_pool1d avg_pool2d avg_pool3d", "nn."),
    **_in("nn.pooling", "pool max_pool_with_argmax", "nn."),
    **_in("nn.normalization", "moments weighted_moments batch_normalization l2_normalize bias_add dropout", "nn."),
    **_in("nn.normalization", "local_response_normalization", "nn."),
    "nn.lrn": "dialects.tensorflow.nn.normalization.local_response_normalization",
    **_in("image.morphology", "dilation2d erosion2d", "nn."),
    **_in("nn.lookup", "embedding_lookup top_k in_top_k space_to_depth depth_to_space zero_fraction", "nn."),
}

_DEBUGGING: dict[str, str] = {
    **_in("debugging.comparison", "Assert assert_equal assert_none_equal assert_less assert_less_equal", "debugging."),
    **_in("debugging.comparison", "assert_greater assert_greater_equal assert_near assert_positive", "debugging."),
    **_in("debugging.comparison", "assert_negative assert_non_negative assert_non_positive", "debugging."),
    **_in("debugging.comparison", "assert_all_finite check_numerics", "debugging."),
    **_in("debugging.kinds", "assert_rank assert_rank_at_least assert_rank_in assert_scalar assert_type", "debugging."),
    **_in("debugging.kinds", "assert_integer is_numeric_tensor assert_same_float_dtype", "debugging."),
    **_in("debugging.kinds", "assert_proper_iterable assert_shapes", "debugging."),
}

_TEST: dict[str, str] = {
    **_in("testing.case", "TestCase main", "test."),
    **_in("testing.gradients", "compute_gradient", "test."),
    **_in("testing.hardware", "is_gpu_available gpu_device_name is_built_with_cuda is_built_with_rocm", "test."),
    **_in("testing.hardware", "is_built_with_gpu_support is_built_with_xla", "test."),
}

# Path below `tensorflow` -> path below `torchkeras_compat`.
PATHS: dict[str, str] = {
    **_TENSORS,
    **_GRADIENTS,
    **_PROGRAM,
    **_INITIALIZERS,
    **_NN,
    **_DEBUGGING,
    **_TEST,
}
