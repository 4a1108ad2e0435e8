"""`FeatureDistillation`: its config; its numbers are tested in `test_comparison`, its layers in `test_distiller`."""

from __future__ import annotations

from tests.distillation.checks import check_config
from torchkeras_compat.distillation.feature_distillation import FeatureDistillation


def test_configs_go_both_ways(real_keras):
    check_config(FeatureDistillation("mae", "encoder", "small"), real_keras)
