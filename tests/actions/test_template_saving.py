"""A team's own templates: made of a recipe, checked, shared."""

from datetime import date, timedelta

import pytest
import yaml
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from builder.actions import gallery, team_templates, template_links, template_saving, template_values, yaml_file
from builder.actions.errors import Forbidden, Gone, Invalid, NotFound
from builder.models import AuditEvent, Connection, Role, TeamTemplate, TemplateLink
from builder.recipe import tree as trees
from tests import make

pytestmark = pytest.mark.django_db
WORDS = {"title": "Bill what was won", "summary": "A won deal becomes a draft invoice.", "who": "Our studio."}
TOKEN = "a1B2c3D4" * 8


def step(step_id, operation, **inputs):
    return {"id": step_id, "kind": "action", "operation": operation, "connection": "", "inputs": inputs}


@pytest.fixture
def actor():
    return make.make_actor()


@pytest.fixture
def ours(actor):
    """A recipe that holds what only this team has."""
    ghl = make.make_connection(workspace=actor.workspace, connector="ghl")
    tree = make.make_tree(ghl=ghl)
    tree["trigger"]["inputs"] = {"pipeline": "pipe1"}
    tree["steps"] += [
        step("smoved", "ghl.opportunities.update", id="{{ trigger.id }}", pipelineId="pipe1", pipelineStageId="stage9"),
        {"id": "sask01", "kind": "approval", "people": ["rosa@lumen.example"], "message": "All right?"},
        step(
            "scalls", "tools.http.request", method="POST", url="https://erp.lumen.example/deals",
            headers=[{"name": "X-Api-Key", "value": TOKEN}, {"name": "Accept", "value": "text/plain"}],
        ),
    ]  # fmt: skip
    return make.make_recipe(workspace=actor.workspace, tree=tree, live=True)


def literals(recipe):
    with scope(workspace=recipe.workspace):
        return {one.label: one for one in template_values.literals(recipe.draft)}


def save(actor, recipe, *labels, **more):
    found = literals(recipe)
    asked = {found[label].id: f"{label}?" for label in labels}
    return template_saving.save(actor, recipe, "draft", {**WORDS, **more}, asked)


def test_what_is_only_this_teams_is_proposed_as_a_question(ours):
    found = literals(ours)

    assert [label for label, one in found.items() if one.proposed] == [
        "Pipeline",
        "Item",
        "Stage",
        "Who approves",
        "Address",
    ]
    assert found["Pipeline"].places == (("trigger", ("inputs", "pipeline")), ("smoved", ("inputs", "pipelineId")))
    assert found["Value is more than"].value == "0"
    assert not [one for one in found.values() if TOKEN in one.value]


def test_questions_take_the_place_of_values_wherever_they_stood(actor, ours):
    row = save(actor, ours, "Pipeline", "Stage", "Who approves", "Value is more than")

    with scope(workspace=actor.workspace):
        found = gallery.template(team_templates.key_of(row))
    asked = {q.key: q for q in found.questions}
    moved = next(s for s in found.tree["steps"] if s["id"] == "smoved")
    assert found.tree["trigger"]["inputs"] == {"pipeline": "{pipeline}"}
    assert moved["inputs"]["pipelineId"] == "{pipeline}"
    assert moved["inputs"]["pipelineStageId"] == "{pipeline_stage_id}"
    assert asked["pipeline"].source == "ghl.pipelines"
    assert asked["pipeline_stage_id"].depends == ("pipelineId=pipeline",)
    assert (asked["approver"].required, asked["approver"].default) == (True, "")
    assert (asked["value"].label, asked["value"].default) == ("Value is more than?", "0")
    assert found.apps == ("ghl", "invoice_ninja")
    assert found.sentence[0].startswith("When ")


def test_connections_and_secrets_are_left_out(actor, ours):
    row = save(actor, ours)

    text = template_saving.export(actor, row)
    assert TOKEN not in text
    assert all(connection.public_id not in text for connection in _connections(actor))
    assert "X-Api-Key" in text


def _connections(actor):
    with scope(workspace=actor.workspace):
        return list(Connection.objects.all())


def test_words_and_labels_that_are_missing_are_named_and_nothing_is_kept(actor, ours):
    asked = {literals(ours)["Pipeline"].id: " "}

    with pytest.raises(Invalid) as refused:
        template_saving.save(actor, ours, "draft", {"title": "", "summary": ""}, asked)

    assert set(refused.value.errors) == {"title", "summary", f"label-{literals(ours)['Pipeline'].id}"}
    with scopes_disabled():
        assert not TeamTemplate.objects.exists()


def test_a_recipe_is_made_of_it_again(actor, ours):
    row = save(actor, ours, "Pipeline", "Who approves")

    made = gallery.start(actor, team_templates_of(actor, row), {"pipeline": "other", "approver": "kim@x.example"})

    assert made.draft["trigger"]["inputs"] == {"pipeline": "other"}
    assert trees.find(made.draft, "sask01")["people"] == ["kim@x.example"]
    assert made.template == team_templates.key_of(row)


def team_templates_of(actor, row):
    with scope(workspace=actor.workspace):
        return gallery.template(team_templates.key_of(row))


def test_a_table_becomes_one_question_and_the_recipe_reads_without_braces(actor):
    rows = [{"from": "gold", "to": "0042"}, {"from": "tin", "to": "0007"}]
    table = step("stable", "tools.table.look_up", value="{{ trigger.name }}", rows=rows)
    tree = make.make_tree()
    recipe = make.make_recipe(workspace=actor.workspace, tree={**tree, "steps": [tree["steps"][0], table]})

    row = save(actor, recipe, *(label for label in literals(recipe) if label != "Item"))

    found = team_templates_of(actor, row)
    [asked] = [q for q in found.questions if q.type == "table"]
    made = gallery.start(actor, found, {asked.key: "iron = 1", **{q.key: "5" for q in found.questions if q != asked}})
    assert trees.find(found.tree, "stable")["inputs"]["rows"] == f"{{{asked.key}}}"
    assert trees.find(made.draft, "stable")["inputs"]["rows"] == [{"from": "iron", "to": "1"}]
    assert found.sentence[:2] == ("When an opportunity is won", "Only if value is more than 0")
    assert trees.steps(gallery.shown(found))


def test_a_newer_version_keeps_its_place(actor, ours):
    row = save(actor, ours, "Pipeline")
    before = team_templates.of(row).version

    again = template_saving.save(actor, ours, "live", {**WORDS, "title": "Other"}, {}, into=row)

    assert (again.pk, again.number, again.slug) == (row.pk, 2, "bill-what-was-won")
    assert team_templates.of(again).version != before


def test_words_are_put_right_without_a_newer_version(actor, ours):
    row = save(actor, ours, "Pipeline")
    before = team_templates.of(row).version

    row = template_saving.change_words(
        actor, row, {**WORDS, "title": "Neu"}, {"pipeline": "Which one?"}, "When it is won\n\n"
    )

    found = team_templates.of(row)
    assert (found.title, found.questions[0].label, found.sentence) == ("Neu", "Which one?", ("When it is won",))
    assert (found.version, found.number) == (before, 1)


def test_a_retired_one_begins_nothing_and_comes_back(actor, ours):
    row = template_saving.retire(actor, save(actor, ours))

    with scope(workspace=actor.workspace):
        assert team_templates.listed() == []
        assert len(team_templates.listed(retired=True)) == 1
    with pytest.raises(Invalid, match="was retired"):
        gallery.start(actor, team_templates_of(actor, row), {})
    template_saving.retire(actor, row, retired=False)
    with scope(workspace=actor.workspace):
        assert len(team_templates.listed()) == 1


def test_a_deleted_one_is_gone_and_its_recipes_stay(actor, ours):
    row = save(actor, ours)
    key = team_templates.key_of(row)
    made = gallery.start(actor, team_templates_of(actor, row), {})

    template_saving.delete(actor, row)

    made.refresh_from_db()
    with scope(workspace=actor.workspace), pytest.raises(NotFound):
        gallery.template(key)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_who_may_not_edit_saves_nothing(actor, ours, role):
    row = save(actor, ours)
    viewer = make.make_actor(workspace=actor.workspace, role=role)

    for attempt in (
        lambda: template_saving.save(viewer, ours, "draft", WORDS, {}),
        lambda: template_saving.change_words(viewer, row, WORDS, {}, ""),
        lambda: template_saving.import_(viewer, "format: 1"),
        lambda: template_saving.delete(viewer, row),
        lambda: template_saving.retire(viewer, row),
        lambda: template_links.share(viewer, row),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_another_workspaces_template_is_not_found(actor, ours):
    row = save(actor, ours)

    with pytest.raises(NotFound):
        template_saving.delete(make.make_actor(), row)


def test_every_act_is_in_the_book(actor, ours):
    row = save(actor, ours)
    template_saving.export(actor, row)
    link, _url = template_links.share(actor, row)
    template_links.revoke(actor, link)
    template_saving.delete(actor, row)

    with scope(workspace=actor.workspace):
        verbs = list(AuditEvent.objects.filter(object_kind="template").order_by("pk").values_list("verb", flat=True))
    names = ["saved", "exported", "shared", "link_revoked", "deleted"]
    assert verbs == [f"template.{name}" for name in names]


# files


def test_a_file_comes_into_another_workspace_and_goes_out_the_same(actor, ours):
    text = template_saving.export(actor, save(actor, ours, "Pipeline", "Stage", "Who approves"))
    other = make.make_actor()

    row = template_saving.import_(other, text)

    assert template_saving.export(other, row) == text
    assert template_saving.import_(other, text.encode()).pk == row.pk


@pytest.mark.parametrize("template", gallery.templates(), ids=lambda t: t.key)
def test_a_builtin_template_can_be_brought_as_a_file(template, actor):
    row = template_saving.import_(actor, (gallery.FOLDER / f"{template.key}.yaml").read_bytes())

    found = team_templates.of(row)
    assert (found.title, found.questions, found.version) == (template.title, template.questions, template.version)


def test_a_key_that_is_there_is_replaced_only_when_that_is_meant(actor, ours):
    text = template_saving.export(actor, save(actor, ours))
    changed = text.replace("All right?", "Right?")

    with pytest.raises(Invalid, match="has the same key"):
        template_saving.import_(actor, changed)
    row = template_saving.import_(actor, changed, replaces=True)

    assert row.number == 2


FILE = {
    "format": 1,
    "key": "from-a-file",
    "title": "From a file",
    "summary": "Does a thing.",
    "questions": [{"key": "tag", "label": "Which tag?"}],
    "tree": {"format": 1, "trigger": {"operation": "ghl.contact.tagged", "inputs": {"tag": "{tag}"}}, "steps": []},
}


def action(n, operation="ghl.contacts.add_note", **inputs):
    return {"id": f"s{n:05d}", "kind": "action", "operation": operation, "inputs": inputs}


def tree_with(*steps):
    return {"tree": {**FILE["tree"], "steps": list(steps)}}


def nested(depth):
    steps = [action(9)]
    for n in range(depth):
        steps = [{"id": f"se{n:04d}", "kind": "each", "list": "{{ trigger.tags }}", "steps": steps}]
    return tree_with(*steps)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (tree_with(action(1, contactId="{{ trigger.id }}", body=f"Bearer {TOKEN}")), "Looks like a secret: 2 "),
        (tree_with(action(1, contactId="1", body="<script>alert(1)</script>")), "It holds a script"),
        (tree_with(*(action(n) for n in range(10_000))), "It has 10000 steps; a recipe may have 500."),
        (tree_with(action(1, "ghl.contacts.explode")), "does “ghl.contacts.explode”, which this version"),
        (nested(11), "nested too deep"),
        (tree_with(action(1), action(1)), "is used twice"),
        (tree_with(action(1, "ghl.contact.tagged")), "can't stand at step"),
        (tree_with({**action(1), "when": "nobody"}), "nobody asks for it"),
        (tree_with(action(1, body="{nobody}")), "stands for an answer that nobody asks for"),
        ({"questions": [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}]}, "stands for two questions"),
        ({"questions": [{"key": "a", "label": "A", "type": "file"}]}, "of a type that there isn't"),
        ({"questions": [{"key": "tag", "label": "T", "type": "table", "example": "x"}]}, "has no two sides"),
        (tree_with({"id": "seach1", "kind": "each", "list": "{{ trigger.tags }}", "batch": "{tag}"}), "whole number"),
        ({"format": 2}, "It says format 2"),
        ({"bonus": 1}, "a part that templates don't: “bonus”"),
        ({"title": "x" * 121}, "“title” is longer than 120"),
        ({"tree": []}, "It has no steps."),
        ({"tree": {**FILE["tree"], date(2026, 1, 1): 1}}, "Its steps can't be read."),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_a_sentence(actor, change, said):
    text = yaml.safe_dump({**FILE, **change})
    if len(text) > yaml_file.LARGEST:
        text = yaml.safe_dump({**FILE, **change}, default_flow_style=True, width=10**6)

    with pytest.raises(Invalid) as refused:
        template_saving.import_(actor, {**FILE, **change} if len(text) > yaml_file.LARGEST else text)

    assert said in " ".join(refused.value.errors["file"])
    with scopes_disabled():
        assert not TeamTemplate.objects.exists()


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "refer to one another"),
        ("a: &x [*x]", "refer to one another"),
        ("!!python/object/apply:os.system ['ls']", "asks for something to be run"),
        ("a: 1\na: 2", "“a” stands twice (line 2)"),
        ("[" * 100, "nested too deep"),
        ("a: [", "Line 2 can't be read"),
        ("just words", "holds nothing that Recette knows"),
        ("x" * (yaml_file.LARGEST + 1), "larger than 512 KB"),
        (b"\xff\xfe\x00", "no text file"),
        ("", "holds nothing"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(actor, text, said):
    with pytest.raises(Invalid) as refused:
        template_saving.import_(actor, text)

    assert said in refused.value.message


def test_every_problem_of_a_file_is_listed(actor):
    steps = tree_with(action(1, "ghl.contacts.explode"), action(2, "ghl.contacts.melt"))

    with pytest.raises(Invalid) as refused:
        template_saving.import_(actor, yaml.safe_dump({**FILE, **steps, "title": "", "bonus": 1}))

    assert len(refused.value.errors["file"]) == 4


# links


def test_another_workspace_takes_a_copy_by_the_link(actor, ours):
    row = save(actor, ours, "Pipeline")
    link, url = template_links.share(actor, row, days="30")
    other = make.make_actor()

    taken = template_links.take(other, url.split("/")[-2])
    again = template_links.take(other, url.split("/")[-2])

    assert (taken.workspace_id, taken.pk) == (other.workspace.pk, again.pk)
    assert {**taken.data, "key": ""} == {**row.data, "key": ""}
    with scopes_disabled():
        assert TemplateLink.objects.get(pk=link.pk).taken == 2


def test_a_link_that_is_over_says_so(actor, ours):
    row = save(actor, ours)
    link, url = template_links.share(actor, row)
    key = url.split("/")[-2]
    assert template_links.opened(key).pk == link.pk

    template_links.revoke(actor, link)
    late, other = template_links.share(actor, row)
    with scopes_disabled():
        TemplateLink.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    for dead in (key, other.split("/")[-2], "no-such-key", ""):
        with pytest.raises(Gone, match="Ask for a new one"):
            template_links.opened(dead)
        with pytest.raises(Gone):
            template_links.take(make.make_actor(), dead)


def test_only_the_hash_of_a_link_is_kept(actor, ours):
    link, url = template_links.share(actor, save(actor, ours))

    with scopes_disabled():
        row = TemplateLink.objects.filter(pk=link.pk).values()[0]
    assert url.split("/")[-2] not in map(str, row.values())
