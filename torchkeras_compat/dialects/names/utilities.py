"""Wrappers, utilities and the rest."""

from torchkeras_compat.dialects.names.row import Name

ROWS: tuple[Name, ...] = (
    Name("wrappers.scikit_learn.KerasClassifier", "legacy.wrappers.scikit_learn.KerasClassifier", "1.0-2.15"),
    Name("wrappers.scikit_learn.KerasRegressor", "legacy.wrappers.scikit_learn.KerasRegressor", "1.0-2.15"),
    Name("wrappers.scikit_learn.BaseWrapper", "legacy.wrappers.base_wrapper.BaseWrapper", "1.0-2.15"),
)
