"""scikit-learn is needed only by those who make an estimator."""

from __future__ import annotations

import subprocess
import sys


def test_without_scikit_learn_only_making_one_fails():
    code = (
        "import sys; sys.modules['sklearn'] = None; import torchkeras_compat.wrappers as w\n"
        "assert dir(w) == ['SKLearnClassifier', 'SKLearnRegressor', 'SKLearnTransformer']\n"
        "for name in dir(w):\n"
        "    try: getattr(w, name)(print)\n"
        "    except ImportError as error: print(error)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.count("which is not installed. Run: pip install torchkeras-compat[sklearn]") == 3
    assert "SKLearnTransformer needs scikit-learn" in out
