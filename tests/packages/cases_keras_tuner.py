"""KerasTuner: search spaces, tuners, oracles, and its models, as its guides use them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import keras
import keras_tuner
import numpy as np
from sklearn import ensemble, metrics, model_selection

from tests.packages.harness import case, data, filled, raised

X, Y = data(40, 6), (data(40, 1, seed=1) > 0).astype("float32")


def build_model(hp: Any) -> Any:
    model = keras.Sequential([keras.Input((6,))])
    for i in range(hp.Int("layers", 1, 2)):
        model.add(
            keras.layers.Dense(hp.Int(f"units_{i}", 4, 8, step=4), activation=hp.Choice("activation", ["relu", "tanh"]))
        )
    if hp.Boolean("dropout"):
        model.add(keras.layers.Dropout(0.0))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    filled(model, 0.4)
    rate = hp.Float("lr", min_value=1e-3, max_value=1e-1, sampling="log")
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def searched(cls: Any, hypermodel: Any = build_model, epochs: int = 2, **options: Any) -> Any:
    """Trials of a search, with values and scores."""
    with tempfile.TemporaryDirectory() as folder:
        tuner = cls(
            hypermodel, objective="val_loss", directory=folder, project_name="p", seed=3, overwrite=True, **options
        )
        tuner.search(X, Y, epochs=epochs, validation_data=(X, Y), verbose=0, shuffle=False)
        trials = tuner.oracle.get_best_trials(10)
        best = tuner.get_best_models(1)[0]
        outputs = best.predict(X, verbose=0)
        return {
            "trials": [(t.hyperparameters.values, t.score, t.status) for t in trials],
            "best": tuner.get_best_hyperparameters()[0].values,
            "outputs": outputs,
            "remaining": tuner.remaining_trials,
            "evaluated": best.evaluate(X, Y, verbose=0),
        }


@case
def hyper_parameters() -> Any:
    hp = keras_tuner.HyperParameters()
    first = [
        hp.Int("units", 32, 512, step=32),
        hp.Float("rate", 0.1, 0.9, step=0.1),
        hp.Choice("act", ["relu", "tanh"], default="tanh"),
        hp.Boolean("flag"),
        hp.Fixed("fixed", 3),
    ]
    hp.values["units"] = 64
    again = keras_tuner.HyperParameters.from_config(hp.get_config())
    return (
        first,
        hp.get("units"),
        again.values,
        "rate" in hp,
        [type(p).__name__ for p in hp.space],
        raised(hp.get, "none"),
    )


@case
def conditional_hyper_parameters() -> Any:
    hp = keras_tuner.HyperParameters()
    kind = hp.Choice("kind", ["a", "b"])
    with hp.conditional_scope("kind", ["b"]):
        hp.Int("only_b", 1, 3)
    with hp.name_scope("block"):
        hp.Int("units", 1, 3)
    return kind, hp.values, hp.is_active("only_b"), [p.name for p in hp.space]


@case
def random_search() -> Any:
    return searched(keras_tuner.RandomSearch, max_trials=3)


@case
def random_search_of_many_executions() -> Any:
    return searched(keras_tuner.RandomSearch, max_trials=2, executions_per_trial=2)


@case
def grid_search() -> Any:
    def build(hp: Any) -> Any:
        width = hp.Choice("width", [3, 5])
        model = filled(keras.Sequential([keras.Input((6,)), keras.layers.Dense(width), keras.layers.Dense(1)]), 0.3)
        model.compile(keras.optimizers.SGD(hp.Choice("lr", [0.1, 0.01])), "mse")
        return model

    return searched(keras_tuner.GridSearch, build)


@case
def bayesian_optimization() -> Any:
    return searched(keras_tuner.BayesianOptimization, max_trials=4, num_initial_points=3)


@case
def hyperband() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.Hyperband(
            build_model,
            objective="val_accuracy",
            max_epochs=3,
            factor=3,
            hyperband_iterations=1,
            directory=folder,
            seed=1,
        )
        tuner.search(X, Y, validation_data=(X, Y), verbose=0, shuffle=False)
        trials = tuner.oracle.trials.values()
        return [(t.hyperparameters.values, t.score) for t in trials], tuner.get_best_hyperparameters()[0].get("units_0")


@case
def objectives_and_callbacks() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(
            build_model,
            objective=keras_tuner.Objective("val_accuracy", direction="max"),
            max_trials=2,
            directory=folder,
            seed=0,
        )
        stop = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=100.0)
        tuner.search(X, Y, epochs=5, validation_split=0.25, callbacks=[stop], verbose=0, shuffle=False)
        return [(t.score, t.best_step) for t in tuner.oracle.get_best_trials(2)]


@case
def several_objectives() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        goals = [keras_tuner.Objective("val_loss", "min"), keras_tuner.Objective("val_accuracy", "max")]
        tuner = keras_tuner.RandomSearch(build_model, objective=goals, max_trials=2, directory=folder, seed=0)
        tuner.search(X, Y, epochs=2, validation_data=(X, Y), verbose=0, shuffle=False)
        return [t.score for t in tuner.oracle.get_best_trials(2)]


class Tuned(keras_tuner.HyperModel):
    def build(self, hp: Any) -> Any:
        return build_model(hp)

    def fit(self, hp: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
        return model.fit(*args, batch_size=hp.Choice("batch_size", [10, 20]), **kwargs)


@case
def hyper_model_with_fit() -> Any:
    return searched(keras_tuner.RandomSearch, Tuned(name="tuned"), max_trials=3)


@case
def custom_training_loop() -> Any:
    class Loop(keras_tuner.HyperModel):
        def build(self, hp: Any) -> Any:
            return build_model(hp)

        def fit(
            self, hp: Any, model: Any, x: Any, y: Any, validation_data: Any, callbacks: Any = None, **kwargs: Any
        ) -> Any:
            for callback in callbacks or []:
                callback.set_model(model)
            best = float("inf")
            for epoch in range(2):
                model.train_on_batch(x, y)
                loss = float(model.evaluate(*validation_data, verbose=0)[0])
                for callback in callbacks or []:
                    callback.on_epoch_end(epoch, logs={"val_loss": loss})
                best = min(best, loss)
            return best

    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(Loop(), objective="val_loss", max_trials=2, directory=folder, seed=0)
        tuner.search(x=X, y=Y, validation_data=(X, Y), verbose=0)
        return [(t.score, t.hyperparameters.values) for t in tuner.oracle.get_best_trials(2)]


@case
def objective_in_run_trial() -> Any:
    class Own(keras_tuner.RandomSearch):
        def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> Any:
            return trial.hyperparameters.Float("x", -1.0, 1.0) ** 2

    with tempfile.TemporaryDirectory() as folder:
        tuner = Own(max_trials=5, directory=folder, seed=2)
        tuner.search()
        return tuner.get_best_hyperparameters()[0].values, [t.score for t in tuner.oracle.get_best_trials(5)]


@case
def resumed_search() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        options = {"objective": "val_loss", "directory": folder, "project_name": "p", "seed": 0}
        tuner = keras_tuner.RandomSearch(build_model, max_trials=2, **options)
        tuner.search(X, Y, epochs=1, validation_data=(X, Y), verbose=0, shuffle=False)
        files = sorted({path.name for path in Path(folder).rglob("*") if path.is_file()})
        again = keras_tuner.RandomSearch(build_model, max_trials=2, **options)
        again.reload()
        outputs = again.get_best_models(1)[0].predict(X, verbose=0)
        return files, outputs, again.remaining_trials, len(again.oracle.trials)


@case
def search_space_summaries() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(build_model, objective="val_loss", max_trials=1, directory=folder)
        return [(p.name, p.get_config()) for p in tuner.oracle.get_space().space], tuner.oracle.objective.name


@case
def hyper_parameters_given() -> Any:
    hp = keras_tuner.HyperParameters()
    hp.Fixed("lr", 0.05)
    return searched(keras_tuner.RandomSearch, hyperparameters=hp, tune_new_entries=True, max_trials=2)


@case
def sklearn_tuner() -> Any:
    def build(hp: Any) -> Any:
        return ensemble.RandomForestClassifier(
            hp.Int("n", 5, 15, step=5), max_depth=hp.Int("depth", 2, 4), random_state=0
        )

    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.SklearnTuner(
            oracle=keras_tuner.oracles.BayesianOptimizationOracle(
                keras_tuner.Objective("score", "max"), max_trials=3, seed=0
            ),
            hypermodel=build,
            scoring=metrics.make_scorer(metrics.accuracy_score),
            cv=model_selection.StratifiedKFold(3),
            directory=folder,
        )
        tuner.search(X, Y[:, 0])
        return tuner.get_best_hyperparameters()[0].values, tuner.get_best_models(1)[0].predict(X)


@case
def oracles() -> Any:
    hp = keras_tuner.HyperParameters()
    hp.Int("a", 1, 10)
    hp.Choice("b", ["x", "y"])
    found = []
    for cls in (keras_tuner.oracles.RandomSearchOracle, keras_tuner.oracles.GridSearchOracle):
        oracle = cls(objective=keras_tuner.Objective("score", "max"), max_trials=4, hyperparameters=hp, seed=1)
        with tempfile.TemporaryDirectory() as folder:
            oracle._set_project_dir(folder, "p")
            for i in range(4):
                trial = oracle.create_trial("tuner0")
                oracle.update_trial(trial.trial_id, {"score": float(i)})
                trial.status = "COMPLETED"
                oracle.end_trial(trial)
                found.append(trial.hyperparameters.values)
    return found


@case
def hyper_resnet() -> Any:
    hp = keras_tuner.HyperParameters()
    model = keras_tuner.applications.HyperResNet(input_shape=(32, 32, 3), classes=3).build(hp)
    return len(model.layers), model.count_params(), hp.values, model.output_shape, model.optimizer.get_config()["name"]


@case
def hyper_xception() -> Any:
    hp = keras_tuner.HyperParameters()
    hp.Fixed("num_residual_blocks", 2)
    hp.Fixed("conv2d_num_filters", 32)
    model = keras_tuner.applications.HyperXception(input_shape=(32, 32, 3), classes=3).build(hp)
    return len(model.layers), model.count_params(), sorted(hp.values), model.output_shape


@case
def hyper_efficient_net() -> Any:
    """Only what needs no download: its model begins with published weights."""
    make = keras_tuner.applications.HyperEfficientNet
    return (
        raised(make, input_shape=(32, 32, 3)),
        make(input_shape=(32, 32, 3), classes=3).classes,
        raised(make, classes=3),
    )


@case
def hyper_image_augment() -> Any:
    augment = keras_tuner.applications.HyperImageAugment(
        input_shape=(16, 16, 3), rotate=0.3, translate_x=None, augment_layers=0
    )
    hp = keras_tuner.HyperParameters()
    model = augment.build(hp)
    outputs = model.predict(np.ones((2, 16, 16, 3), "float32") * 100, verbose=0)
    return outputs.shape, [type(layer).__name__ for layer in model.layers], hp.values


@case
def invalid_models_are_tried_again() -> Any:
    calls = []

    def build(hp: Any) -> Any:
        calls.append(hp.Int("units", 1, 4))
        if len(calls) in (2, 3):
            raise keras_tuner.errors.FailedTrialError("this one fails")
        return build_model(hp)

    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(
            build, objective="val_loss", max_trials=3, directory=folder, seed=0, max_consecutive_failed_trials=3
        )
        tuner.search(X, Y, epochs=1, validation_data=(X, Y), verbose=0, shuffle=False)
        return sorted(t.status for t in tuner.oracle.trials.values())


@case
def errors() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        options = {"directory": folder, "max_trials": 1}
        return (
            raised(keras_tuner.RandomSearch, build_model, **options, objective=3),
            raised(
                keras_tuner.RandomSearch(build_model, objective="val_loss", overwrite=True, **options).search,
                X,
                Y,
                verbose=0,
            ),
            raised(keras_tuner.HyperParameters().Int, "n", "a", "b"),
            raised(keras_tuner.HyperParameters().Choice, "n", []),
            raised(keras_tuner.applications.HyperResNet, input_shape=(32, 32, 3)),
            raised(keras_tuner.RandomSearch, lambda hp: 3, objective="val_loss", overwrite=True, **options),
            os.path.exists(folder),
        )
