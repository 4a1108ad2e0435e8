"""KerasRS: retrieval, feature interaction, embeddings, ranking losses and metrics, as its guides use them."""

from __future__ import annotations

import tempfile
from typing import Any

import keras
import keras_rs
import numpy as np
from keras import ops

from tests.packages.harness import case, data, described, filled, ids, raised


@case
def feature_cross() -> Any:
    layer = keras_rs.layers.FeatureCross(projection_dim=2, pre_activation="tanh", diag_scale=0.1)
    x0, x = data(3, 5), data(3, 5, seed=1)
    layer.build((3, 5))
    filled(layer)
    return layer(x0, x), layer(x0), described(layer), layer.get_config()


@case
def feature_cross_full_rank_in_a_model() -> Any:
    inputs = keras.Input((5,))
    first = keras_rs.layers.FeatureCross()(inputs, inputs)
    outputs = keras.layers.Dense(1)(keras_rs.layers.FeatureCross()(inputs, first))
    model = filled(keras.Model(inputs, outputs))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    history = model.fit(data(8, 5), data(8, 1, seed=1), epochs=3, batch_size=4, shuffle=False, verbose=0)
    return history.history, model.predict(data(8, 5), verbose=0)


@case
def feature_cross_errors() -> Any:
    layer = keras_rs.layers.FeatureCross()
    return raised(layer, data(3, 5), data(3, 4)), raised(keras_rs.layers.FeatureCross, diag_scale=-1.0)


@case
def dot_interaction() -> Any:
    features = [data(3, 4, seed=i) for i in range(4)]
    layers = [
        keras_rs.layers.DotInteraction(self_interaction=own, skip_gather=skip)
        for own in (True, False)
        for skip in (True, False)
    ]
    shapes = [layer.compute_output_shape([(None, 4)] * 4) for layer in layers]
    return [layer(features) for layer in layers], shapes, raised(layers[0], [data(3, 4), data(3, 5)])


@case
def dot_interaction_in_a_model() -> Any:
    inputs = [keras.Input((4,), name=f"x{i}") for i in range(3)]
    model = filled(keras.Model(inputs, keras.layers.Dense(2)(keras_rs.layers.DotInteraction()(inputs))))
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/m.keras")
        loaded = keras.saving.load_model(f"{folder}/m.keras")
    x = [data(3, 4, seed=i) for i in range(3)]
    return model.predict(x, verbose=0), loaded.predict(x, verbose=0)


def indices_as_int32(found: Any) -> Any:
    """`ops.top_k` gives int32 here, as documented, and int64 in Keras on torch."""
    return [
        ops.cast(x, "int32") if "int" in str(x.dtype) else x for x in (found if isinstance(found, tuple) else [found])
    ]


@case
def brute_force_retrieval() -> Any:
    layer = keras_rs.layers.BruteForceRetrieval(candidate_embeddings=data(20, 4), k=3)
    queries = data(2, 4, seed=1)
    plain = keras_rs.layers.BruteForceRetrieval(candidate_embeddings=data(20, 4), k=3, return_scores=False)
    named = keras_rs.layers.BruteForceRetrieval(data(20, 4), candidate_ids=ids(20, below=1000), k=2)
    before = layer(queries)
    layer.update_candidates(data(20, 4, seed=5))
    return [indices_as_int32(x) for x in (before, plain(queries), named(queries), layer(queries))], [
        (v.name, tuple(v.shape)) for v in layer.weights
    ]


@case
def brute_force_retrieval_errors() -> Any:
    make = keras_rs.layers.BruteForceRetrieval
    return (
        raised(make, data(20), k=3),
        raised(make, data(2, 4), k=3),
        raised(make, data(20, 4), candidate_ids=ids(3, below=9)),
        raised(make(k=2), data(2, 4)),
    )


@case
def hard_negative_mining() -> Any:
    layer = keras_rs.layers.HardNegativeMining(num_hard_negatives=2)
    return layer(data(4, 6), np.eye(6, dtype="float32")[[0, 2, 4, 5]]), layer.get_config()


@case
def remove_accidental_hits() -> Any:
    layer = keras_rs.layers.RemoveAccidentalHits()
    labels = np.eye(5, dtype="float32")[[0, 2, 4]]
    return layer(data(3, 5), labels, np.array([1, 2, 1, 3, 2])), raised(layer, data(3, 5), labels, np.array([1, 2]))


@case
def sampling_probability_correction() -> Any:
    layer = keras_rs.layers.SamplingProbabilityCorrection(epsilon=1e-4)
    return layer(data(3, 5), np.array([0.1, 0.2, 0.0, 0.5, 0.2], "float32")), layer.get_config()["epsilon"]


def ranking() -> tuple[np.ndarray, np.ndarray]:
    return ids(3, 6, below=4).astype("float32"), data(3, 6, seed=2)


def of_loss(cls: Any) -> Any:
    y_true, y_pred = ranking()
    mask = np.array([[1, 1, 1, 1, 0, 0]] * 3, "bool")
    loss = cls(temperature=0.5)
    return (
        loss(y_true, y_pred),
        cls(reduction="none")(y_true, y_pred),
        loss({"labels": y_true, "mask": mask}, y_pred),
        loss(y_true, y_pred, sample_weight=np.array([[1.0], [2.0], [0.5]])),
        loss.get_config()["temperature"],
        raised(cls, temperature=0.0),
        raised(loss, y_true[:, :2], y_pred),
    )


@case
def pairwise_hinge_loss() -> Any:
    return of_loss(keras_rs.losses.PairwiseHingeLoss)


@case
def pairwise_logistic_loss() -> Any:
    return of_loss(keras_rs.losses.PairwiseLogisticLoss)


@case
def pairwise_soft_zero_one_loss() -> Any:
    return of_loss(keras_rs.losses.PairwiseSoftZeroOneLoss)


@case
def pairwise_mean_squared_error() -> Any:
    return of_loss(keras_rs.losses.PairwiseMeanSquaredError)


@case
def list_mle_loss() -> Any:
    y_true, y_pred = ranking()
    return keras_rs.losses.ListMLELoss()(y_true, y_pred), keras_rs.losses.ListMLELoss(temperature=2.0)(y_true, y_pred)


def of_metric(cls: Any) -> Any:
    y_true, y_pred = ranking()
    y_true = np.minimum(y_true, 1.0)
    metric = cls(k=3, shuffle_ties=False)
    metric.update_state(y_true, y_pred)
    first = metric.result()
    metric.update_state(y_true[::-1], y_pred, sample_weight=np.array([[1.0], [2.0], [0.0]]))
    second = metric.result()
    metric.reset_state()
    metric.update_state({"labels": y_true, "mask": np.array([[1, 1, 1, 1, 0, 0]] * 3, "bool")}, y_pred)
    return first, second, metric.result(), metric.get_config()["k"], raised(cls, k=0)


@case
def mean_reciprocal_rank() -> Any:
    return of_metric(keras_rs.metrics.MeanReciprocalRank)


@case
def mean_average_precision() -> Any:
    return of_metric(keras_rs.metrics.MeanAveragePrecision)


@case
def dcg() -> Any:
    return of_metric(keras_rs.metrics.DCG)


@case
def ndcg() -> Any:
    return of_metric(keras_rs.metrics.NDCG)


@case
def precision_at_k() -> Any:
    return of_metric(keras_rs.metrics.PrecisionAtK)


@case
def recall_at_k() -> Any:
    return of_metric(keras_rs.metrics.RecallAtK)


@case
def two_towers() -> Any:
    """The retrieval guide: a query and a candidate tower, trained on their product, then asked for the best."""

    class TwoTowers(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.users = keras.Sequential([keras.layers.Embedding(10, 4), keras.layers.Dense(4)])
            self.movies = keras.Sequential([keras.layers.Embedding(20, 4), keras.layers.Dense(4)])
            self.retrieval = keras_rs.layers.BruteForceRetrieval(k=3, return_scores=False)
            self.loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True)

        def build(self, input_shape: Any) -> None:
            self.users.build(input_shape)
            self.movies.build(input_shape)
            self.retrieval.candidate_embeddings = self.add_weight(shape=(20, 4), initializer="zeros", name="candidates")
            self.retrieval.build(input_shape)
            super().build(input_shape)

        def call(self, inputs: Any, training: bool = False) -> Any:
            return {"user": self.users(inputs)}

        def compute_loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None, training: bool = True) -> Any:
            scores = ops.matmul(y_pred["user"], ops.transpose(self.movies(y)))
            return self.loss_fn(ops.eye(scores.shape[0]), scores)

    model = TwoTowers()
    model.build((None,))
    filled(model)
    model.compile(optimizer=keras.optimizers.Adagrad(0.1))
    history = model.fit(ids(16, below=10), ids(16, below=20, seed=1), batch_size=8, epochs=3, shuffle=False, verbose=0)
    return history.history, model.users(ids(3, below=10)), model.movies(ids(3, below=20))


@case
def ranking_model() -> Any:
    model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1), keras.layers.Flatten()])
    model.build((None, 5, 3))
    model = filled(
        keras.Sequential(
            [keras.Input((5, 3)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1), keras.layers.Reshape((5,))]
        )
    )
    model.compile(
        keras.optimizers.Adam(0.01),
        keras_rs.losses.PairwiseHingeLoss(),
        metrics=[keras_rs.metrics.NDCG(k=3, name="ndcg", shuffle_ties=False)],
    )
    history = model.fit(
        data(8, 5, 3), ids(8, 5, below=3).astype("float32"), epochs=3, batch_size=4, shuffle=False, verbose=0
    )
    return history.history


@case
def embed_reduce() -> Any:
    layers = [keras_rs.layers.EmbedReduce(20, 4, combiner=combiner) for combiner in ("mean", "sum", "sqrtn")]
    x = ids(3, 5, below=20)
    weights = np.abs(data(3, 5)) + 0.1
    for layer in layers:
        layer.build((3, 5))
        filled(layer)
    return (
        [layer(x) for layer in layers],
        [layer(x, weights) for layer in layers],
        raised(keras_rs.layers.EmbedReduce, 20, 4, combiner="max"),
    )


@case
def distributed_embedding() -> Any:
    table = keras_rs.layers.TableConfig("table", 20, 4, combiner="mean", placement="default_device")
    other = keras_rs.layers.TableConfig("other", 10, 3, placement="default_device")
    features = {
        "watched": keras_rs.layers.FeatureConfig("watched", table, (3, 5), (3, 4)),
        "liked": keras_rs.layers.FeatureConfig("liked", table, (3, 2), (3, 4)),
        "user": {"id": keras_rs.layers.FeatureConfig("id", other, (3, 1), (3, 3))},
    }
    layer = keras_rs.layers.DistributedEmbedding(features)
    x = {"watched": ids(3, 5, below=20), "liked": ids(3, 2, below=20), "user": {"id": ids(3, 1, below=10)}}
    layer.build(keras.tree.map_structure(lambda array: array.shape, x) if False else {
        "watched": (3, 5), "liked": (3, 2), "user": {"id": (3, 1)},
    })  # fmt: skip
    filled(layer)
    return layer(x), described(layer), layer.get_embedding_tables()


@case
def distributed_embedding_errors() -> Any:
    table = keras_rs.layers.TableConfig("table", 20, 4, placement="sparsecore")
    feature = keras_rs.layers.FeatureConfig("f", table, (3, 5), (3, 4))
    layer = keras_rs.layers.DistributedEmbedding
    return raised(layer, {}), raised(layer, {"f": feature}, table_stacking="unknown"), raised(layer, 3)
