"""A recipe remembers what it was made of, and takes a newer version over only when it is told to."""

import pytest
from django_scopes import scope, scopes_disabled

from builder.actions import drafts, gallery, team_templates, template_saving, template_updates
from builder.actions.errors import Conflict, Gone, Invalid
from builder.models import AuditEvent, TemplateUse
from builder.recipe import tree as trees
from tests import make

pytestmark = pytest.mark.django_db
WORDS = {"title": "Bill what was won", "summary": "A won deal becomes a draft invoice."}
BUILTIN = "contact-tag-to-client"


@pytest.fixture
def actor():
    return make.make_actor()


@pytest.fixture
def row(actor):
    return make.make_team_template(workspace=actor.workspace)


@pytest.fixture
def recipe(actor, row):
    with scope(workspace=actor.workspace):
        template = gallery.template(team_templates.key_of(row))
    return gallery.start(actor, template, {"pipeline": "p2", "product_key": "Deal"})


def renew(actor, row, change):
    """The template's own recipe is another by now, and saved as a newer version."""
    with scope(workspace=actor.workspace):
        source = row.recipe
        source.draft = trees.parse(change(trees.parse(source.draft)))
        source.save()
        from_now = {one.id: one.label for one in template_saving.values.literals(source.draft) if one.proposed}
    return template_saving.save(actor, source, "draft", WORDS, from_now, into=row)


def with_note(tree):
    note = {"id": "snote1", "kind": "action", "operation": "ghl.contacts.add_note", "inputs": {"body": "Billed."}}
    return {**tree, "steps": [*tree["steps"], note]}


def news(recipe):
    with scope(workspace=recipe.workspace):
        return template_updates.news(recipe)


def take(actor, recipe, prefer=(), **answers):
    version = news(recipe).template.version
    return template_updates.take_over(actor, recipe, recipe.draft_rev, version, answers, prefer)


def test_a_recipe_remembers_its_template_and_answers(actor, recipe, row):
    with scope(workspace=actor.workspace):
        use = TemplateUse.objects.get(recipe=recipe)

    assert (use.key, use.version) == (team_templates.key_of(row), team_templates.of(row).version)
    assert use.answers == {"pipeline": "p2", "product_key": "Deal"}
    assert news(recipe) is None


def test_a_newer_version_is_told_of_and_changes_nothing_by_itself(actor, recipe, row):
    before = recipe.draft

    renew(actor, row, with_note)

    recipe.refresh_from_db()
    with scope(workspace=actor.workspace):
        assert [(one.pk, of.title) for one, of in template_updates.waiting()] == [(recipe.pk, "Bill what was won")]
    assert recipe.draft == before


def test_words_alone_are_no_news(actor, recipe, row):
    template_saving.change_words(actor, row, {**WORDS, "title": "Other"}, {}, "")

    assert news(recipe) is None


def test_taken_over_it_is_in_the_draft_with_the_old_answers_and_not_live(actor, recipe, row):
    renew(actor, row, with_note)

    take(actor, recipe)

    assert recipe.draft["steps"][-1]["id"] == "snote1"
    assert recipe.draft["steps"][-1]["connection"] == recipe.draft["trigger"]["connection"] != ""
    assert recipe.draft["trigger"]["inputs"] == {"pipeline": "p2"}
    assert (recipe.live, news(recipe)) == (None, None)
    with scope(workspace=actor.workspace):
        assert template_updates.waiting() == []
        assert AuditEvent.objects.filter(verb="recipe.template_taken").count() == 1


def test_own_changes_since_stay(actor, recipe, row):
    drafts.edit(actor, recipe, "set_field", {"step": "sclien", "field": "name", "value": "Mine"}, 0, "k1")
    renew(actor, row, with_note)

    take(actor, recipe)

    assert trees.find(recipe.draft, "sclien")["inputs"]["name"] == "Mine"
    assert trees.find(recipe.draft, "snote1")


def test_undo_brings_the_old_draft_and_the_notice_back_and_redo_the_new(actor, recipe, row):
    before = recipe.draft
    renew(actor, row, with_note)
    take(actor, recipe)

    drafts.undo(actor, recipe)
    undone = (recipe.draft, news(recipe) is not None)
    drafts.redo(actor, recipe)

    assert undone == (before, True)
    assert trees.find(recipe.draft, "snote1") and news(recipe) is None


def test_undo_says_what_it_takes_back(actor, recipe, row):
    renew(actor, row, with_note)
    take(actor, recipe)

    with scope(workspace=actor.workspace):
        assert drafts.history(actor, recipe).undo == "take over the newer template"


def test_left_alone_that_version_is_not_told_of_again_but_the_next_one_is(actor, recipe, row):
    renew(actor, row, with_note)
    template_updates.leave(actor, recipe, news(recipe).template.version)
    with scope(workspace=actor.workspace):
        quiet = template_updates.waiting()
    assert news(recipe).silenced

    renew(actor, row, lambda tree: {**tree, "steps": tree["steps"][:-1]})
    renew(actor, row, lambda tree: with_note({**tree, "steps": tree["steps"][:-1]}))

    with scope(workspace=actor.workspace):
        assert (quiet, len(template_updates.waiting())) == ([], 1)


def test_what_is_asked_anew_has_to_be_answered(actor, recipe, row):
    def asks(tree):
        step = {"id": "sask01", "kind": "approval", "people": ["rosa@lumen.example"], "message": "?"}
        return {**tree, "steps": [step, *tree["steps"]]}

    renew(actor, row, asks)

    with pytest.raises(Invalid) as refused:
        take(actor, recipe)
    assert set(refused.value.errors) == {"approver"}
    take(actor, recipe, approver="kim@lumen.example")
    assert trees.find(recipe.draft, "sask01")["people"] == ["kim@lumen.example"]


def test_a_draft_that_moved_on_is_looked_at_again(actor, recipe, row):
    renew(actor, row, with_note)
    version = news(recipe).template.version
    drafts.edit(actor, recipe, "set_note", {"step": "sclien", "note": "x"}, 0, "k1")

    with pytest.raises(Conflict):
        template_updates.take_over(actor, recipe, 0, version, {})
    with pytest.raises(Conflict):
        template_updates.take_over(actor, recipe, recipe.draft_rev, "other", {})


def test_without_news_there_is_nothing_to_take(actor, recipe, row):
    with pytest.raises(Gone):
        template_updates.take_over(actor, recipe, 0, "x", {})
    template_saving.delete(actor, row)

    assert news(recipe) is None


def test_a_builtin_template_that_changed_with_recette_is_told_of_too(actor):
    recipe = gallery.start(actor, BUILTIN, {"tag": "customer"})
    with scopes_disabled():
        use = TemplateUse.objects.get(recipe=recipe)
        older = {**use.tree, "steps": use.tree["steps"][:1]}
        TemplateUse.objects.filter(pk=use.pk).update(version="older", tree=older)
        recipe.draft = older
        recipe.save()

    take(actor, recipe)

    assert len(recipe.draft["steps"]) == len(use.tree["steps"])


def test_recipes_that_wait_are_found_by_a_few_questions(actor, recipe, row, django_assert_max_num_queries):
    with scope(workspace=actor.workspace):
        for _n in range(3):
            gallery.start(actor, gallery.template(team_templates.key_of(row)), {"pipeline": "p", "product_key": "D"})
    renew(actor, row, with_note)

    with scope(workspace=actor.workspace), django_assert_max_num_queries(2):
        assert len(template_updates.waiting()) == 4
