import pytest

from connectors.fields import label_of
from connectors.notation import outputs


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("pipelineStageId", "Pipeline stage"),
        ("pipeline_stage_id", "Pipeline stage"),
        ("id", "ID"),
        ("id_number", "ID number"),
        ("vat_number", "VAT number"),
        ("contact.email", "E-mail"),
        ("address1", "Address 1"),
        ("tax_name1", "Tax name 1"),
        ("contact.custom.MgobCB14YMVKuE4Ka8p1", "MgobCB14YMVKuE4Ka8p1"),
    ],
)
def test_label_is_the_name_in_words(name, label):
    assert label_of(name) == label


def test_output_says_no_word_twice():
    found = outputs({"product": {"product_key": "Website", "tax_name1": "VAT", "id": "Lk7"}})

    assert [output.label for output in found] == ["Product key", "Product tax name 1", "Product ID"]
