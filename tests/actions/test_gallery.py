"""Templates, held against the catalogue, and drafts made from them."""

import re

import pytest

from builder.actions import gallery, inputs, publishing, template_facts, template_file
from builder.actions.errors import Invalid, NotFound
from builder.recipe import check, values
from builder.recipe import tree as trees
from connectors import catalogue
from tests import make

ALL = [pytest.param(t, id=t.key) for t in gallery.templates()]
ABLE = {"healthy": True, "called": True, "lacks": lambda item, given: []}
FIT = {"ghl1": {"connector": "ghl", **ABLE}, "ninja1": {"connector": "invoice_ninja", **ABLE}}
CHOSEN = {"ghl": "ghl1", "invoice_ninja": "ninja1", "tools": ""}


def sample_answers(template):
    return {q.key: q.default or q.example for q in template.questions}


def steps_of(template, answers):
    tree = gallery.filled(template, answers)
    return tree, [tree["trigger"], *(row.step for row in trees.steps(tree))]


def connected(tree):
    for step in [tree["trigger"], *(row.step for row in trees.steps(tree))]:
        if "connection" in step and step.get("operation"):
            step["connection"] = CHOSEN[step["operation"].split(".")[0]]
    return tree


@pytest.mark.parametrize("template", ALL)
def test_template_says_whom_it_is_for_what_keeps_it_safe_and_what_can_go_wrong(template):
    assert template.group in template_file.GROUPS
    assert template.who.endswith(".")
    assert template.guards
    assert template.troubles
    assert all(line.endswith(".") for line in (*template.guards, *(t.then for t in template.troubles)))
    assert 3 <= len(template.questions) <= 6
    assert all(question.required or question.type != "integer" for question in template.questions)


@pytest.mark.parametrize("template", ALL)
def test_template_is_tried_with_what_does_happen_and_what_may(template):
    tries = [sample.ends for sample in template.samples]

    assert (template.samples[0].requests or template.samples[0].mails) and tries[0] == "done"
    looks = {step.get("operation", "").split(".")[-1] for step in steps_of(template, sample_answers(template))[1]}
    assert len(tries) > 1 or not looks & {"search", "find_or_create", "look_up"}


@pytest.mark.parametrize("template", ALL)
def test_answers_of_a_sample_are_to_questions_of_the_template(template):
    for sample in template.samples:
        assert set(sample.answers or {}) <= {q.key for q in template.questions}


def test_facts_of_a_template_follow_from_its_steps():
    template = gallery.template("won-deal-to-draft-invoice")
    tree = gallery.shown(template)

    assert template_facts.permissions(template, tree) == {
        "ghl": ["contacts.write", "opportunities.readonly"],
        "invoice_ninja": [],
    }
    assert [(one.app, one.does) for one in template_facts.touched(tree)] == [
        ("invoice_ninja", "Find or create a client"),
        ("invoice_ninja", "Create an invoice"),
        ("ghl", "Add a note to a contact"),
    ]
    assert template_facts.touched(tree)[2].fields == ("Note",)
    assert [badge.key for badge in template_facts.badges(tree)] == ["money", "both"]


def test_template_that_can_mail_bears_the_badge():
    tree = gallery.shown(gallery.template("proposal-stage-to-quote"))

    assert [badge.key for badge in template_facts.badges(tree)] == ["email", "money", "both"]


@pytest.mark.parametrize("template", ALL)
def test_template_with_sample_answers_has_no_problem(template):
    tree, _steps = steps_of(template, sample_answers(template))

    assert check.problems(connected(tree), inputs.known, connections=FIT) == []


@pytest.mark.parametrize("template", ALL)
def test_template_with_the_least_answers_has_no_problem(template):
    answers = {q.key: (q.default or q.example) if q.required else "" for q in template.questions}

    tree, _steps = steps_of(template, answers)

    assert check.problems(connected(tree), inputs.known, connections=FIT) == []


@pytest.mark.parametrize("template", ALL)
def test_inputs_and_pills_of_a_template_are_declared(template):
    _tree, steps = steps_of(template, sample_answers(template))
    gives = {step["id"]: inputs.known(step["operation"]).outputs for step in steps if step.get("operation")}

    picked = {step["id"] for step in steps if step.get("operation") == "tools.list.pick"}

    for step in steps:
        for name, value in step.get("inputs", {}).items():
            inputs.check(step, name, [], value)
        for step_id, path in values.refs(step.get("inputs", {})):
            if step_id in gives and not (path.startswith("item.") and step_id in picked):
                assert path in {o.path for o in gives[step_id]}, f"{template.key}: {step_id}.{path}"


@pytest.mark.parametrize("template", ALL)
def test_template_names_its_apps_questions_and_live_lists(template):
    slots = set(re.findall(template_file.SLOT, str(template.tree))) | set(
        re.findall(r"'when': '(\w+)'", str(template.tree))
    )

    assert slots == {q.key for q in template.questions}
    assert set(template.apps) == set(portable_apps(template)) - {"tools"}
    for question in template.questions:
        if question.source:
            home, _, name = question.source.partition(".")
            assert name in catalogue.connector(home).choices
    assert template.sentence
    assert template.summary.endswith(".")


def portable_apps(template):
    _tree, steps = steps_of(template, sample_answers(template))
    return [step["operation"].split(".")[0] for step in steps if step.get("operation")]


@pytest.mark.parametrize("template", ALL)
def test_only_numbers_stand_inside_pills(template):
    inside = re.findall(r"\{\{[^}]*?(?<!\{)\{([a-z_]+)\}", str(template.tree))

    assert {template.question(key).type for key in inside} <= {"integer", "money"}


def test_search_finds_by_word_and_app():
    assert [t.key for t in gallery.search("highlevel set-up fee")] == ["client-onboarding"]
    assert gallery.search("teleport") == []


@pytest.mark.django_db
@pytest.mark.parametrize("template", ALL)
def test_started_draft_is_ready_to_publish(template, owner, inside, settings):
    settings.PUBLIC_URL = "https://recipes.example.com"
    make.make_connection(workspace=owner.workspace, connector="ghl", method="app")
    make.make_connection(workspace=owner.workspace)

    recipe = gallery.start(owner, template.key, sample_answers(template))

    assert recipe.template == template.key
    assert publishing.problems(recipe) == []


@pytest.mark.django_db
def test_several_connections_have_to_be_chosen_from(owner, inside):
    first = make.make_connection(workspace=owner.workspace, connector="ghl")
    make.make_connection(workspace=owner.workspace, connector="ghl", name="Second")

    with pytest.raises(Invalid) as asked:
        gallery.start(owner, "contact-tag-to-client", {"tag": "customer"})
    recipe = gallery.start(owner, "contact-tag-to-client", {"tag": "customer", "connection_ghl": first.public_id})

    assert set(asked.value.errors) == {"connection_ghl"}
    assert recipe.draft["trigger"]["connection"] == first.public_id


@pytest.mark.django_db
def test_connection_of_a_stranger_is_refused(owner, inside):
    foreign = make.make_connection(connector="ghl")

    with pytest.raises(Invalid) as refused:
        gallery.start(owner, "contact-tag-to-client", {"tag": "x", "connection_ghl": foreign.public_id})

    assert set(refused.value.errors) == {"connection_ghl"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"minimum": "a lot"}, {"minimum"}),
        ({"minimum": ""}, {"minimum"}),
        ({"due_days": "14 }} {{ x"}, {"due_days"}),
        ({"due_days": "2.5"}, {"due_days"}),
        ({"product": "{{ trigger.secret }}"}, {"product"}),
        ({"product": "x" * 3000}, {"product"}),
        ({"note": "perhaps"}, {"note"}),
    ],
)
def test_wrong_answers_are_named(owner, inside, answers, wrong):
    with pytest.raises(Invalid) as refused:
        gallery.start(owner, "won-deal-to-draft-invoice", answers)

    assert set(refused.value.errors) == wrong


@pytest.mark.django_db
def test_answers_go_where_they_belong(owner, inside):
    answers = {"pipeline": "pipe1", "minimum": "1.500,00", "due_days": "30", "note": "false"}

    recipe = gallery.start(owner, "won-deal-to-draft-invoice", answers, name="Big deals")

    steps = {row.step["id"]: row.step for row in trees.steps(recipe.draft)}
    assert recipe.name == "Big deals"
    assert recipe.draft["trigger"]["inputs"]["pipeline"] == "pipe1"
    assert steps["sworth"]["conditions"]["rules"][0]["value"] == "1500.00"
    assert steps["sdraft"]["inputs"]["due_date"] == "{{ today | plus_days: 30 }}"
    assert "snoted" not in steps


def test_unknown_template_is_not_found():
    with pytest.raises(NotFound):
        gallery.template("nope")


@pytest.mark.django_db
@pytest.mark.parametrize("lines", ["bakery", "bakery =", "= 0003", "a = 1\n\nb"])
def test_table_whose_line_has_no_two_sides_is_refused(owner, inside, lines):
    with pytest.raises(Invalid) as refused:
        gallery.start(owner, "social-tags-to-clients", {"clients": lines})

    assert "Write each line like" in refused.value.errors["clients"][0]


@pytest.mark.django_db
def test_table_with_too_many_lines_is_refused(owner, inside):
    with pytest.raises(Invalid) as refused:
        gallery.start(owner, "social-tags-to-clients", {"clients": "a=1\n" * 201})

    assert refused.value.errors == {"clients": ["These are too many lines; there may be 200."]}


@pytest.mark.django_db
def test_table_becomes_the_rows_of_the_step(owner, inside):
    recipe = gallery.start(owner, "social-tags-to-clients", {"clients": " a=b = 0003 \n\nopen day=0004"})

    step = trees.find(recipe.draft, "stable")
    assert step["inputs"]["rows"] == [{"from": "a=b", "to": "0003"}, {"from": "open day", "to": "0004"}]
