import pytest
from hypothesis import given

from builder.recipe import tree
from builder.recipe.tree import TreeError
from tests.recipe.make import counting, make_group, make_paths, make_step, make_tree
from tests.recipe.strategies import trees


def ids(recipe):
    return [row.step["id"] for row in tree.steps(recipe)]


def test_parse_writes_out_defaults():
    recipe = tree.parse('{"steps": [{"id": "saaaaa", "kind": "stop"}]}')

    assert recipe == {
        "format": 1,
        "trigger": {"id": "trigger", "operation": "", "connection": "", "inputs": {}, "name": "", "note": ""},
        "steps": [
            {
                "id": "saaaaa",
                "kind": "stop",
                "name": "",
                "note": "",
                "skip": False,
                "options": {},
                "message": "",
                "outcome": "done",
            }
        ],
    }


def test_parse_keeps_numbers_as_text():
    recipe = tree.parse('{"steps": [{"id": "saaaaa", "kind": "action", "inputs": {"a": 12.50, "b": 3, "c": true}}]}')

    assert recipe["steps"][0]["inputs"] == {"a": "12.50", "b": "3", "c": True}


def test_parse_shares_nothing_with_its_source():
    source = {"steps": [make_step(inputs={"tags": ["a"]})]}
    recipe = tree.parse(source)

    source["steps"][0]["inputs"]["tags"].append("b")

    assert recipe["steps"][0]["inputs"] == {"tags": ["a"]}


@given(trees())
def test_parse_and_dump_are_inverse(source):
    recipe = tree.parse(source)

    assert tree.parse(tree.dump(recipe)) == recipe


BAD = [
    ({"format": 2}, "", "format 2"),
    ({"extra": 1}, "", "unknown part: “extra”"),
    ({"steps": {}}, "", "must be a list, not an object"),
    ({"steps": [{"id": "x", "kind": "stop"}]}, "", "has the id 'x'"),
    ({"steps": [{"id": "s1234\n", "kind": "stop"}]}, "", "has the id"),
    ({"steps": [make_step(kind="loop")]}, "saaaaa", "of kind 'loop'"),
    ({"steps": [make_step(kind="stop", operation="x")]}, "saaaaa", "unknown part: “operation”"),
    ({"steps": [make_step(inputs=[])]}, "saaaaa", "“inputs” must be an object"),
    ({"steps": [make_step(inputs={"a": "\0"})]}, "saaaaa", "can't be stored"),
    ({"steps": [make_step(inputs={"a": "\ud800"})]}, "saaaaa", "can't be stored"),
    ({"steps": [make_step(skip="yes")]}, "saaaaa", "true or false"),
    ({"steps": [make_step(options={"on_error": "shrug"})]}, "saaaaa", "must be one of hold, go_on, stop"),
    ({"steps": [make_step(kind="each", batch=0)]}, "saaaaa", "from 1 to 1000"),
    ({"steps": [make_step(kind="wait", mode="never")]}, "saaaaa", "for, until, event"),
    ({"steps": [make_step(kind="only_if", conditions={"match": "some"})]}, "saaaaa", "all, any"),
    ({"steps": [make_step(kind="paths", paths=[{"id": "../x"}])]}, "saaaaa", "A path has the id"),
    ({"steps": [make_step(), make_step()]}, "saaaaa", "used twice"),
    ({"steps": [make_step(f"s{i:05}") for i in range(501)]}, "", "more than 500 steps"),
    ({"steps": [make_step(inputs={"a": "x" * 600_000})]}, "", "larger than 512 KB"),
    ("[1", "", "isn't readable JSON"),
    ("[" * 100_000, "", "isn't readable JSON"),
    ("[]", "", "must be an object, not a list"),
]


@pytest.mark.parametrize(("source", "step_id", "words"), BAD, ids=[words for _, _, words in BAD])
def test_parse_refuses_and_names_the_step(source, step_id, words):
    with pytest.raises(TreeError) as caught:
        tree.parse(source)

    assert (caught.value.step_id, words in caught.value.message) == (step_id, True), caught.value.message


def test_parse_refuses_the_eleventh_level():
    step = make_step("s99999", "stop")
    for number in range(10):
        step = make_step(f"s{number:05}", "each", steps=[step])

    with pytest.raises(TreeError, match="nested too deep; the limit is 10 levels"):
        tree.parse({"steps": [step]})


def test_parse_refuses_deep_conditions_and_values():
    group, value = make_group(), "x"
    for _ in range(5):
        group = {"match": "any", "rules": [group]}
    for _ in range(20):
        value = [value]

    with pytest.raises(TreeError, match="Groups of conditions are nested too deep"):
        tree.parse({"steps": [make_step(kind="only_if", conditions=group)]})
    with pytest.raises(TreeError, match="“a” is nested too deep"):
        tree.parse({"steps": [make_step(inputs={"a": value})]})


def test_new_id_uses_the_given_randomness():
    assert tree.new_id(counting()) == "sabcde"
    assert tree.new_path_id(counting()) == "pabcde"


def test_steps_come_in_reading_order():
    recipe = make_tree(
        make_paths("saaaaa", [make_step("sbbbbb")], [make_step("sccccc")], otherwise=[make_step("sddddd")]),
        make_step("seeeee", "each", list="x", steps=[make_step("sfffff")]),
        make_step("sggggg"),
    )

    rows = [(row.number, row.step["id"], row.depth, row.parents) for row in tree.steps(recipe)]

    assert rows == [
        ("2", "saaaaa", 0, ()),
        ("3", "sbbbbb", 1, ("paaaaa0",)),
        ("4", "sccccc", 1, ("paaaaa1",)),
        ("5", "sddddd", 1, ("saaaaa-otherwise",)),
        ("6", "seeeee", 0, ()),
        ("7", "sfffff", 1, ("seeeee-each",)),
        ("8", "sggggg", 0, ()),
    ]


def test_find_knows_steps_and_trigger():
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]))

    assert tree.find(recipe, "sbbbbb")["id"] == "sbbbbb"
    assert tree.find(recipe, "trigger")["operation"] == "ghl.opportunity.won"
    assert tree.find(recipe, "szzzzz") is None


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, ["snew00", "saaaaa", "sbbbbb", "sccccc"]),
        ({"after": "trigger"}, ["snew00", "saaaaa", "sbbbbb", "sccccc"]),
        ({"after": "saaaaa"}, ["saaaaa", "sbbbbb", "snew00", "sccccc"]),
        ({"after": "sbbbbb"}, ["saaaaa", "sbbbbb", "snew00", "sccccc"]),
        ({"path": "paaaaa0"}, ["saaaaa", "snew00", "sbbbbb", "sccccc"]),
        ({"path": "saaaaa-otherwise"}, ["saaaaa", "sbbbbb", "snew00", "sccccc"]),
    ],
)
def test_insert_puts_a_step_in_its_place(where, expected):
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]), make_step("sccccc"))

    edited = tree.insert(recipe, make_step("snew00"), **where)

    assert ids(edited) == expected
    assert ids(recipe) == ["saaaaa", "sbbbbb", "sccccc"]


def test_insert_after_a_step_in_a_path_stays_in_the_path():
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]))

    edited = tree.insert(recipe, make_step("snew00"), after="sbbbbb")

    assert [step["id"] for step in edited["steps"][0]["paths"][0]["steps"]] == ["sbbbbb", "snew00"]


def test_insert_refuses_a_place_that_is_gone():
    with pytest.raises(TreeError, match="no longer in the recipe"):
        tree.insert(make_tree(), make_step(), after="szzzzz")


def test_remove_takes_out_what_is_inside_too():
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]), make_step("sccccc"))

    assert ids(tree.remove(recipe, "saaaaa")) == ["sccccc"]


def test_move_takes_a_step_into_a_path():
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]), make_step("sccccc"))

    edited = tree.move(recipe, "sccccc", path="paaaaa0")

    assert ids(edited) == ["saaaaa", "sccccc", "sbbbbb"]


def test_move_after_itself_changes_nothing():
    recipe = make_tree(make_step("saaaaa"), make_step("sbbbbb"))

    assert tree.move(recipe, "saaaaa", after="saaaaa") == recipe


def test_move_refuses_a_step_into_itself():
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]))

    with pytest.raises(TreeError, match="into itself"):
        tree.move(recipe, "saaaaa", after="sbbbbb")


def test_duplicate_gives_new_ids_and_its_pills_follow():
    inner = make_step("sbbbbb", inputs={"id": "{{ saaaaa.item.id }} of {{ sother.id }}"})
    recipe = make_tree(make_step("saaaaa", "each", list="{{ trigger.x }}", steps=[inner]))

    edited = tree.duplicate(recipe, "saaaaa", counting())
    copy = edited["steps"][1]

    assert ids(edited) == ["saaaaa", "sbbbbb", copy["id"], copy["steps"][0]["id"]]
    assert copy["steps"][0]["inputs"] == {"id": f"{{{{ {copy['id']}.item.id }}}} of {{{{ sother.id }}}}"}


def test_renewed_changes_taken_ids_alone_and_what_points_to_them_alone():
    first = make_step("saaaaa", inputs={"note": "saaaaa and {{ trigger.saaaaa_x }}"})
    second = make_step(
        "sbbbbb", inputs={"note": "{{ saaaaa.id | default: sbbbbb.id }} {% if saaaaa.ok %}saaaaa{% endif %}"}
    )

    found = tree.renewed([first, second], counting(), {"saaaaa", "sother"})

    new = found[0]["id"]
    assert [step["id"] for step in found] == [new, "sbbbbb"] and new not in ("saaaaa", "sother")
    assert found[0]["inputs"]["note"] == "saaaaa and {{ trigger.saaaaa_x }}"
    assert (
        found[1]["inputs"]["note"] == f"{{{{ {new}.id | default: sbbbbb.id }}}} {{% if {new}.ok %}}saaaaa{{% endif %}}"
    )


def test_renewed_draws_again_what_is_there_already():
    drawn = iter([*"aaaaa", *"bbbbb", *"ccccc"])
    random = lambda _n: tree.ALPHABET.index(next(drawn))  # noqa: E731 -- a stand-in for randomness

    found = tree.renewed([make_step("saaaaa"), make_step("sbbbbb")], random, {"saaaaa"})

    assert [step["id"] for step in found] == ["sccccc", "sbbbbb"]


def test_chosen_come_in_reading_order_and_none_from_inside_another():
    recipe = make_tree(make_step("saaaaa"), make_paths("sbbbbb", [make_step("sccccc")]), make_step("sddddd"))

    assert [step["id"] for step in tree.chosen(recipe, {"sddddd", "sccccc", "sbbbbb"})] == ["sbbbbb", "sddddd"]


def test_replace_swaps_a_step_and_the_trigger():
    recipe = make_tree(make_step("saaaaa"), make_step("sbbbbb"))

    edited = tree.replace(recipe, "saaaaa", make_step("saaaaa", "stop"))
    edited = tree.replace(edited, "trigger", {"operation": "ghl.contact.tagged"})

    assert [step["kind"] for step in edited["steps"]] == ["stop", "action"]
    assert edited["trigger"]["operation"] == "ghl.contact.tagged"


def test_set_value_changes_one_value():
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb", inputs={"a": "1", "b": "2"})]))

    edited = tree.set_value(recipe, "sbbbbb", ("inputs", "a"), "3")
    edited = tree.set_value(edited, "sbbbbb", ("inputs", "b"), None)
    edited = tree.set_value(edited, "trigger", ("inputs", "pipeline"), "p1")
    edited = tree.set_value(edited, "paaaaa0", ("conditions", "rules", 0, "value"), "9")

    assert tree.find(edited, "sbbbbb")["inputs"] == {"a": "3"}
    assert edited["trigger"]["inputs"] == {"pipeline": "p1"}
    assert edited["steps"][0]["paths"][0]["conditions"]["rules"][0]["value"] == "9"


@pytest.mark.parametrize("keys", [("paths", 9, "name"), ("paths", 0, "steps", "x"), ("name", "a")])
def test_set_value_refuses_what_is_not_there(keys):
    recipe = make_tree(make_paths("saaaaa", [make_step("sbbbbb")]))

    with pytest.raises(TreeError, match="to change"):
        tree.set_value(recipe, "saaaaa", keys, "x")
