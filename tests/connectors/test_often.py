"""What was made of a text is made once, where the text is one that comes again."""

import pytest

from connectors.often import a_name, an_address, remembered


def made(fits):
    calls = []

    @remembered(fits)
    def work(text, more=""):
        """Said."""
        calls.append(text)
        if text == "wrong":
            raise ValueError(text)
        return f"{text}{more}"

    return work, calls


@pytest.mark.parametrize(
    ("fits", "text", "times"),
    [
        (a_name, "x-api-key", 1),
        (a_name, "n" * 80, 2),
        (an_address, "https://service.example/contacts/", 1),
        (an_address, "https://service.example/contacts/?email=ada@example.com", 2),
        (an_address, "https://service.example/" + "a" * 300, 2),
    ],
)
def test_what_comes_again_is_remembered_and_nothing_else(fits, text, times):
    work, calls = made(fits)

    assert [work(text), work(text)] == [text, text]
    assert len(calls) == times


def test_other_arguments_have_an_answer_of_their_own():
    work, _ = made(a_name)

    assert [work("a", "1"), work("a", "2"), work("a")] == ["a1", "a2", "a"]


def test_error_is_raised_each_time():
    work, calls = made(a_name)

    for _ in range(2):
        with pytest.raises(ValueError, match="wrong"):
            work("wrong")
    assert calls == ["wrong", "wrong"]
    assert work.__doc__ == "Said."
