"""BayesFlow: networks, distributions, links, approximators and workflows, as its README and notebooks use them."""

from __future__ import annotations

import logging
import tempfile
from typing import Any

import bayesflow as bf
import keras
import numpy as np
from keras import ops

from tests.packages.harness import case, data, described, filled, raised

logging.getLogger("bayesflow").setLevel(logging.ERROR)
CONDITIONS = data(6, 3, seed=9)


def built(network: Any, *shapes: tuple[int, ...]) -> Any:
    network.build(*shapes)
    return filled(network, 0.2)


def summarized(network: Any, x: np.ndarray) -> Any:
    built(network, x.shape)
    return network(x), described(network), network.compute_output_shape(x.shape)


@case
def mlp() -> Any:
    network = bf.networks.MLP([8, 8], dropout=None, activation="silu")
    return summarized(network, data(6, 3))


@case
def mlp_with_norms() -> Any:
    return [
        summarized(bf.networks.MLP([8, 4], norm=norm, residual=False, dropout=0.1), data(6, 3))
        for norm in ("layer", "batch")
    ]


@case
def deep_set() -> Any:
    return summarized(
        bf.networks.DeepSet(summary_dim=4, embed_dim=8, depth=1, mlp_widths=(8,), num_heads=2), data(5, 7, 3)
    )


@case
def set_transformer() -> Any:
    network = bf.networks.SetTransformer(summary_dim=4, embed_dims=(8, 8), num_heads=(2, 2), num_seeds=2)
    return summarized(network, data(5, 7, 3))


@case
def set_transformer_with_inducing_points() -> Any:
    network = bf.networks.SetTransformer(4, (8, 8), (2, 2), num_inducing_points=3, layer_norm=False)
    return summarized(network, data(5, 7, 3))


@case
def time_series_network() -> Any:
    return summarized(
        bf.networks.TimeSeriesNetwork(summary_dim=4, filters=8, recurrent_dim=6, skip_steps=2), data(5, 8, 3)
    )


@case
def time_series_network_of_lstm() -> Any:
    network = bf.networks.TimeSeriesNetwork(
        4, recurrent_type="lstm", bidirectional=False, recurrent_dim=6, filters=(8, 4)
    )
    return summarized(network, data(5, 8, 3))


@case
def time_series_transformer() -> Any:
    network = bf.networks.TimeSeriesTransformer(summary_dim=4, embed_dims=(8, 8), num_heads=(2, 2))
    return summarized(network, data(5, 8, 3))


@case
def convolutional_network() -> Any:
    return summarized(
        bf.networks.ConvolutionalNetwork(summary_dim=4, widths=(8, 8), blocks_per_stage=1), data(3, 16, 16, 2)
    )


def inferred(network: Any, **options: Any) -> Any:
    """Forward, inverse, density and loss of an inference network."""
    x = data(6, 2)
    built(network, (6, 2), (6, 3))
    z, density = network(x, conditions=CONDITIONS, density=True, **options)
    back = network(z, conditions=CONDITIONS, inverse=True, **options)
    return z, density, back, network.log_prob(x, conditions=CONDITIONS, **options), len(network.weights)


@case
def coupling_flow_affine() -> Any:
    network = bf.networks.CouplingFlow(depth=2, permutation="swap", subnet_kwargs={"widths": (8,), "dropout": 0.0})
    return inferred(network), network.compute_metrics(data(6, 2), CONDITIONS)


@case
def coupling_flow_spline() -> Any:
    network = bf.networks.CouplingFlow(
        depth=2,
        transform="spline",
        permutation="swap",
        use_actnorm=False,
        subnet_kwargs={"widths": (8,), "dropout": 0.0},
    )
    return inferred(network)


@case
def coupling_flow_orthogonal() -> Any:
    network = bf.networks.CouplingFlow(
        depth=2, permutation="orthogonal", subnet_kwargs={"widths": (8,), "dropout": 0.0}
    )
    built(network, (6, 2), (6, 3))
    z = network(data(6, 2), conditions=CONDITIONS)
    return z.shape, np.allclose(
        ops.convert_to_numpy(network(z, conditions=CONDITIONS, inverse=True)), data(6, 2), atol=1e-3
    )


@case
def flow_matching() -> Any:
    network = bf.networks.FlowMatching(
        subnet_kwargs={"widths": (8, 8), "dropout": 0.0}, integrate_kwargs={"method": "euler", "steps": 10}
    )
    return inferred(network)


@case
def diffusion_model() -> Any:
    network = bf.networks.DiffusionModel(
        noise_schedule="cosine", prediction_type="velocity", subnet_kwargs={"widths": (8, 8), "dropout": 0.0},
        integrate_kwargs={"method": "euler", "steps": 10},
    )  # fmt: skip
    built(network, (6, 2), (6, 3))
    return network(data(6, 2), conditions=CONDITIONS, inverse=True), len(network.weights)


@case
def consistency_model() -> Any:
    network = bf.networks.ConsistencyModel(total_steps=10, subnet_kwargs={"widths": (8,), "dropout": 0.0})
    built(network, (6, 2), (6, 3))
    time, x, conditions = (ops.convert_to_tensor(v) for v in (np.full((6, 1), 2.0, "float32"), data(6, 2), CONDITIONS))
    return network.consistency_function(x, t=time, conditions=conditions), len(network.weights)


@case
def distributions() -> Any:
    found = []
    for distribution in (
        bf.distributions.DiagonalNormal(mean=0.5, std=2.0),
        bf.distributions.DiagonalStudentT(df=4, scale=1.5),
        bf.distributions.Mixture(
            [bf.distributions.DiagonalNormal(-1.0), bf.distributions.DiagonalNormal(2.0)], [0.3, 0.7]
        ),
    ):
        distribution.build((6, 2))
        samples = distribution.sample((500,))
        x = ops.convert_to_tensor(data(6, 2))
        found.append((distribution.log_prob(x), distribution.log_prob(x, normalize=False), samples.shape))
        config = distribution.get_config()
        found.append(sorted(config))
    return found


@case
def trainable_distributions() -> Any:
    distribution = bf.distributions.DiagonalNormal(trainable_parameters=True)
    distribution.build((6, 2))
    filled(distribution)
    return described(distribution), len(distribution.trainable_variables)


@case
def links() -> Any:
    x = data(4, 6)
    ordered = bf.links.Ordered(axis=1, anchor_index=2)
    ordered.build(x.shape)
    quantiles = bf.links.OrderedQuantiles(q=[0.1, 0.5, 0.9])
    quantiles.build((4, 3, 2))
    return ordered(x), quantiles(data(4, 3, 2)), bf.links.CholeskyFactor()(x), raised(bf.links.PositiveDefinite(), x)


@case
def adapters() -> Any:
    adapter = (
        bf.Adapter()
        .to_array()
        .convert_dtype("float64", "float32")
        .constrain("sigma", lower=0)
        .standardize("x", mean=0.5, std=2.0)
        .concatenate(["mu", "sigma"], into="inference_variables")
        .rename("x", "summary_variables")
    )
    raw = {"mu": data(5, 1).astype("float64"), "sigma": np.abs(data(5, 1, seed=1)) + 0.1, "x": data(5, 4, 2)}
    there = adapter(raw)
    back = adapter(there, inverse=True)
    return there, back, str(adapter).count("->"), raised(adapter, {"mu": data(5, 1)})


@case
def simulators() -> Any:
    def prior() -> dict[str, Any]:
        return {"theta": np.random.normal(size=2)}

    def likelihood(theta: np.ndarray) -> dict[str, Any]:
        return {"x": np.random.normal(theta, 1.0, size=(4, 2))}

    np.random.seed(1)
    samples = bf.make_simulator([prior, likelihood]).sample(6)
    moons = bf.simulators.TwoMoons().sample(5)
    return samples, {key: value.shape for key, value in moons.items()}


def simulations(size: int = 64) -> dict[str, np.ndarray]:
    random = np.random.RandomState(0)
    theta = random.normal(size=(size, 2)).astype("float32")
    return {"parameters": theta, "observables": (theta[:, None] + random.normal(size=(size, 5, 2))).astype("float32")}


def approximator(adapted: bool = True) -> Any:
    adapter = bf.Adapter().rename("parameters", "inference_variables").rename("observables", "summary_variables")
    return bf.ContinuousApproximator(
        adapter=adapter,
        inference_network=bf.networks.CouplingFlow(
            depth=2, permutation="swap", subnet_kwargs={"widths": (8,), "dropout": 0.0}
        ),
        summary_network=bf.networks.DeepSet(
            summary_dim=4, embed_dim=8, depth=1, mlp_widths=(8,), num_heads=2, dropout=0.0
        ),
        standardize=None,
    )


def fitted() -> tuple[Any, Any]:
    model = approximator()
    x = model.adapter(simulations())
    model.build({key: value.shape for key, value in x.items()})
    filled(model, 0.2)
    model.compile(optimizer=keras.optimizers.Adam(1e-2))
    dataset = bf.OfflineDataset(simulations(), batch_size=16, adapter=model.adapter, shuffle=False)
    return model, model.fit(dataset=dataset, epochs=3, verbose=0, shuffle=False)


@case
def continuous_approximator_trains() -> Any:
    model, history = fitted()
    return history.history, model.log_prob(simulations(8)), described(model)[:6], len(model.weights)


@case
def continuous_approximator_samples() -> Any:
    model, _ = fitted()
    samples = model.sample(num_samples=400, conditions={"observables": simulations(3)["observables"]})
    return samples["parameters"].shape, model.summarize({"observables": simulations(3)["observables"]}).shape


@case
def continuous_approximator_from_its_file() -> Any:
    model, _ = fitted()
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        loaded = keras.saving.load_model(f"{folder}/model.keras")
    return np.allclose(model.log_prob(simulations(8)), loaded.log_prob(simulations(8)), atol=1e-5), type(
        loaded
    ).__name__


@case
def basic_workflow_offline() -> Any:
    workflow = bf.BasicWorkflow(
        inference_network=bf.networks.CouplingFlow(depth=2, subnet_kwargs={"widths": (8,)}),
        summary_network=bf.networks.DeepSet(summary_dim=4, embed_dim=8, depth=1, mlp_widths=(8,), num_heads=2),
        inference_variables=["parameters"],
        summary_variables=["observables"],
    )
    history = workflow.fit_offline(
        simulations(128), epochs=4, batch_size=32, verbose=0, validation_data=simulations(32)
    )
    samples = workflow.sample(num_samples=20, conditions=simulations(3))
    metrics = workflow.compute_default_diagnostics(test_data=simulations(20))
    losses = history.history["loss"]
    return (
        sorted(history.history),
        losses[-1] < losses[0],
        samples["parameters"].shape,
        metrics.shape,
        sorted(metrics.index),
    )


@case
def basic_workflow_online_with_plots() -> Any:
    workflow = bf.BasicWorkflow(
        inference_network=bf.networks.FlowMatching(
            subnet_kwargs={"widths": (8, 8)}, integrate_kwargs={"method": "euler", "steps": 5}
        ),
        inference_variables=["parameters"],
        inference_conditions=["observables"],
        simulator=bf.simulators.SIR(),
    )
    history = workflow.fit_online(epochs=2, batch_size=8, num_batches_per_epoch=3, verbose=0)
    figures = workflow.plot_default_diagnostics(test_data=20, num_samples=20)
    return sorted(history.history), len(history.history["loss"]), sorted(figures)


@case
def point_estimation() -> Any:
    rules = {"mean": bf.scoring_rules.MeanScore(), "quantiles": bf.scoring_rules.QuantileScore(q=[0.1, 0.5, 0.9])}
    network = bf.networks.ScoringRuleNetwork(scoring_rules=rules)
    built(network, (6, 2), (6, 3))
    return network(conditions=CONDITIONS), network.compute_metrics(data(6, 2), CONDITIONS), len(network.weights)


@case
def ensemble_of_subnets() -> Any:
    """A network of a subnet that the user makes, as the notebooks do."""
    subnet = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(8)])
    network = bf.networks.CouplingFlow(
        depth=1, permutation="swap", subnet=bf.networks.MLP, subnet_kwargs={"widths": (4,)}
    )
    built(network, (6, 2), (6, 3))
    subnet.build((6, 3))
    return network(data(6, 2), conditions=CONDITIONS), filled(subnet)(CONDITIONS), network.get_config()["depth"]


@case
def diagnostics() -> Any:
    random = np.random.RandomState(0)
    targets = {"a": random.normal(size=(30, 1)), "b": random.normal(size=(30, 2))}
    estimates = {key: value[:, None] + random.normal(size=(30, 50, value.shape[1])) for key, value in targets.items()}
    metrics = bf.diagnostics.metrics
    figures = [
        bf.diagnostics.plots.recovery(estimates, targets),
        bf.diagnostics.plots.calibration_histogram(estimates, targets),
    ]
    return (
        metrics.root_mean_squared_error(estimates, targets)["values"],
        metrics.posterior_contraction(estimates, targets)["values"],
        metrics.calibration_error(estimates, targets)["values"],
        [len(figure.axes) for figure in figures],
    )


@case
def maximum_mean_discrepancy() -> Any:
    metric = bf.metrics.MaximumMeanDiscrepancy()
    metric.update_state(ops.convert_to_tensor(data(20, 2)), ops.convert_to_tensor(data(20, 2, seed=1) + 1.0))
    return metric.result(), metric.name


@case
def errors() -> Any:
    flow = bf.networks.CouplingFlow(depth=1)
    return (
        raised(bf.networks.CouplingFlow, transform="unknown"),
        raised(flow.build, (6, 1)),
        raised(bf.networks.MLP, [8], unknown=3),
        raised(bf.links.Ordered, 1),
        raised(bf.BasicWorkflow, inference_network="unknown"),
    )
