"""Which losses compare the outputs: functions, and classes of both libraries."""

from __future__ import annotations

import torch

from torchkeras_compat import losses
from torchkeras_compat.distillation.feature_distillation import FeatureDistillation


def test_functions_and_losses_of_both_libraries_are_accepted(outputs):
    a, b = outputs
    mse = ((a - b) ** 2).mean()
    for loss in (losses.MeanSquaredError(), losses.mean_squared_error, torch.nn.MSELoss(), lambda x, y: (x - y) ** 2):
        torch.testing.assert_close(FeatureDistillation(loss).compute_loss(a, b), mse)
    # torch has the prediction first.
    expected = torch.nn.functional.kl_div(b, a, log_target=True, reduction="batchmean")
    found = FeatureDistillation(torch.nn.KLDivLoss(log_target=True, reduction="batchmean")).compute_loss(a, b)
    torch.testing.assert_close(found, expected)
