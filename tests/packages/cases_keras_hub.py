"""KerasHub: modeling layers, samplers, tokenizers, backbones, tasks; as its guides use them, with weights made up."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import keras
import keras_hub
import numpy as np
from keras import ops

from tests.packages.harness import case, data, described, filled, ids, raised

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "lazy",
    "dog",
]
TEXTS = ["the quick brown fox", "the lazy dog jumps over the fox"]
PADDING = np.array([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0]], "int32")


def tokens(below: int = 20) -> dict[str, np.ndarray]:
    return {"token_ids": ids(2, 6, below=below, start=1), "padding_mask": PADDING}


def backbone(cls: Any, inputs: Any, **config: Any) -> Any:
    """Outputs of a backbone with made-up weights, and of one from its config and from its file."""
    model = filled(cls(**config), 0.08)
    outputs = model.predict(inputs, verbose=0)
    again = cls.from_config(model.get_config())
    again.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        loaded = keras.saving.load_model(f"{folder}/model.keras")
    same = [
        np.allclose(a, b, atol=1e-6)
        for other in (again, loaded)
        for a, b in zip(keras.tree.flatten(outputs), keras.tree.flatten(other.predict(inputs, verbose=0)))
    ]
    return {"weights": described(model), "outputs": outputs, "same": same, "parameters": model.count_params()}


# -- modeling layers -----------------------------------------------------------------------------------------------


@case
def transformer_encoder() -> Any:
    layer = keras_hub.layers.TransformerEncoder(intermediate_dim=16, num_heads=2, dropout=0.1)
    inputs = keras.Input((6, 8))
    model = filled(keras.Model(inputs, layer(inputs)))
    x = data(2, 6, 8)
    masked = layer(x, padding_mask=PADDING)
    return model.predict(x, verbose=0), masked, described(model), layer.get_config()["intermediate_dim"]


@case
def transformer_encoder_norm_first_and_scores() -> Any:
    layer = keras_hub.layers.TransformerEncoder(16, 2, normalize_first=True, activation="gelu")
    layer.build((2, 6, 8))
    filled(layer)
    return layer(data(2, 6, 8), attention_mask=np.tril(np.ones((2, 6, 6), "int32")))


@case
def transformer_decoder() -> Any:
    layer = keras_hub.layers.TransformerDecoder(intermediate_dim=16, num_heads=2)
    layer(data(2, 6, 8))
    filled(layer)
    return layer(data(2, 6, 8), decoder_padding_mask=PADDING), described(layer)


@case
def transformer_decoder_with_an_encoder() -> Any:
    decoder = keras.Input((6, 8))
    encoder = keras.Input((5, 8))
    outputs = keras_hub.layers.TransformerDecoder(16, 2)(decoder, encoder)
    model = filled(keras.Model([decoder, encoder], outputs))
    return model.predict([data(2, 6, 8), data(2, 5, 8, seed=1)], verbose=0)


@case
def transformer_decoder_with_a_cache() -> Any:
    layer = keras_hub.layers.TransformerDecoder(16, 2)
    x = data(2, 6, 8)
    layer(x)
    filled(layer)
    cache = ops.zeros((2, 2, 6, 2, 4))
    outputs = []
    for i in range(6):
        y, cache = layer(x[:, i : i + 1], self_attention_cache=cache, self_attention_cache_update_index=i)
        outputs.append(y)
    return layer(x), outputs, cache


@case
def cached_multi_head_attention() -> Any:
    layer = keras_hub.layers.CachedMultiHeadAttention(num_heads=2, key_dim=4)
    x = data(2, 6, 8)
    layer(query=x, value=x)
    filled(layer)
    mask = np.tril(np.ones((2, 6, 6), "bool"))
    whole, scores = layer(query=x, value=x, attention_mask=mask, return_attention_scores=True)
    updated, cache = layer(query=x[:, :1], value=x[:, :1], cache=ops.zeros((2, 2, 6, 2, 4)), cache_update_index=2)
    return whole, scores, updated, cache, raised(layer, query=x, value=x, cache_update_index=2), layer.get_config()


@case
def token_and_position_embedding() -> Any:
    layer = keras_hub.layers.TokenAndPositionEmbedding(20, 6, 8, mask_zero=True)
    inputs = keras.Input((6,), dtype="int32")
    x = layer(inputs)
    model = filled(keras.Model(inputs, keras.layers.LSTM(3)(x)))
    outputs = layer(np.array([[3, 4, 0, 0, 0, 0]]))
    return model.predict(ids(2, 6, below=20), verbose=0), outputs, outputs._keras_mask


@case
def position_embedding() -> Any:
    layer = keras_hub.layers.PositionEmbedding(sequence_length=10)
    layer.build((None, 6, 8))
    filled(layer)
    return (
        layer(data(2, 6, 8)),
        layer(data(2, 3, 8), start_index=4),
        described(layer),
        layer.compute_output_shape((2, 6, 8)),
    )


@case
def sine_position_encoding() -> Any:
    layer = keras_hub.layers.SinePositionEncoding()
    return layer(data(2, 6, 8)), layer(data(2, 6, 8), start_index=3)


@case
def rotary_embedding() -> Any:
    layer = keras_hub.layers.RotaryEmbedding(max_wavelength=1000)
    x = data(2, 6, 4, 8)
    return layer(x), layer(x, start_index=5), layer(data(2, 6, 8)), layer.get_config()["max_wavelength"]


@case
def reversible_embedding() -> Any:
    layer = keras_hub.layers.ReversibleEmbedding(20, 8, tie_weights=False, logit_soft_cap=5)
    layer.build((None, 6))
    filled(layer)
    return layer(ids(2, 6, below=20)), layer(data(2, 6, 8), reverse=True), described(layer)


@case
def f_net_encoder() -> Any:
    layer = keras_hub.layers.FNetEncoder(intermediate_dim=16)
    layer.build((2, 6, 8))
    return filled(layer)(data(2, 6, 8)), described(layer)


@case
def masked_lm_head() -> Any:
    embedding = keras_hub.layers.ReversibleEmbedding(20, 8)
    embedding.build((None, 6))
    layer = keras_hub.layers.MaskedLMHead(token_embedding=embedding, activation="softmax")
    positions = ids(2, 3, below=6)
    layer(data(2, 6, 8), mask_positions=positions)
    filled(layer)
    return layer(data(2, 6, 8), mask_positions=positions), raised(keras_hub.layers.MaskedLMHead)


@case
def rms_normalization_and_alibi() -> Any:
    layer = keras_hub.layers.RMSNormalization(8)
    layer.build((2, 6, 8))
    alibi = keras_hub.layers.AlibiBias() if hasattr(keras_hub.layers, "AlibiBias") else None
    return filled(layer)(data(2, 6, 8)), alibi(data(2, 3, 6, 6)) if alibi else None


@case
def anchors_boxes_and_suppression() -> Any:
    anchors = keras_hub.layers.AnchorGenerator(
        bounding_box_format="yxyx", min_level=3, max_level=4, num_scales=2, aspect_ratios=[0.5, 1.0], anchor_size=2.0
    )
    matcher = keras_hub.layers.BoxMatcher(thresholds=[0.3, 0.7], match_values=[-1, 0, 1])
    similarity = np.random.RandomState(0).rand(2, 5, 3).astype("float32")
    suppress = keras_hub.layers.NonMaxSuppression("xyxy", from_logits=False, max_detections=5)
    corner = np.random.RandomState(1).rand(1, 10, 2) * 50
    boxes = np.concatenate([corner, corner + 20], -1).astype("float32")
    scores = np.random.RandomState(2).rand(1, 10, 2).astype("float32")
    return anchors(data(1, 32, 32, 3)), matcher(similarity), suppress(boxes, scores)


# -- preprocessing ---------------------------------------------------------------------------------------------------


@case
def word_piece_tokenizer() -> Any:
    tokenizer = keras_hub.tokenizers.WordPieceTokenizer(vocabulary=VOCABULARY, sequence_length=8, lowercase=True)
    numbers = tokenizer(TEXTS)
    return numbers, tokenizer.detokenize(numbers), tokenizer.vocabulary_size(), tokenizer.id_to_token(8)


@case
def byte_pair_tokenizer() -> Any:
    vocabulary = {"<|endoftext|>": 0, "a": 1, "b": 2, "c": 3, "ab": 4, "abc": 5, "Ġ": 6, "Ġa": 7, "Ġab": 8}
    merges = ["a b", "ab c", "Ġ a", "Ġa b"]
    tokenizer = keras_hub.tokenizers.BytePairTokenizer(vocabulary=vocabulary, merges=merges)
    return (
        tokenizer("abc ab a"),
        tokenizer.detokenize([5, 8, 7]),
        tokenizer.token_to_id("abc"),
        tokenizer.get_vocabulary(),
    )


@case
def byte_and_unicode_tokenizers() -> Any:
    byte = keras_hub.tokenizers.ByteTokenizer(sequence_length=8)
    unicode = keras_hub.tokenizers.UnicodeCodepointTokenizer(sequence_length=8)
    return byte(["hello", "übung"]), unicode(["hello", "übung"]), byte.vocabulary_size(), unicode.detokenize([104, 105])


@case
def packers_and_masks() -> Any:
    packer = keras_hub.layers.StartEndPacker(7, start_value=1, end_value=2, pad_value=0, return_padding_mask=True)
    pairs = keras_hub.layers.MultiSegmentPacker(sequence_length=10, start_value=1, end_value=2)
    masks = keras_hub.layers.MaskedLMMaskGenerator(
        vocabulary_size=20,
        mask_selection_rate=1.0,
        mask_token_id=4,
        mask_selection_length=3,
        mask_token_rate=1.0,
        random_token_rate=0.0,
    )
    return packer([[5, 6, 7], [8, 9]]), pairs(([5, 6, 7], [8, 9])), masks(ids(2, 3, below=20, start=5))


@case
def image_converter() -> Any:
    converter = keras_hub.layers.ImageConverter(
        image_size=(8, 8), scale=1 / 255, offset=-0.5, crop_to_aspect_ratio=True
    )
    return converter(ids(2, 12, 16, 3, below=256).astype("float32")), converter.get_config()["image_size"]


# -- samplers --------------------------------------------------------------------------------------------------------


def sampled(sampler: Any) -> Any:
    table = data(20, 20, seed=3)

    def step(prompt: Any, cache: Any, index: Any) -> Any:
        last = prompt[:, index - 1]
        logits = ops.take(ops.convert_to_tensor(table), last, axis=0)
        return logits, ops.take(ops.convert_to_tensor(data(20, 4)), last, axis=0), cache

    prompt = np.zeros((2, 8), "int32")
    prompt[:, :2] = [[3, 4], [5, 6]]
    mask = np.zeros((2, 8), "bool")
    mask[:, :2] = True
    return sampler(
        next=step, prompt=ops.convert_to_tensor(prompt), cache=ops.zeros((2, 1)), index=2,
        mask=ops.convert_to_tensor(mask), stop_token_ids=[19], hidden_states=ops.zeros((2, 8, 4)),
    )  # fmt: skip


@case
def greedy_sampler() -> Any:
    return sampled(keras_hub.samplers.GreedySampler())


@case
def beam_sampler() -> Any:
    return sampled(keras_hub.samplers.BeamSampler(num_beams=3))


@case
def random_samplers_of_one_choice() -> Any:
    """Their draws differ between the two; with one choice left they have none."""
    return [
        sampled(keras_hub.samplers.TopKSampler(k=1)),
        sampled(keras_hub.samplers.TopPSampler(p=1e-6)),
        sampled(keras_hub.samplers.RandomSampler(temperature=1e-4)),
    ]


@case
def samplers_by_name() -> Any:
    get = keras_hub.samplers.get
    names = [type(get(name)).__name__ for name in ("greedy", "beam", "top_k", "top_p", "random", "contrastive")]
    return names, keras_hub.samplers.serialize(get("top_k")), raised(get, "unknown")


@case
def metrics() -> Any:
    perplexity = keras_hub.metrics.Perplexity(from_logits=True, mask_token_id=0)
    perplexity.update_state(ids(2, 6, below=20), data(2, 6, 20))
    return perplexity.result(), perplexity.get_config()["from_logits"]


# -- backbones of texts ----------------------------------------------------------------------------------------------


@case
def bert_backbone() -> Any:
    inputs = {**tokens(), "segment_ids": ids(2, 6, below=2)}
    return backbone(keras_hub.models.BertBackbone, inputs, vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def gpt2_backbone() -> Any:
    return backbone(keras_hub.models.GPT2Backbone, tokens(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def llama_backbone() -> Any:
    return backbone(keras_hub.models.LlamaBackbone, tokens(), vocabulary_size=20, num_layers=2, num_query_heads=4,
                    num_key_value_heads=2, hidden_dim=16, intermediate_dim=32)  # fmt: skip


@case
def gemma_backbone() -> Any:
    return backbone(keras_hub.models.GemmaBackbone, tokens(), vocabulary_size=20, num_layers=2, num_query_heads=2,
                    num_key_value_heads=1, hidden_dim=16, intermediate_dim=32, head_dim=8)  # fmt: skip


@case
def gemma3_backbone() -> Any:
    return backbone(keras_hub.models.Gemma3Backbone, tokens(), vocabulary_size=20, image_size=16, num_layers=2,
                    num_query_heads=2, num_key_value_heads=1, hidden_dim=16, intermediate_dim=32,
                    head_dim=8)  # fmt: skip


@case
def mistral_backbone() -> Any:
    return backbone(keras_hub.models.MistralBackbone, tokens(), vocabulary_size=20, num_layers=2, num_query_heads=4,
                    num_key_value_heads=2, hidden_dim=16, intermediate_dim=32, sliding_window=3)  # fmt: skip


@case
def bloom_backbone() -> Any:
    return backbone(keras_hub.models.BloomBackbone, tokens(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16)  # fmt: skip


@case
def opt_backbone() -> Any:
    return backbone(keras_hub.models.OPTBackbone, tokens(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def gpt_neo_x_backbone() -> Any:
    return backbone(keras_hub.models.GPTNeoXBackbone, tokens(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=16, intermediate_dim=32)  # fmt: skip


@case
def falcon_backbone() -> Any:
    return backbone(keras_hub.models.FalconBackbone, tokens(), vocabulary_size=20, num_layers=2, num_attention_heads=2,
                    hidden_dim=16, intermediate_dim=32)  # fmt: skip


@case
def phi3_backbone() -> Any:
    return backbone(keras_hub.models.Phi3Backbone, tokens(), vocabulary_size=20, num_layers=2, num_query_heads=4,
                    num_key_value_heads=2, hidden_dim=16, intermediate_dim=32)  # fmt: skip


@case
def qwen_backbone() -> Any:
    return backbone(keras_hub.models.QwenBackbone, tokens(), vocabulary_size=20, num_layers=2, num_query_heads=4,
                    num_key_value_heads=2, hidden_dim=16, intermediate_dim=32)  # fmt: skip


@case
def albert_backbone() -> Any:
    inputs = {**tokens(), "segment_ids": ids(2, 6, below=2)}
    return backbone(keras_hub.models.AlbertBackbone, inputs, vocabulary_size=20, num_layers=2, num_heads=2,
                    embedding_dim=4, hidden_dim=8, intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def roberta_backbone() -> Any:
    return backbone(keras_hub.models.RobertaBackbone, tokens(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def deberta_v3_backbone() -> Any:
    return backbone(keras_hub.models.DebertaV3Backbone, tokens(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16, max_sequence_length=10, bucket_size=4)  # fmt: skip


@case
def distil_bert_backbone() -> Any:
    return backbone(keras_hub.models.DistilBertBackbone, tokens(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def electra_backbone() -> Any:
    inputs = {**tokens(), "segment_ids": ids(2, 6, below=2)}
    return backbone(keras_hub.models.ElectraBackbone, inputs, vocab_size=20, num_layers=2, num_heads=2, hidden_dim=8,
                    embedding_dim=4, intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def f_net_backbone() -> Any:
    inputs = {"token_ids": ids(2, 6, below=20), "segment_ids": ids(2, 6, below=4)}
    return backbone(keras_hub.models.FNetBackbone, inputs, vocabulary_size=20, num_layers=2, hidden_dim=8,
                    intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def xlnet_backbone() -> Any:
    inputs = {**tokens(), "segment_ids": ids(2, 6, below=2)}
    return backbone(keras_hub.models.XLNetBackbone, inputs, vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16)  # fmt: skip


@case
def esm_backbone() -> Any:
    return backbone(keras_hub.models.ESMBackbone, {"token_ids": ids(2, 6, below=20)}, vocabulary_size=20, num_layers=2,
                    num_heads=2, hidden_dim=8, intermediate_dim=16)  # fmt: skip


def both_sides() -> dict[str, np.ndarray]:
    found = {f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in tokens().items()}
    return found


@case
def t5_backbone() -> Any:
    return backbone(keras_hub.models.T5Backbone, both_sides(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16)  # fmt: skip


@case
def bart_backbone() -> Any:
    return backbone(keras_hub.models.BartBackbone, both_sides(), vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16, max_sequence_length=10)  # fmt: skip


@case
def whisper_backbone() -> Any:
    inputs = {
        "encoder_features": data(2, 8, 6),
        "decoder_token_ids": ids(2, 6, below=20),
        "decoder_padding_mask": PADDING,
    }
    return backbone(keras_hub.models.WhisperBackbone, inputs, vocabulary_size=20, num_layers=2, num_heads=2,
                    hidden_dim=8, intermediate_dim=16, num_mels=6, max_encoder_sequence_length=8,
                    max_decoder_sequence_length=6)  # fmt: skip


# -- backbones of images ---------------------------------------------------------------------------------------------


@case
def vit_backbone() -> Any:
    return backbone(keras_hub.models.ViTBackbone, data(2, 16, 16, 3), image_shape=(16, 16, 3), patch_size=(4, 4),
                    num_layers=2, num_heads=2, hidden_dim=8, mlp_dim=16)  # fmt: skip


@case
def resnet_backbone() -> Any:
    return backbone(keras_hub.models.ResNetBackbone, data(2, 32, 32, 3), input_conv_filters=[64],
                    input_conv_kernel_sizes=[7], stackwise_num_filters=[64, 64], stackwise_num_blocks=[2, 2],
                    stackwise_num_strides=[1, 2], block_type="basic_block", image_shape=(32, 32, 3))  # fmt: skip


@case
def densenet_backbone() -> Any:
    return backbone(keras_hub.models.DenseNetBackbone, data(2, 32, 32, 3), stackwise_num_repeats=[2, 2], growth_rate=4,
                    image_shape=(32, 32, 3))  # fmt: skip


@case
def vgg_backbone() -> Any:
    return backbone(keras_hub.models.VGGBackbone, data(2, 32, 32, 3), stackwise_num_repeats=[1, 2],
                    stackwise_num_filters=[4, 8], image_shape=(32, 32, 3))  # fmt: skip


@case
def mit_backbone() -> Any:
    return backbone(keras_hub.models.MiTBackbone, data(2, 32, 32, 3), layerwise_depths=[1, 1], num_layers=2,
                    layerwise_num_heads=[1, 2], layerwise_sr_ratios=[4, 2], max_drop_path_rate=0.1,
                    layerwise_patch_sizes=[7, 3], layerwise_strides=[4, 2], hidden_dims=[8, 16],
                    image_shape=(32, 32, 3))  # fmt: skip


@case
def cspnet_backbone() -> Any:
    return backbone(keras_hub.models.CSPNetBackbone, data(2, 32, 32, 3), stem_filters=8, stem_kernel_size=3,
                    stem_strides=1, stackwise_depth=[1, 2], stackwise_strides=[2, 2], stackwise_num_filters=[8, 16],
                    block_type="dark_block", stage_type="csp", bottle_ratio=[0.5, 1.0], block_ratio=[1.0, 0.5],
                    expand_ratio=[2.0, 1.0],
                    image_shape=(32, 32, 3))  # fmt: skip


@case
def xception_backbone() -> Any:
    return backbone(keras_hub.models.XceptionBackbone, data(2, 32, 32, 3), stackwise_conv_filters=[[8, 8], [8, 16]],
                    stackwise_pooling=[True, False], image_shape=(32, 32, 3))  # fmt: skip


@case
def dinov2_backbone() -> Any:
    return backbone(keras_hub.models.DINOV2Backbone, data(2, 28, 28, 3), patch_size=14, num_layers=2, hidden_dim=16,
                    num_heads=2, intermediate_dim=32, image_shape=(28, 28, 3),
                    position_embedding_shape=(28, 28, 3))  # fmt: skip


@case
def swin_backbone() -> Any:
    return backbone(keras_hub.models.SwinTransformerBackbone, data(2, 32, 32, 3), image_shape=(32, 32, 3), embed_dim=8,
                    depths=[2, 2], num_heads=[2, 2], window_size=4)  # fmt: skip


# -- tasks -----------------------------------------------------------------------------------------------------------


def small_bert(**options: Any) -> Any:
    return keras_hub.models.BertBackbone(len(VOCABULARY), 1, 2, 8, 16, dropout=0.0, max_sequence_length=8, **options)


def small_gpt2() -> Any:
    return keras_hub.models.GPT2Backbone(20, 2, 2, 8, 16, dropout=0.0, max_sequence_length=12)


@case
def bert_text_classifier_trains_on_texts() -> Any:
    tokenizer = keras_hub.models.BertTokenizer(vocabulary=VOCABULARY)
    preprocessor = keras_hub.models.BertTextClassifierPreprocessor(tokenizer, sequence_length=8)
    model = keras_hub.models.BertTextClassifier(
        backbone=small_bert(), num_classes=2, preprocessor=preprocessor, dropout=0.0
    )
    filled(model)
    before = model.predict(TEXTS, verbose=0)
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(TEXTS, np.array([0, 1]), batch_size=2, epochs=3, shuffle=False, verbose=0)
    return before, history.history, model.predict(TEXTS, verbose=0), preprocessor(TEXTS)


@case
def bert_masked_lm() -> Any:
    model = keras_hub.models.BertMaskedLM(backbone=small_bert(), preprocessor=None)
    filled(model)
    inputs = {
        "token_ids": ids(2, 8, below=12), "padding_mask": np.ones((2, 8), "int32"),
        "segment_ids": np.zeros((2, 8), "int32"), "mask_positions": ids(2, 2, below=8),
    }  # fmt: skip
    model.compile(
        optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    history = model.fit(inputs, ids(2, 2, below=12), sample_weight=np.ones((2, 2)), epochs=2, verbose=0, shuffle=False)
    return history.history, model.predict(inputs, verbose=0)


def causal_lm() -> Any:
    return filled(keras_hub.models.GPT2CausalLM(backbone=small_gpt2(), preprocessor=None), 0.5)


PROMPT = {
    "token_ids": np.array([[3, 4, 5] + [0] * 7, [6, 7, 8] + [0] * 7], "int32"),
    "padding_mask": np.array([[1] * 3 + [0] * 7] * 2, "int32"),
}


@case
def gpt2_generates() -> Any:
    model = causal_lm()
    model.compile(sampler="greedy")
    greedy = model.generate(PROMPT, stop_token_ids=None)
    model.compile(sampler=keras_hub.samplers.BeamSampler(num_beams=2))
    beam = model.generate(PROMPT, stop_token_ids=None)
    model.compile(sampler="greedy")
    return greedy, beam, model.generate(PROMPT, stop_token_ids=[1, 2])


@case
def gpt2_trains() -> Any:
    model = causal_lm()
    x = {"token_ids": ids(4, 8, below=20), "padding_mask": np.ones((4, 8), "int32")}
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=["accuracy"], sampler="greedy",
    )  # fmt: skip
    history = model.fit(
        x, ids(4, 8, below=20, seed=1), sample_weight=np.ones((4, 8)), epochs=3, verbose=0, shuffle=False
    )
    return history.history, model.evaluate(x, ids(4, 8, below=20, seed=1), sample_weight=np.ones((4, 8)), verbose=0)


@case
def gpt2_scores() -> Any:
    model = causal_lm()
    return model.score(token_ids=PROMPT["token_ids"], padding_mask=PROMPT["padding_mask"], scoring_mode="logits")


@case
def gpt2_on_texts() -> Any:
    vocabulary = {"<|endoftext|>": 0, "a": 1, "b": 2, "c": 3, "ab": 4, "abc": 5, "Ġ": 6, "Ġa": 7, "Ġab": 8}
    tokenizer = keras_hub.models.GPT2Tokenizer(vocabulary=vocabulary, merges=["a b", "ab c", "Ġ a", "Ġa b"])
    preprocessor = keras_hub.models.GPT2CausalLMPreprocessor(tokenizer, sequence_length=10)
    net = keras_hub.models.GPT2Backbone(9, 1, 2, 8, 16, dropout=0.0, max_sequence_length=12)
    model = filled(keras_hub.models.GPT2CausalLM(backbone=net, preprocessor=preprocessor), 0.5)
    model.compile(sampler="greedy")
    return (
        model.generate("abc ab", max_length=8),
        model.generate(["abc ab", "a"], max_length=8),
        preprocessor(["abc ab"]),
    )


@case
def llama_generates() -> Any:
    net = keras_hub.models.LlamaBackbone(20, 2, 4, 16, 32, 2)
    model = filled(keras_hub.models.LlamaCausalLM(backbone=net, preprocessor=None), 0.4)
    model.compile(sampler="greedy")
    return model.generate(PROMPT, stop_token_ids=None)


@case
def gemma_generates() -> Any:
    net = keras_hub.models.GemmaBackbone(20, 2, 2, 1, 16, 32, 8)
    model = filled(keras_hub.models.GemmaCausalLM(backbone=net, preprocessor=None), 0.4)
    model.compile(sampler="greedy")
    return model.generate(PROMPT, stop_token_ids=None)


@case
def bart_generates() -> Any:
    net = keras_hub.models.BartBackbone(20, 1, 2, 8, 16, dropout=0.0, max_sequence_length=12)
    model = filled(keras_hub.models.BartSeq2SeqLM(backbone=net, preprocessor=None), 0.5)
    model.compile(sampler="greedy")
    inputs = {
        "encoder_token_ids": PROMPT["token_ids"], "encoder_padding_mask": PROMPT["padding_mask"],
        "decoder_token_ids": PROMPT["token_ids"], "decoder_padding_mask": PROMPT["padding_mask"],
    }  # fmt: skip
    return model.generate(inputs, stop_token_ids=None)


@case
def lora() -> Any:
    net = filled(small_gpt2())
    net.enable_lora(2)
    filled(net)
    x = tokens()
    net_outputs = net.predict(x, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adapter.lora.h5"
        net.save_lora_weights(path)
        other = small_gpt2()
        other.load_lora_weights(path)
    kernels = [layer.lora_kernel_a for layer in other._flatten_layers() if getattr(layer, "lora_enabled", False)]
    names = [(v.name, tuple(v.shape)) for v in net.trainable_variables]
    own = [layer.lora_kernel_a for layer in net._flatten_layers() if getattr(layer, "lora_enabled", False)]
    kernels = [float(ops.max(ops.abs(a - b))) for a, b in zip(own, kernels)]
    return net_outputs, names, kernels, raised(net.save_lora_weights, "adapter.h5")


@case
def int8() -> Any:
    net = filled(small_gpt2())
    before = net.predict(tokens(), verbose=0)
    net.quantize("int8")
    after = net.predict(tokens(), verbose=0)
    return before, np.abs(before - after).max() < 0.2, [str(v.dtype) for v in net.weights if "int8" in str(v.dtype)]


@case
def mixed_precision() -> Any:
    net = filled(small_bert(dtype="mixed_bfloat16"))
    outputs = net({"token_ids": ids(1, 4, below=12), "padding_mask": np.ones((1, 4)), "segment_ids": np.zeros((1, 4))})
    return [str(keras.backend.standardize_dtype(y.dtype)) for y in outputs.values()], net.dtype_policy.name


@case
def presets_in_a_folder() -> Any:
    net = filled(small_gpt2())
    with tempfile.TemporaryDirectory() as folder:
        net.save_to_preset(folder)
        files = sorted(path.name for path in Path(folder).iterdir())
        again = keras_hub.models.Backbone.from_preset(folder)
        own = keras_hub.models.GPT2Backbone.from_preset(folder, load_weights=False)
        wrong = raised(keras_hub.models.BertBackbone.from_preset, folder)
    same = np.allclose(net.predict(tokens(), verbose=0), again.predict(tokens(), verbose=0))
    return files, type(again).__name__, same, own.count_params(), wrong


@case
def image_classifier() -> Any:
    net = keras_hub.models.ViTBackbone((16, 16, 3), (4, 4), 1, 2, 8, 16)
    model = filled(keras_hub.models.ViTImageClassifier(backbone=net, num_classes=3, preprocessor=None))
    model.compile(
        optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    x, y = data(4, 16, 16, 3), np.array([0, 1, 2, 1])
    history = model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0)
    return history.history, model.predict(x, verbose=0)


@case
def segmenter() -> Any:
    encoder = keras_hub.models.MiTBackbone([1, 1], 2, [1, 2], [4, 2], 0.0, [7, 3], [4, 2], (32, 32, 3), [8, 16])
    net = keras_hub.models.SegFormerBackbone(image_encoder=encoder, projection_filters=8)
    model = filled(keras_hub.models.SegFormerImageSegmenter(backbone=net, num_classes=3, preprocessor=None))
    return model.predict(data(1, 32, 32, 3), verbose=0)


@case
def summaries_and_clones() -> Any:
    net = filled(small_gpt2())
    lines: list[str] = []
    net.summary(print_fn=lines.append)
    text = "\n".join(lines)
    buffer = io.BytesIO()
    np.savez(buffer, *net.get_weights())
    return (
        [layer.name for layer in net.layers],
        "Total params" in text,
        len(net.get_weights()),
        net.token_embedding.name,
    )


@case
def errors() -> Any:
    return [
        raised(keras_hub.layers.TransformerDecoder(16, 3), data(2, 6, 8)),
        raised(keras_hub.layers.TransformerEncoder, 16),
        raised(small_gpt2(), {"token_ids": ids(2, 6, below=20)}),
        raised(keras_hub.models.GPT2CausalLM(backbone=small_gpt2(), preprocessor=None).generate, "text"),
        raised(keras_hub.layers.StartEndPacker, "seven"),
        raised(keras_hub.models.GPT2Backbone, 20, 2, 3, 8, 16),
        raised(keras_hub.tokenizers.WordPieceTokenizer(vocabulary=VOCABULARY).id_to_token, 99),
    ]
