from ..architectures.convnext import ConvNeXtBase as ConvNeXtBase
from ..architectures.convnext import ConvNeXtLarge as ConvNeXtLarge
from ..architectures.convnext import ConvNeXtSmall as ConvNeXtSmall
from ..architectures.convnext import ConvNeXtTiny as ConvNeXtTiny
from ..architectures.convnext import ConvNeXtXLarge as ConvNeXtXLarge
from ..image_scaling import unscaled_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = [
    "ConvNeXtBase",
    "ConvNeXtLarge",
    "ConvNeXtSmall",
    "ConvNeXtTiny",
    "ConvNeXtXLarge",
    "decode_predictions",
    "preprocess_input",
]
