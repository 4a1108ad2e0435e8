"""Which package has a module."""

from __future__ import annotations

import pytest

from torchkeras_compat.notes.missing_packages import advice_for_module


@pytest.mark.parametrize(
    ("module", "advice"),
    [
        ("cv2", "pip install opencv-python"),
        ("skimage", "pip install scikit-image"),
        ("sklearn", "pip install scikit-learn"),
        ("yaml", "pip install pyyaml"),
        ("PIL", "pip install pillow"),
        ("seaborn", "often: pip install seaborn"),
        ("google.colab", "exists in Colab only"),
        ("google.colab.drive", "exists in Colab only"),
        ("sklearn.cross_validation", "sklearn.model_selection"),
        ("urllib2", "urllib.request"),
        ("numpy.nothing", "check the name"),
    ],
)
def test_a_module_leads_to_its_package(module: str, advice: str) -> None:
    assert advice in advice_for_module(module)


def test_what_no_package_has_is_not_to_be_installed() -> None:
    assert "pip install" not in advice_for_module("google.colab")
