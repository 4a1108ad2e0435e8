"""Correlations, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.metrics.against_keras import Case, FunctionChecks, MaskChecks


class TestCorrelation(MaskChecks, FunctionChecks):
    cases: ClassVar[list[Case]] = [
        Case("PearsonCorrelation", {}, "real", "real"),
        Case("ConcordanceCorrelation", {}, "real", "real"),
    ]
    functions: ClassVar[list[tuple[str, str, str, dict[str, Any]]]] = [
        ("pearson_correlation", "real", "real", {"axis": 0}),
        ("concordance_correlation", "real", "real", {}),
    ]
