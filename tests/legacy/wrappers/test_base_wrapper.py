"""What both estimators do with functions that make models, and with arguments. Authority: Keras 2.3's documentation."""

from __future__ import annotations

import numpy as np
import pytest

from tests.legacy.wrappers.models import X, Y, binary, categorical, regression
from torchkeras_compat import callbacks, losses
from torchkeras_compat.legacy.wrappers.scikit_learn import KerasClassifier, KerasRegressor

pytest.importorskip("sklearn")
from sklearn.base import clone
from sklearn.exceptions import NotFittedError


def test_arguments_go_where_they_belong():
    classifier = KerasClassifier(binary, units=2, optimizer="sgd", epochs=3, batch_size=20, verbose=0, workers=4)
    history = classifier.fit(X, Y)
    assert len(history.epoch) == 3 and history.params["steps"] == 3
    assert classifier.model.layers[0].units == 2 and type(classifier.model.optimizer).__name__ == "SGD"
    assert len(classifier.fit(X, Y, epochs=1).epoch) == 1
    assert len(KerasClassifier(binary, nb_epoch=2, verbose=0).fit(X, Y).epoch) == 2
    assert classifier.filter_sk_params(binary, {"units": 5}) == {"units": 5, "optimizer": "sgd"}


def test_callbacks_are_copied_for_each_run():
    given = callbacks.LambdaCallback()
    classifier = KerasClassifier(binary, callbacks=[given], verbose=0)
    classifier.fit(X, Y)
    assert given.__dict__.get("_model") is None and classifier.get_params()["callbacks"] == [given]


def test_parameters():
    classifier = KerasClassifier(binary, units=2)
    assert classifier.get_params() == classifier.get_params(deep=False) == {"units": 2, "build_fn": binary}
    assert classifier.set_params(units=3, epochs=2) is classifier and classifier.sk_params == {"units": 3, "epochs": 2}
    assert classifier.set_params(build_fn=categorical, loss="mse").build_fn is categorical
    copy = clone(KerasRegressor(regression, units=[1, 2]))
    assert copy.get_params() == {"units": [1, 2], "build_fn": regression}
    for call in (lambda: KerasClassifier(binary, epoch=2), lambda: KerasClassifier(binary).set_params(epoch=2)):
        with pytest.raises(ValueError, match="epoch is not a legal parameter.*'epochs'"):
            call()


def test_models_are_made_by_objects_and_by_subclasses():
    class Maker:
        def __call__(self, units=3):
            return binary(units=units)

        def method(self, units=3):
            return binary(units=units)

    for maker in (Maker(), Maker().method):
        classifier = KerasClassifier(maker, units=4, verbose=0)
        classifier.fit(X, Y)
        assert classifier.model.layers[0].units == 4

    class Own(KerasRegressor):
        def __call__(self, units=3):
            return regression(units)

    own = Own(units=2, verbose=0)
    own.fit(X, X[:, 0])
    assert own.model.layers[0].units == 2 and clone(own).get_params()["units"] == 2
    with pytest.raises(ValueError, match="needs `build_fn`"):
        KerasClassifier()
    with pytest.raises(TypeError, match="returned: 3"):
        KerasClassifier(lambda: 3).fit(X, Y)


def test_what_is_not_fitted_says_so():
    for use in (lambda c: c.predict(X), lambda c: c.predict_proba(X), lambda c: c.score(X, Y)):
        with pytest.raises(NotFittedError, match="KerasClassifier is not fitted"):
            use(KerasClassifier(binary))


@pytest.mark.parametrize("loss", ["categorical_crossentropy", losses.categorical_crossentropy])
def test_labels_become_one_hot_for_this_loss(loss):
    labels = np.arange(60) % 3
    classifier = KerasClassifier(categorical, loss=loss, verbose=0)
    classifier.fit(X, labels)
    assert 0 <= classifier.score(X, labels) <= 1
    assert classifier.score(X[:1], labels[:1]) in (0, 1)  # a part without all classes


def test_data_frames():
    pandas = pytest.importorskip("pandas")
    classifier = KerasClassifier(binary, verbose=0)
    classifier.fit(pandas.DataFrame(X), pandas.Series(Y))
    assert classifier.predict(pandas.DataFrame(X)).shape == (60, 1)
