"""Preprocessing of texts, images and sequences."""

from torchkeras_compat.dialects.names.row import Name

ROWS: tuple[Name, ...] = (
    Name("preprocessing.text.Tokenizer", "legacy.preprocessing.text.tokenizer.Tokenizer", "1.0-2.15"),
    Name(
        "preprocessing.text.tokenizer_from_json",
        "legacy.preprocessing.text.tokenizer_json.tokenizer_from_json",
        "2.3-2.15",
    ),
    Name(
        "preprocessing.text.text_to_word_sequence", "legacy.preprocessing.text.words.text_to_word_sequence", "1.0-2.15"
    ),
    Name("preprocessing.text.base_filter", "legacy.preprocessing.text.words.base_filter", "1.0-1.2"),
    Name("preprocessing.text.hashing_trick", "legacy.preprocessing.text.hashing.hashing_trick", "2.1-2.15"),
    Name("preprocessing.text.one_hot", "legacy.preprocessing.text.hashing.one_hot", "1.0-2.15"),
    Name(
        "preprocessing.sequence.TimeseriesGenerator",
        "legacy.preprocessing.sequence.timeseries_generator.TimeseriesGenerator",
        "2.1-2.15",
    ),
    Name(
        "preprocessing.sequence.timeseries_generator_from_json",
        "legacy.preprocessing.sequence.timeseries_generator.timeseries_generator_from_json",
        "2.3-2.15",
    ),
    Name(
        "preprocessing.sequence.make_sampling_table",
        "legacy.preprocessing.sequence.skipgrams.make_sampling_table",
        "1.0-2.15",
    ),
    Name("preprocessing.sequence.skipgrams", "legacy.preprocessing.sequence.skipgrams.skipgrams", "1.0-2.15"),
    Name("preprocessing.sequence.pad_sequences", "utils.sequences.pad_sequences", "1.0-2.15"),
    Name(
        "preprocessing.image.ImageDataGenerator", "legacy.preprocessing.image.generator.ImageDataGenerator", "1.0-2.15"
    ),
    Name("preprocessing.image.Iterator", "legacy.preprocessing.image.iterator.Iterator", "1.0-2.15"),
    Name(
        "preprocessing.image.NumpyArrayIterator",
        "legacy.preprocessing.image.array_iterator.NumpyArrayIterator",
        "1.0-2.15",
    ),
    Name(
        "preprocessing.image.DirectoryIterator",
        "legacy.preprocessing.image.directory_iterator.DirectoryIterator",
        "1.0-2.15",
    ),
    Name(
        "preprocessing.image.DataFrameIterator",
        "legacy.preprocessing.image.dataframe_iterator.DataFrameIterator",
        "2.2-2.15",
    ),
    Name(
        "preprocessing.image.BatchFromFilesMixin",
        "legacy.preprocessing.image.file_batches.BatchFromFilesMixin",
        "2.3-2.15",
    ),
    Name(
        "preprocessing.image.apply_affine_transform",
        "legacy.preprocessing.image.affine.apply_affine_transform",
        "2.2-2.15",
    ),
    Name("preprocessing.image.apply_transform", "legacy.preprocessing.image.affine.apply_transform", "1.0-2.1"),
    Name(
        "preprocessing.image.transform_matrix_offset_center",
        "legacy.preprocessing.image.affine.transform_matrix_offset_center",
        "1.0-2.15",
    ),
    Name(
        "preprocessing.image.apply_brightness_shift",
        "legacy.preprocessing.image.colors.apply_brightness_shift",
        "2.2-2.15",
    ),
    Name(
        "preprocessing.image.apply_channel_shift", "legacy.preprocessing.image.colors.apply_channel_shift", "2.2-2.15"
    ),
    Name("preprocessing.image.random_brightness", "legacy.preprocessing.image.colors.random_brightness", "2.1-2.15"),
    Name(
        "preprocessing.image.random_channel_shift", "legacy.preprocessing.image.colors.random_channel_shift", "1.0-2.15"
    ),
    Name("preprocessing.image.flip_axis", "legacy.preprocessing.image.random_geometry.flip_axis", "1.0-2.15"),
    Name(
        "preprocessing.image.random_rotation", "legacy.preprocessing.image.random_geometry.random_rotation", "1.0-2.15"
    ),
    Name("preprocessing.image.random_shift", "legacy.preprocessing.image.random_geometry.random_shift", "1.0-2.15"),
    Name("preprocessing.image.random_shear", "legacy.preprocessing.image.random_geometry.random_shear", "1.0-2.15"),
    Name("preprocessing.image.random_zoom", "legacy.preprocessing.image.random_geometry.random_zoom", "1.0-2.15"),
    Name("preprocessing.image.load_img", "legacy.preprocessing.image.files.load_img", "1.0-2.15"),
    Name("preprocessing.image.img_to_array", "legacy.preprocessing.image.files.img_to_array", "1.0-2.15"),
    Name("preprocessing.image.array_to_img", "legacy.preprocessing.image.files.array_to_img", "1.0-2.15"),
    Name("preprocessing.image.save_img", "legacy.preprocessing.image.files.save_img", "2.2-2.15"),
    Name("preprocessing.image.list_pictures", "legacy.preprocessing.image.files.list_pictures", "1.0-2.15"),
)
