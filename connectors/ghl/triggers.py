"""What people can wait for, told from two looks at a record or, where there was no earlier look, from its times."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors import fields as f
from connectors.ghl import (
    heard,
    lists,
    polling,
    records,
    seen_appointments,
    seen_estimates,
    seen_forms,
    seen_invoices,
    seen_messages,
    seen_products,
    seen_records,
    seen_sales,
    seen_tasks,
)
from connectors.ghl.base import CONTACT_OWN, declared, sample
from connectors.ghl.events import OPPORTUNITY_EVENTS
from connectors.spec import Context, Conversation, Sighting, Trigger

Before = Mapping[str, Any] | None
Inputs = dict[str, Any]
DEAL_COMPARED = ("status", "stage", "pipeline", "value", "assigned_to", "name")
Latest = Callable[[Inputs, Context], Conversation[list[Sighting]]]

PIPELINE = f.choice("pipeline", "Only in this pipeline; empty: in any.", source="pipelines")
STAGE = f.choice("stage", "Only in this stage; empty: in any.", source="stages", depends=("pipeline",))
TAG = f.choice("tag", "The tag to wait for. Capitals don't matter.", source="tags", required=True)
TURNED = f.choice("turned", "Which way it was switched.", choices=(("on", "On"), ("off", "Off")), required=True)
STATUS = f.choice(
    "status",
    "Only when it becomes this; empty: any.",
    choices=(("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("abandoned", "Abandoned")),
)


def won(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    if now.gone or now.values.get("status") != "won":
        return False
    if before and "status" in before:
        return before["status"] != "won"
    return _hinted(now, "OpportunityStatusUpdate", "OpportunityCreate") or _after(now.values.get("status_at"), since)


def status_changed(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    return _turned("status", "OpportunityStatusUpdate", before, now, since)


def stage_changed(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    return _turned("stage", "OpportunityStageUpdate", before, now, since)


def created(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    new = before is None and not now.gone
    return new and (_hinted(now, "OpportunityCreate", "ContactCreate") or _after(now.created, since))


def updated(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    """Not what is only just made, and not what only touches the fields nobody can see."""
    if now.gone:
        return False
    if before is not None:
        return any(before.get(name) != now.values.get(name) for name in ("tags", "fields"))
    is_new = _after(now.created, since)
    return not is_new and (_hinted(now, "ContactUpdate", "ContactTagUpdate", "ContactDndUpdate"))


def tagged(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    tag = _tag(inputs)
    if now.gone or tag not in now.values.get("tags", []):
        return False
    if before and "tags" in before:
        return tag not in before["tags"]
    return _hinted(now, "ContactTagUpdate") or _after(now.created, since)


def lost_tag(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    """Only of a contact whose tags were known before."""
    tag = _tag(inputs)
    return not now.gone and tag in (before or {}).get("tags", ()) and tag not in now.values.get("tags", [tag])


def undisturbed(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    """Do-not-disturb was switched, on or off as the recipe wants it."""
    if now.gone or "dnd" not in now.values or now.values["dnd"] != (inputs.get("turned", "on") == "on"):
        return False
    if before is not None and "dnd" in before:
        return bool(before["dnd"] != now.values["dnd"])
    return _hinted(now, "ContactDndUpdate")


def deleted(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    return now.gone and not (before or {}).get("gone")


def value_changed(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    return _turned("value", "OpportunityMonetaryValueUpdate", before, now, since)


def reassigned(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    return _turned("assigned_to", "OpportunityAssignedToUpdate", before, now, since)


def deal_updated(before: Before, now: Sighting, since: str, inputs: Inputs) -> bool:
    """Anything that is compared; not what is only just made."""
    if now.gone:
        return False
    if before is not None:
        return any(before[name] != now.values.get(name) for name in DEAL_COMPARED if name in before)
    return _hinted(now, *(e for e in OPPORTUNITY_EVENTS if "Create" not in e)) and not _after(now.created, since)


def _turned(name: str, event: str, before: Before, now: Sighting, since: str) -> bool:
    if now.gone:
        return False
    if before and name in before:
        return bool(before[name] != now.values.get(name))
    at = now.values.get(f"{name}_at")
    return _hinted(now, event) or (_after(at, since) and _after(at, now.created) and at != now.created)


def _hinted(now: Sighting, *events: str) -> bool:
    return now.hint in events


def _after(at: Any, since: str) -> bool:
    return bool(at) and records.moment(at) >= records.moment(since)


def _tag(inputs: Inputs) -> str:
    return str(inputs.get("tag") or "").strip().lower()


def elsewhere(inputs: Inputs, now: Sighting) -> str:
    """Another pipeline, stage or status than the recipe asks for."""
    for name in ("pipeline", "stage", "status"):
        wanted, got = str(inputs.get(name) or ""), str(now.values.get(name) or "")
        if wanted and wanted.lower() != got.lower():
            return f"Its {name} is {_called(now, name) or got or 'not known'}, this recipe takes only {wanted}."
    return ""


def _called(now: Sighting, name: str) -> str:
    """The name for people, with the id by which the recipe chose it."""
    told = now.data.get(name)
    known = told if isinstance(told, Mapping) else {}
    return f"{known['name']} ({known['id']})" if known.get("name") else ""


def untagged(inputs: Inputs, now: Sighting) -> str:
    tags = now.values.get("tags", [])
    if _tag(inputs) in tags:
        return ""
    return f"Its tags are {', '.join(tags) or 'none'}; this recipe waits for {inputs.get('tag') or 'no tag'}."


def recent(search: polling.Search, sort: str, filters: Callable[[Inputs], dict[str, Any]]) -> Latest:
    """The newest that fit the recipe's own choice; what a search ignored is sorted out afterwards."""

    def latest(inputs: Inputs, context: Context) -> Conversation[list[Sighting]]:
        wanted = [{"field": n, "operator": "eq", "value": v} for n, v in filters(inputs).items() if v]
        found = yield from polling.newest(search, sort, wanted, context)
        return [s for s in found if _fits(s, inputs)]

    return latest


def _fits(now: Sighting, inputs: Inputs) -> bool:
    return not (untagged(inputs, now) if "tag" in inputs else elsewhere(inputs, now))


def _deals(sort: str, **fixed: str) -> Latest:
    def filters(inputs: Inputs) -> dict[str, Any]:
        chosen = {"pipeline_id": inputs.get("pipeline"), "pipeline_stage_id": inputs.get("stage")}
        return {**chosen, "status": inputs.get("status"), **fixed}

    return recent(polling.OPPORTUNITIES, sort, filters)


def _people(sort: str) -> Latest:
    return recent(polling.CONTACTS, sort, lambda inputs: {"tags": inputs.get("tag")})


DEAL, PERSON = sample("deal"), sample("person")
DEAL_OWN = {"custom": "opportunity_custom_fields", **CONTACT_OWN}
PERSON_OWN = {"custom": "custom_fields"}


DEAL_OUTPUTS, PERSON_OUTPUTS = declared(DEAL, DEAL_OWN, frozenset({"value"})), declared(PERSON, PERSON_OWN)
PLACE = (PIPELINE, STAGE)


def _opportunity(key: str, label: str, fired: Any, latest: Latest, *fields: f.Field, **more: Any) -> Trigger:
    return Trigger(
        f"ghl.opportunity.{key}",
        label,
        "opportunity",
        fired,
        elsewhere,
        fields=fields,
        outputs=DEAL_OUTPUTS,
        own=DEAL_OWN,
        sample=DEAL,
        latest=latest,
        **more,
    )


def _contact(key: str, label: str, fired: Any, latest: Latest, *fields: f.Field, **more: Any) -> Trigger:
    return Trigger(
        f"ghl.contact.{key}",
        label,
        "contact",
        fired,
        fields=fields,
        outputs=PERSON_OUTPUTS,
        own=PERSON_OWN,
        sample=PERSON,
        latest=latest,
        **more,
    )


DECLARED = (
    _opportunity(
        "won",
        "An opportunity is won",
        won,
        _deals("last_status_change_date", status="won"),
        *PLACE,
        words=("deal", "sale", "closed"),
    ),
    _opportunity("created", "An opportunity is created", created, _deals("date_added"), *PLACE, words=("new", "deal")),
    _opportunity(
        "status_changed",
        "An opportunity changes its status",
        status_changed,
        _deals("last_status_change_date"),
        STATUS,
        *PLACE,
        words=("deal", "lost", "abandoned"),
    ),
    _opportunity(
        "stage_changed",
        "An opportunity moves to a stage",
        stage_changed,
        _deals("last_stage_change_date"),
        *PLACE,
        words=("deal", "moved"),
    ),
    _contact("created", "A contact is created", created, _people("dateAdded"), words=("new", "lead")),
    _contact("updated", "A contact is updated", updated, _people("dateUpdated"), words=("changed", "edited")),
    _contact(
        "tagged",
        "A contact gets a tag",
        tagged,
        _people("dateUpdated"),
        TAG,
        why_not=untagged,
        words=("tag added", "label"),
    ),
    _contact(
        "lost_tag", "A contact loses a tag", lost_tag, _people("dateUpdated"), TAG, words=("tag removed", "label")
    ),
    _contact(
        "do_not_disturb",
        "A contact's do-not-disturb is switched",
        undisturbed,
        _people("dateUpdated"),
        TURNED,
        words=("dnd", "unsubscribed", "opted out"),
    ),
    _contact(
        "deleted",
        "A contact is deleted",
        deleted,
        _people("dateUpdated"),
        words=("removed",),
        help="Only a webhook tells of it: over a connection by token it can't be seen.",
        needs_webhook=True,
    ),
    _opportunity("updated", "An opportunity is updated", deal_updated, _deals("date_updated"), *PLACE, words=("deal",)),
    _opportunity(
        "value_changed",
        "An opportunity's value changes",
        value_changed,
        _deals("date_updated"),
        *PLACE,
        words=("deal", "amount", "monetary value"),
    ),
    _opportunity(
        "reassigned",
        "An opportunity gets another owner",
        reassigned,
        _deals("date_updated"),
        *PLACE,
        words=("deal", "assigned", "user"),
    ),
    _opportunity(
        "deleted",
        "An opportunity is deleted",
        deleted,
        _deals("date_updated"),
        *PLACE,
        words=("deal", "removed"),
        help="Only a webhook tells of it: over a connection by token it can't be seen.",
        needs_webhook=True,
    ),
    *seen_appointments.triggers(PERSON),
    *seen_tasks.triggers(PERSON),
    *seen_messages.triggers(PERSON),
    *seen_forms.TRIGGERS,
    *seen_records.TRIGGERS,
    *seen_invoices.TRIGGERS,
    *seen_sales.TRIGGERS,
    *seen_estimates.TRIGGERS,
    *seen_products.TRIGGERS,
    *heard.TRIGGERS,
    *lists.TRIGGERS,
)
TRIGGERS = {trigger.key: trigger for trigger in DECLARED}
