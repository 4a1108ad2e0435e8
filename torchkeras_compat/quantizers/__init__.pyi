from .abs_max import (
    AbsMaxQuantizer as AbsMaxQuantizer,
    abs_max_quantize as abs_max_quantize,
)
from .awq_config import AWQConfig as AWQConfig
from .base import Quantizer as Quantizer
from .configs import (
    Float8QuantizationConfig as Float8QuantizationConfig,
    Int4QuantizationConfig as Int4QuantizationConfig,
    Int8QuantizationConfig as Int8QuantizationConfig,
)
from .fake_quant import fake_quant_with_min_max_vars as fake_quant_with_min_max_vars
from .float8 import (
    compute_float8_amax_history as compute_float8_amax_history,
    compute_float8_scale as compute_float8_scale,
    quantize_and_dequantize as quantize_and_dequantize,
)
from .gptq_config import GPTQConfig as GPTQConfig
from .grouped import abs_max_quantize_grouped_with_zero_point as abs_max_quantize_grouped_with_zero_point
from .identifiers import (
    deserialize as deserialize,
    get as get,
    serialize as serialize,
)
from .int4_packing import (
    pack_int4 as pack_int4,
    unpack_int4 as unpack_int4,
)
from .quantization_config import QuantizationConfig as QuantizationConfig

__all__ = [
    "AWQConfig",
    "AbsMaxQuantizer",
    "Float8QuantizationConfig",
    "GPTQConfig",
    "Int4QuantizationConfig",
    "Int8QuantizationConfig",
    "QuantizationConfig",
    "Quantizer",
    "abs_max_quantize",
    "abs_max_quantize_grouped_with_zero_point",
    "compute_float8_amax_history",
    "compute_float8_scale",
    "deserialize",
    "fake_quant_with_min_max_vars",
    "get",
    "pack_int4",
    "quantize_and_dequantize",
    "serialize",
    "unpack_int4",
]
