from builder.models.columns import storable


def test_text_for_a_column_has_no_nul_and_no_half_characters() -> None:
    assert storable("a\x00b \ud83d c \U0001f600") == "a\ufffdb \ufffd c \U0001f600"
