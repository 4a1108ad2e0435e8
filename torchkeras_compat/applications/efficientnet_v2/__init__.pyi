from ..architectures.efficientnet_v2 import EfficientNetV2B0 as EfficientNetV2B0
from ..architectures.efficientnet_v2 import EfficientNetV2B1 as EfficientNetV2B1
from ..architectures.efficientnet_v2 import EfficientNetV2B2 as EfficientNetV2B2
from ..architectures.efficientnet_v2 import EfficientNetV2B3 as EfficientNetV2B3
from ..architectures.efficientnet_v2 import EfficientNetV2L as EfficientNetV2L
from ..architectures.efficientnet_v2 import EfficientNetV2M as EfficientNetV2M
from ..architectures.efficientnet_v2 import EfficientNetV2S as EfficientNetV2S
from ..image_scaling import unscaled_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = [
    "EfficientNetV2B0",
    "EfficientNetV2B1",
    "EfficientNetV2B2",
    "EfficientNetV2B3",
    "EfficientNetV2L",
    "EfficientNetV2M",
    "EfficientNetV2S",
    "decode_predictions",
    "preprocess_input",
]
