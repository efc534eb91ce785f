import pytest

from connectors.fields import label_of


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("pipelineStageId", "Pipeline stage"),
        ("pipeline_stage_id", "Pipeline stage"),
        ("id", "ID"),
        ("id_number", "ID number"),
        ("vat_number", "VAT number"),
        ("contact.email", "E-mail"),
    ],
)
def test_label_is_the_name_in_words(name, label):
    assert label_of(name) == label
