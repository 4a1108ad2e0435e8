"""What functions of images are compared with Keras in: a module's tests inherit `ImageChecks` and list its `calls`."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import pytest
import torch

from torchkeras_compat.ops import image
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.rand(2, 9, 7, 3, generator=torch.Generator().manual_seed(0))
PROJECTION = torch.tensor([0.9, 0.1, 0.5, 0.2, 1.1, -1.0, 0.0, 0.0])
OFF_TIES = PROJECTION + torch.tensor([0.0, 0.0, 0.03, 0.0, 0.0, 0.03, 0.0, 0.0])
CORNERS = torch.tensor([[0.0, 0.0], [6.0, 0.0], [6.0, 8.0], [0.0, 8.0]])


class ShapeChecks:
    """One image is a batch of one, and shapes are known before, for each of `calls`."""

    calls: ClassVar[list[tuple[str, dict[str, Any]]]]

    def test_one_image_is_a_batch_of_one_and_shapes_are_known_before(self, call):
        name, arguments = call
        out = getattr(image, name)(X[:1], **arguments)
        torch.testing.assert_close(getattr(image, name)(X[0], **arguments), out[0])
        symbolic = getattr(image, name)(KerasTensor((None, *X.shape[1:]), "float16"), **arguments)
        assert symbolic.shape == (None, *out.shape[1:]) and symbolic.dtype == "float16"


class ImageChecks(ShapeChecks):
    """`ShapeChecks`, and values as in Keras, for each of `calls`."""

    @pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
    def test_values_as_in_keras(self, real_keras, call, data_format):
        name, arguments = call
        x = X if data_format == "channels_last" else X.movedim(-1, 1)
        ours = getattr(image, name)(x, **arguments, data_format=data_format)
        arguments = copy.deepcopy(arguments)  # Keras writes into a transform, and wants one for each image
        if "transform" in arguments:
            arguments["transform"] = arguments["transform"].repeat(2, 1)
        theirs = getattr(real_keras.ops.image, name)(x, **arguments, data_format=data_format).cpu()
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
