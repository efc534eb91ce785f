"""The audit log as a chain: what was done to it past Recette is found."""

import json
import threading
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.query import QuerySet
from django.utils import timezone

from builder.actions import audit
from builder.models import AuditEvent, AuditHead, User, Way, Workspace
from builder.models.workspace import NotChangeable
from builder.runner import book, prune, turn
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def by():
    return make.make_actor()


def write(by, number: int = 5) -> None:
    for line in range(1, number + 1):
        audit.write(by, "recipe.renamed", None, f"Recipe {line}", before=f"Was {line}")


def lines(by) -> "QuerySet[AuditEvent]":
    """Past all that guards them, as somebody at the database sees them."""
    return QuerySet(AuditEvent).filter(workspace=by.workspace)


def sql(text: str, *given) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, given)


def wrong(by) -> list[str]:
    return book.check(by.workspace.pk).wrong


def test_lines_are_numbered_and_unbroken(by):
    write(by)

    found = book.check(by.workspace.pk)

    assert (found.lines, found.wrong) == (5, [])
    assert list(lines(by).order_by("pk").values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_each_workspace_has_a_chain_of_its_own(by):
    other = make.make_actor()
    write(by, 2)
    write(other, 3)

    assert [book.check(one.workspace.pk).lines for one in (by, other)] == [2, 3]
    assert wrong(by) == wrong(other) == []


def test_line_says_who_and_from_where(by):
    line = audit.write(by, "recipe.renamed", None, "Won deal")
    line.refresh_from_db()

    assert (line.author, line.way, line.address) == ("Robin Weber", Way.PAGE, "192.0.2.7")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", "Another one"),
        ("details", {"before": "never"}),
        ("verb", "recipe.deleted"),
        ("author", "Somebody else"),
        ("user_id", None),
        ("address", "198.51.100.1"),
        ("way", "api"),
        ("object_id", "abc"),
        ("at", timezone.now() - timedelta(days=3)),
        ("content", "0" * 64),
    ],
)
def test_changed_line_is_found(by, field, value):
    write(by)

    lines(by).filter(number=3).update(**{field: value})

    assert [problem[:6] for problem in wrong(by)] == ["Line 3"]


def test_line_with_a_hash_of_ones_own_making_is_found(by):
    write(by)

    lines(by).filter(number=3).update(hash="f" * 64)

    assert wrong(by)[0] == "Line 3 can’t be checked: its key is not among this server’s SEAL_KEYS."


def test_removed_line_is_found(by):
    write(by)

    sql("DELETE FROM builder_auditevent WHERE number = 3")

    assert wrong(by) == ["Line 3 is missing."]


def test_removed_line_whose_place_the_next_ones_took_is_found(by):
    write(by)

    sql("DELETE FROM builder_auditevent WHERE number = 3")
    sql("UPDATE builder_auditevent SET number = 3 WHERE number = 4")
    sql("UPDATE builder_auditevent SET number = 4 WHERE number = 5")

    assert [problem.split(" was")[0] for problem in wrong(by)] == ["Line 3", "Line 4", "Line 5 is missing."]


def test_swapped_lines_are_found(by):
    write(by)

    for old, new in ((2, 100), (4, 2), (100, 4)):
        sql("UPDATE builder_auditevent SET number = %s WHERE number = %s", new, old)

    assert {"Line 2", "Line 4"} <= {problem[:6] for problem in wrong(by)}


def test_cut_tail_is_found(by):
    write(by)

    sql("DELETE FROM builder_auditevent WHERE number > 3")

    assert wrong(by) == ["Lines 4 to 5 are missing."]


def test_all_of_it_gone_is_found(by):
    write(by)

    sql("DELETE FROM builder_auditevent")

    assert wrong(by) == ["Lines 1 to 5 are missing."]


def test_cut_tail_with_its_head_is_found_by_an_earlier_hash(by, capsys):
    write(by)
    noted = f"5:{book.hash_at(by.workspace.pk, 5)}"
    third = book.hash_at(by.workspace.pk, 3)
    sql("DELETE FROM builder_auditevent WHERE number > 3")
    AuditHead.objects.update(number=3, hash=third)

    assert wrong(by) == []
    with pytest.raises(SystemExit):
        call_command("audit", "--workspace", by.workspace.slug, "--against", noted)


@pytest.mark.parametrize("number", [6, 9])
def test_line_put_in_behind_the_end_is_found(by, number):
    write(by)

    copy = lines(by).filter(number=2).values(*(f.attname for f in AuditEvent._meta.fields if f.attname != "id")).get()
    QuerySet(AuditEvent).bulk_create([AuditEvent(**copy | {"number": number})])

    assert len(wrong(by)) == 1
    assert wrong(by)[0].endswith("they were put in.")


def test_line_put_in_without_a_number_is_found_and_never_taken_along(by):
    write(by)
    QuerySet(AuditEvent).bulk_create([AuditEvent(workspace=by.workspace, verb="recipe.deleted", object_kind="recipe")])

    write(by, 1)

    assert len(wrong(by)) == 1
    assert wrong(by)[0].startswith("A line that is not in the chain was put in")


@pytest.mark.parametrize("how", ["gone", "set back"])
def test_head_that_was_tampered_with_is_found_and_keeps_nobody_from_working(by, how):
    write(by)
    AuditHead.objects.all().delete() if how == "gone" else AuditHead.objects.update(number=2, hash="")

    write(by, 2)

    assert lines(by).filter(number__in=(6, 7)).count() == 2
    assert wrong(by) != []


def test_lines_of_an_older_version_are_taken_along_while_it_is_replaced(by):
    write(by)
    AuditHead.objects.update(adopts_until=timezone.now() + timedelta(hours=1))
    QuerySet(AuditEvent).bulk_create([AuditEvent(workspace=by.workspace, verb="recipe.deleted", object_kind="recipe")])
    assert book.check(by.workspace.pk).waiting == 1

    write(by, 1)

    assert (book.check(by.workspace.pk).lines, wrong(by)) == (7, [])


def test_lines_are_neither_changed_nor_deleted_by_code(by):
    line = audit.write(by, "recipe.renamed", None, "Won deal")

    for attempt in (line.save, line.delete, AuditEvent.objects.all().delete):
        with pytest.raises(NotChangeable):
            attempt()
    with pytest.raises(NotChangeable):
        AuditEvent.objects.update(label="x")


def test_person_who_is_deleted_breaks_nothing_and_is_still_named(by):
    write(by, 1)

    User.objects.filter(pk=by.user.pk).delete()

    assert wrong(by) == []
    assert AuditEvent.objects.get().author == "Robin Weber"


def test_workspace_goes_with_its_book(by):
    write(by)

    by.workspace.delete()

    assert not AuditEvent.objects.exists()


def test_line_of_what_was_taken_back_is_in_no_chain(by):
    with turn.writing():
        audit.write(by, "recipe.renamed", None, "First")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            audit.write(by, "recipe.renamed", None, "Second")
            raise ZeroDivisionError
        audit.write(by, "recipe.renamed", None, "Third")

    assert list(lines(by).order_by("number").values_list("number", "label")) == [(1, "First"), (2, "Third")]
    assert wrong(by) == []


def test_blanked_lines_are_whole_only_when_a_line_says_so(by):
    write(by)
    numbers = book.blank(by.workspace.pk, list(lines(by).filter(number__in=(2, 3)).values_list("pk", flat=True)))
    assert [problem.split(" were")[0] for problem in wrong(by)] == ["The words of line 2", "The words of line 3"]

    audit.write(by, book.ERASES, None, "", lines=numbers)

    assert wrong(by) == []


def test_older_key_of_the_ring_still_checks(by, settings):
    write(by)
    other = make.SECRETS and settings.SEAL_KEYS[-1]
    settings.SEAL_KEYS = ["newer:" + other.split(":")[1][::-1].replace("=", "A"), *settings.SEAL_KEYS]
    write(by, 1)

    assert wrong(by) == []


def test_verifying_command_says_what_it_found(by, capsys):
    write(by)
    call_command("audit", "--verify", "--workspace", by.workspace.slug)
    assert f"{by.workspace.slug}: 5 lines, unbroken; it ends with 5:" in capsys.readouterr().out

    lines(by).filter(number=4).update(label="Nothing happened")

    with pytest.raises(SystemExit) as ended:
        call_command("audit", "--verify")
    assert (ended.value.code, "Line 4 was changed." in capsys.readouterr().out) == (1, True)


def test_house_is_kept_and_the_book_looked_at_once_a_day(by):
    write(by)
    lines(by).filter(number=4).update(label="Nothing happened")

    prune.prune()

    head = AuditHead.objects.get()
    assert (head.checked, head.trouble) == (5, "Line 4 was changed.")
    assert not book.due(by.workspace.pk)


def test_adding_a_line_costs_the_same_however_long_the_book(by, django_assert_num_queries):
    write(by, 1)
    for _again in range(2):
        with django_assert_num_queries(7):  # a savepoint and its release, the line, the head, the line read and bound
            audit.write(by, "recipe.renamed", None, "Won deal")
        write(by, 20)


def test_details_are_read_as_they_were_written(by):
    details = {"amount": 1.10, "names": ["Zoë", 'quote "'], "nothing": None, "deep": {"b": 1, "a": 2}}
    audit.write(by, "recipe.renamed", None, "Zoë's \\ recipe", **details)

    assert wrong(by) == []
    assert json.dumps(book.hash_at(by.workspace.pk, 1)) != '""'


@pytest.mark.django_db(transaction=True)
def test_many_who_write_at_once_make_one_chain():
    by = make.make_actor()
    workspace: Workspace = by.workspace
    failed = []

    def many() -> None:
        try:
            for _number in range(15):
                with turn.writing():
                    audit.write(by, "recipe.renamed", None, "Won deal")
                    audit.write(by, "recipe.paused", None, "Won deal")
        except Exception as problem:
            failed.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=many) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    found = book.check(workspace.pk)
    assert (found.lines, found.wrong) == (180, [])


def test_lines_from_before_the_chain_are_bound_by_the_migration(by):
    gone = make.make_user(name="Gone Long Ago")
    token = make.make_token(by=by)
    old = [
        AuditEvent(workspace=by.workspace, user=by.user, verb="recipe.paused", object_kind="recipe", label=f"No. {n}")
        for n in range(3)
    ]
    old[1].user, old[1].token, old[2].user = gone, token, None
    old[0].address = "192.0.2.7"
    QuerySet(AuditEvent).bulk_create(old)
    User.objects.filter(pk=gone.pk).delete()
    migration = import_module("builder.migrations.0027_audit_chain_erasure_logo")
    then = MigrationLoader(connection).project_state(("builder", "0027_audit_chain_erasure_logo")).apps

    migration.bind_lines(then, None)
    write(by, 1)

    assert list(lines(by).order_by("number").values_list("number", "author", "way")) == [
        (1, "Robin Weber", "page"),
        (2, "", "api"),
        (3, "", "recette"),
        (4, "Robin Weber", "page"),
    ]
    assert wrong(by) == []
