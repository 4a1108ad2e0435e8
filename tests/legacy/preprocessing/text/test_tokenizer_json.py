from __future__ import annotations

import json

import pytest

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.legacy.preprocessing.text.tokenizer import Tokenizer
from torchkeras_compat.legacy.preprocessing.text.tokenizer_json import tokenizer_from_json

# What tf.keras 2.15.1 writes.
OF_KERAS = (
    r'{"class_name": "Tokenizer", "config": {"num_words": 5, "filters": "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n", '
    r'"lower": true, "split": " ", "char_level": false, "oov_token": "<oov>", "document_count": 3, "word_counts": '
    r'"{\"the\": 3, \"dog\": 3}", "word_docs": "{\"the\": 2, \"dog\": 2}", "index_docs": "{\"2\": 2, \"3\": 2}", '
    r'"index_word": "{\"1\": \"<oov>\", \"2\": \"the\", \"3\": \"dog\"}", "word_index": "{\"<oov>\": 1, \"the\": 2, '
    r'\"dog\": 3}"}}'
)


def test_what_keras_writes_is_read():
    tokenizer = tokenizer_from_json(OF_KERAS)
    assert tokenizer.texts_to_sequences(["The dog ran"]) == [[2, 3, 1]]
    assert tokenizer.index_docs == {2: 2, 3: 2} and tokenizer.document_count == 3 and tokenizer.num_words == 5
    assert json.loads(tokenizer.to_json()) == json.loads(OF_KERAS)


def test_a_fitted_tokenizer_comes_back_and_may_be_fitted_again():
    tokenizer = Tokenizer(char_level=True, lower=False, oov_token="?")
    tokenizer.fit_on_texts(["Ab", "äA"])
    copy = tokenizer_from_json(tokenizer.to_json(indent=2))
    assert copy.get_config() == tokenizer.get_config()
    copy.fit_on_texts(["b"])
    assert copy.word_counts == {"A": 2, "b": 2, "ä": 1}


def changed(**settings):
    content = json.loads(OF_KERAS)
    content["config"].update(settings)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "no 'config'"),
        ('{"config": 3}', "no 'config'"),
        (changed(analyzer="os.system"), "analyzer"),
        (changed(num_words="5"), "num_words"),
        (changed(lower=1), "lower"),
        (changed(filters=None), "filters"),
        (changed(document_count=-1), "document_count"),
        (changed(oov_token=["a"]), "oov_token"),
        (changed(word_index="[1]"), "word_index"),
        (changed(word_index={"a": 1}), "word_index"),
        (changed(word_index='{"a": "b"}'), "word_index"),
        (changed(index_word='{"x": "a"}'), "index_word"),
        (changed(index_word='{"1": 2}'), "index_word"),
        (changed(word_counts='{"a": true}'), "word_counts"),
        (changed(index_docs='{"' + "9" * 9999 + '": 1}'), "index_docs"),
    ],
)
def test_hostile_json_is_refused(text, words):
    with pytest.raises(FileContentError, match=words):
        tokenizer_from_json(text)


def test_sizes_are_bounded():
    with pytest.raises(FileLimitError, match="nested"):
        tokenizer_from_json('{"config": ' + "[" * 100_000 + "]" * 100_000 + "}")
    tokenizer = tokenizer_from_json(changed(num_words=10**12, document_count=10**12))
    assert tokenizer.texts_to_sequences(["dog"]) == [[3]]
    with pytest.raises(MemoryError):
        tokenizer.texts_to_matrix(["dog"] * 10_000)
