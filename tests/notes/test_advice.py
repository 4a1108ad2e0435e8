"""What to do about errors, and silence where there is nothing to say."""

from __future__ import annotations

import urllib.error

import pytest

from torchkeras_compat.notes.advice import advice


def raised(code: str) -> BaseException:
    with pytest.raises(BaseException) as info:
        exec(code, {})
    return info.value


def test_a_name_gets_the_nearest_one() -> None:
    assert "Did you mean 'Dense'" in advice(raised("Dens"), ["Dense"])


def test_customary_names_lead_to_the_options() -> None:
    assert "--made-up makes data" in advice(raised("x_train"))


def test_a_failed_download_is_about_the_network() -> None:
    try:
        try:
            raise urllib.error.URLError("Name or service not known")
        except OSError as cause:
            raise OSError("could not be downloaded") from cause
    except OSError as error:
        assert "there is no network here" in advice(error)


@pytest.mark.parametrize("code", ["1 / 0", "[1][3]", "raise ValueError('bad')", "None.x"])
def test_there_is_nothing_to_do_that_the_message_does_not_say(code: str) -> None:
    assert advice(raised(code)) == ""


def test_syntax_errors_and_missing_files_have_advice() -> None:
    assert "not Python as it stands" in advice(raised("x = = 1"))
    assert "give a path that exists" in advice(raised("open('gone.txt')"))
