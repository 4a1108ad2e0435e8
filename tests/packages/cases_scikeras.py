"""SciKeras: classifiers and regressors for scikit-learn, as its tutorials use them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import keras
import numpy as np
from scikeras.wrappers import BaseWrapper, KerasClassifier, KerasRegressor
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier, BaggingRegressor
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.packages.harness import case, data, filled, raised


def classification(classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    x, y = make_classification(60, 8, n_informative=5, n_classes=classes, random_state=0)
    return x.astype("float32"), y


def regression(outputs: int = 1) -> tuple[np.ndarray, np.ndarray]:
    x, y = make_regression(60, 8, n_targets=outputs, random_state=0)
    return x.astype("float32"), (y / 100).astype("float32")


def classifier_model(hidden: int, meta: dict[str, Any], compile_kwargs: dict[str, Any]) -> Any:
    layers = [keras.Input((meta["n_features_in_"],)), keras.layers.Dense(hidden, activation="relu")]
    if meta["target_type_"] == "binary":
        layers.append(keras.layers.Dense(1, activation="sigmoid"))
        loss = "binary_crossentropy"
    else:
        layers.append(keras.layers.Dense(meta["n_classes_"], activation="softmax"))
        loss = "sparse_categorical_crossentropy"
    model = filled(keras.Sequential(layers), 0.3)
    model.compile(loss=loss, optimizer=compile_kwargs["optimizer"], metrics=["accuracy"])
    return model


def regressor_model(meta: dict[str, Any], hidden: int = 5) -> Any:
    outputs = keras.layers.Dense(meta["n_outputs_"])
    return filled(
        keras.Sequential([keras.Input((meta["n_features_in_"],)), keras.layers.Dense(hidden, "relu"), outputs]), 0.3
    )


def fitted_classifier(classes: int = 2, **options: Any) -> tuple[KerasClassifier, np.ndarray, np.ndarray]:
    x, y = classification(classes)
    return (
        KerasClassifier(
            classifier_model,
            hidden=6,
            optimizer="sgd",
            optimizer__learning_rate=0.1,
            epochs=3,
            verbose=0,
            fit__shuffle=False,
            **options,
        ).fit(x, y),
        x,
        y,
    )


def regressor(**options: Any) -> KerasRegressor:
    given = {"loss": "mse", "optimizer": "sgd", "epochs": 3, "verbose": 0, "fit__shuffle": False, **options}
    return KerasRegressor(regressor_model, **given)


def measured(estimator: Any, x: np.ndarray, y: np.ndarray) -> Any:
    return estimator.history_, estimator.predict(x), estimator.score(x, y)


@case
def binary_classifier() -> Any:
    estimator, x, y = fitted_classifier()
    return measured(estimator, x, y), estimator.predict_proba(x), estimator.classes_


@case
def multiclass_classifier() -> Any:
    estimator, x, y = fitted_classifier(3)
    return measured(estimator, x, y), estimator.predict_proba(x), estimator.n_classes_


@case
def classifier_of_texts() -> Any:
    x, y = classification(3)
    names = np.array(["ant", "bee", "cat"])[y]
    estimator = KerasClassifier(
        classifier_model, hidden=6, optimizer="sgd", epochs=2, verbose=0, fit__shuffle=False
    ).fit(x, names)
    return estimator.predict(x), estimator.classes_, estimator.history_


@case
def one_hot_targets() -> Any:
    x, y = classification(3)
    encoded = OneHotEncoder(sparse_output=False).fit_transform(y[:, None])

    def make(meta: dict[str, Any]) -> Any:
        return filled(keras.Sequential([keras.Input((meta["n_features_in_"],)), keras.layers.Dense(3, "softmax")]), 0.3)

    estimator = KerasClassifier(make, loss="categorical_crossentropy", epochs=2, verbose=0, fit__shuffle=False).fit(
        x, encoded
    )
    return estimator.predict(x), estimator.target_type_, estimator.history_


@case
def plain_regressor() -> Any:
    x, y = regression()
    return measured(regressor().fit(x, y), x, y)


@case
def regressor_of_two_outputs() -> Any:
    x, y = regression(2)
    return measured(regressor(optimizer="adam", optimizer__learning_rate=0.01).fit(x, y), x, y)


@case
def routed_parameters() -> Any:
    estimator = regressor(
        optimizer=keras.optimizers.SGD,
        optimizer__learning_rate=0.02,
        optimizer__momentum=0.5,
        loss=keras.losses.Huber,
        loss__delta=0.5,
        metrics=[keras.metrics.MeanAbsoluteError],
        metrics__0__name="error",
        model__hidden=7,
        batch_size=16,
        fit__epochs=2,
        predict__batch_size=7,
    )
    x, y = regression()
    estimator.fit(x, y)
    return measured(estimator, x, y), estimator.model_.optimizer.get_config(), estimator.model_.count_params()


@case
def callbacks() -> Any:
    x, y = regression()
    estimator = regressor(
        callbacks=keras.callbacks.EarlyStopping,
        callbacks__monitor="loss",
        callbacks__patience=1,
        callbacks__min_delta=100.0,
        epochs=10,
    ).fit(x, y)
    return estimator.history_, estimator.current_epoch


@case
def validation_split_and_weights() -> Any:
    x, y = regression()
    weights = np.linspace(0.1, 1.0, len(y))
    estimator = regressor(validation_split=0.25).fit(x, y, sample_weight=weights)
    return estimator.history_, estimator.score(x, y, sample_weight=weights)


@case
def class_weight() -> Any:
    x, y = classification()
    estimator = KerasClassifier(
        classifier_model,
        hidden=6,
        optimizer="sgd",
        epochs=2,
        verbose=0,
        fit__shuffle=False,
        class_weight={0: 1.0, 1: 5.0},
    )
    balanced = clone(estimator).set_params(class_weight="balanced")
    return estimator.fit(x, y).history_, balanced.fit(x, y).history_


@case
def warm_start_and_partial_fit() -> Any:
    x, y = regression()
    estimator = regressor(warm_start=True).fit(x, y).fit(x, y)
    partial = regressor().partial_fit(x, y).partial_fit(x, y)
    return estimator.history_, partial.history_, partial.current_epoch


@case
def pickling() -> Any:
    estimator, x, y = fitted_classifier()
    again = pickle.loads(pickle.dumps(estimator))
    same = np.allclose(estimator.predict_proba(x), again.predict_proba(x))
    again.partial_fit(x, y)
    return same, again.history_, type(again.model_).__name__, again.model_.optimizer.get_config()["learning_rate"]


@case
def deep_copies() -> Any:
    estimator, x, y = fitted_classifier()
    again = copy.deepcopy(estimator)
    estimator.partial_fit(x, y)
    return again.predict_proba(x), estimator.predict_proba(x), clone(estimator).get_params(deep=False)["hidden"]


@case
def pickled_parts() -> Any:
    model = filled(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]))
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.fit(data(8, 3), data(8, 2), epochs=1, verbose=0, shuffle=False)
    estimator = KerasRegressor(model, fit__shuffle=False, verbose=0)
    again = pickle.loads(pickle.dumps(estimator))
    outputs = again.model.predict(data(4, 3), verbose=0)
    loss, metric, optimizer = (
        pickle.loads(pickle.dumps(part))
        for part in (keras.losses.Huber(0.3), keras.metrics.MeanSquaredError("m"), keras.optimizers.RMSprop(0.02))
    )
    return outputs, loss.name, metric.name, optimizer.get_config()["learning_rate"]


@case
def pipelines() -> Any:
    x, y = regression()
    pipeline = Pipeline([("scale", StandardScaler()), ("model", regressor())])
    pipeline.fit(x, y)
    return pipeline.predict(x), pipeline.score(x, y)


@case
def grid_search() -> Any:
    x, y = classification()
    estimator = KerasClassifier(classifier_model, hidden=6, optimizer="sgd", epochs=2, verbose=0, fit__shuffle=False)
    search = GridSearchCV(estimator, {"hidden": [4, 6], "optimizer__learning_rate": [0.01, 0.5]}, cv=3, refit=True)
    search.fit(x, y)
    return search.cv_results_["mean_test_score"], search.best_params_, search.best_score_


@case
def cross_validation() -> Any:
    x, y = regression()
    return cross_val_score(regressor(), x, y, cv=3)


@case
def ensembles() -> Any:
    x, y = regression()
    bagging = BaggingRegressor(regressor(), n_estimators=2, random_state=0).fit(x, y)
    x2, y2 = classification()
    base = KerasClassifier(classifier_model, hidden=4, optimizer="sgd", epochs=2, verbose=0, fit__shuffle=False)
    classifiers = BaggingClassifier(base, n_estimators=2, random_state=0).fit(x2, y2)
    boosted = AdaBoostClassifier(base, n_estimators=2, random_state=0).fit(x2, y2)
    return bagging.predict(x), classifiers.predict_proba(x2), boosted.predict(x2)


@case
def target_transformer() -> Any:
    x, y = regression()
    estimator = TransformedTargetRegressor(regressor=regressor(), transformer=StandardScaler()).fit(x, y)
    return estimator.predict(x), estimator.score(x, y)


@case
def multi_output_classifier() -> Any:
    x, y = classification()
    both = np.stack([y, 1 - y], 1)
    base = KerasClassifier(classifier_model, hidden=4, optimizer="sgd", epochs=2, verbose=0, fit__shuffle=False)
    return MultiOutputClassifier(base).fit(x, both).predict(x)


@case
def subclass_with_a_model_of_its_own() -> Any:
    class MLP(KerasRegressor):
        def __init__(
            self,
            width: int = 5,
            loss: str = "mse",
            optimizer: str = "sgd",
            epochs: int = 2,
            verbose: int = 0,
            **kwargs: Any,
        ):
            super().__init__(loss=loss, optimizer=optimizer, epochs=epochs, verbose=verbose, **kwargs)
            self.width = width

        def _keras_build_fn(self) -> Any:
            layers = [keras.Input((self.n_features_in_,)), keras.layers.Dense(self.width), keras.layers.Dense(1)]
            return filled(keras.Sequential(layers), 0.3)

    x, y = regression()
    estimator = MLP(width=4, fit__shuffle=False)
    return estimator.fit(x, y).predict(x), estimator.get_params()["width"], clone(estimator).width


@case
def autoencoder() -> Any:
    x = data(20, 6)

    def make(meta: dict[str, Any]) -> Any:
        return filled(keras.Sequential([keras.Input((6,)), keras.layers.Dense(2, "relu"), keras.layers.Dense(6)]), 0.3)

    estimator = BaseWrapper(make, loss="mse", optimizer="sgd", epochs=2, verbose=0, fit__shuffle=False)
    estimator.fit(X=x, y=x)
    return estimator.predict(x), estimator.history_


@case
def random_state() -> Any:
    x, y = regression()

    def make(meta: dict[str, Any]) -> Any:
        return keras.Sequential([keras.Input((8,)), keras.layers.Dense(4), keras.layers.Dense(1)])

    outputs = [KerasRegressor(make, loss="mse", random_state=7, verbose=0).fit(x, y).predict(x) for _ in range(2)]
    return np.array_equal(*outputs), outputs[0].shape


@case
def input_checks() -> Any:
    x, y = regression()
    estimator = regressor()
    unfitted = raised(regressor().predict, x)
    estimator.fit(x, y)
    return (
        unfitted,
        raised(estimator.predict, x[:, :3]),
        raised(regressor().fit, x, y[:-1]),
        raised(regressor(loss=None).fit, x, y),
        raised(KerasClassifier(classifier_model, hidden=2, optimizer="sgd", verbose=0).fit, x, None),
        raised(regressor(optimizer="unknown").fit, x, y),
        raised(regressor(nonsense=3).fit, x, y),
        raised(regressor(metrics=["unknown"]).fit, x, y),
    )


@case
def losses_with_names_of_both() -> Any:
    x, y = regression()
    names = [
        "mean_squared_error",
        "mse",
        keras.losses.MeanSquaredError,
        keras.losses.MeanSquaredError(),
        keras.losses.mean_squared_error,
    ]
    return [regressor(loss=loss, metrics=["mae"]).fit(x, y).history_ for loss in names]


@case
def scores() -> Any:
    estimator, x, y = fitted_classifier()
    return log_loss(y, estimator.predict_proba(x)), estimator.score(x, y)


@case
def unfitted_is_known() -> Any:
    try:
        regressor().predict(data(3, 8))
    except Exception as error:
        return isinstance(error, NotFittedError), regressor().initialized_
    return None
