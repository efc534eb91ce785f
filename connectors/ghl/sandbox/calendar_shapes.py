"""Bodies of the calendars' document. It declares no 422: whatever is wrong with a body is a 400."""

from collections.abc import Mapping
from typing import Any

from connectors.ghl.sandbox import refusals
from connectors.ghl.sandbox.refusals import Refusal
from connectors.ghl.sandbox.shapes import Shape, checked
from connectors.sandbox_kit.words import words

CALENDAR: Shape = {
    **dict.fromkeys(
        words("""groupId eventType name description slug widgetSlug widgetType eventTitle eventColor meetingLocation
            slotDurationUnit slotIntervalUnit preBufferUnit allowBookingAfterUnit allowBookingForUnit
            formId alertEmail notes pixelId formSubmitType formSubmitRedirectURL formSubmitThanksMessage guestType
            consentLabel calendarCoverImage"""),
        "text",
    ),
    **dict.fromkeys(
        words("""slotDuration slotInterval slotBuffer preBuffer appoinmentPerSlot appoinmentPerDay allowBookingAfter
            allowBookingFor availabilityType"""),
        "number",
    ),
    **dict.fromkeys(
        words("""isActive enableRecurring stickyContact isLivePaymentMode autoConfirm
            shouldSendAlertEmailsToAssignedMember googleInvitationEmails allowReschedule allowCancellation
            shouldAssignContactToTeamMember shouldSkipAssigningContactForExisting"""),
        "flag",
    ),
    **dict.fromkeys(words("notifications teamMembers locationConfigurations openHours availabilities"), "list"),
    **dict.fromkeys(words("recurring lookBusyConfig"), "object"),
}
CREATE_CALENDAR: Shape = {
    **CALENDAR,
    **dict.fromkeys(words("name locationId"), "text*"),
    **dict.fromkeys(words("calendarType slotBufferUnit"), "text"),
}
GROUP: Shape = dict.fromkeys(words("name description slug"), "text*")
CREATE_GROUP: Shape = {**GROUP, "locationId": "text*", "isActive": "flag"}
GROUP_STATUS: Shape = {"isActive": "flag*"}
SLUG: Shape = dict.fromkeys(words("locationId slug"), "text*")
RESOURCE: Shape = {
    **dict.fromkeys(words("locationId name description"), "text"),
    **dict.fromkeys(words("quantity outOfService capacity"), "number"),
    "calendarIds": "texts",
    "isActive": "flag",
}
CREATE_RESOURCE: Shape = {name: f"{kind}*" for name, kind in RESOURCE.items() if name != "isActive"}
NOTIFICATION: Shape = {
    **dict.fromkeys(
        words("receiverType channel notificationType templateId body subject fromAddress fromName fromNumber"), "text"
    ),
    **dict.fromkeys(words("additionalEmailIds additionalPhoneNumbers selectedUsers"), "texts"),
    **dict.fromkeys(words("afterTime beforeTime"), "list"),
    "isActive": "flag",
}
CREATE_NOTIFICATION: Shape = {
    **NOTIFICATION,
    **dict.fromkeys(words("receiverType channel notificationType"), "text*"),
}
UPDATE_NOTIFICATION: Shape = {**NOTIFICATION, "deleted": "flag"}
APPOINTMENT: Shape = {
    **dict.fromkeys(
        words("""title meetingLocationType meetingLocationId appointmentStatus assignedUserId description address rrule
            calendarId startTime endTime"""),
        "text",
    ),
    **dict.fromkeys(words("overrideLocationConfig ignoreDateRange toNotify ignoreFreeSlotValidation"), "flag"),
}
CREATE_APPOINTMENT: Shape = {
    **APPOINTMENT,
    **dict.fromkeys(words("calendarId locationId contactId startTime"), "text*"),
}
BLOCK: Shape = {
    **dict.fromkeys(words("title calendarId assignedUserId startTime endTime"), "text"),
    "locationId": "text*",
}
NOTE: Shape = {"userId": "text", "body": "text*"}
SPANS, AHEAD = words("mins hours"), words("days weeks months")
ENUMS = {
    **dict.fromkeys(words("slotDurationUnit slotIntervalUnit slotBufferUnit preBufferUnit"), SPANS),
    "allowBookingAfterUnit": ("hours", *AHEAD),
    "allowBookingForUnit": AHEAD,
    "calendarType": words("round_robin event class_booking collective service_booking personal"),
    "eventType": words("RoundRobin_OptimizeForAvailability RoundRobin_OptimizeForEqualDistribution"),
    "formSubmitType": words("RedirectURL ThankYouMessage"),
    "appointmentStatus": words("new confirmed cancelled showed noshow invalid"),
    "meetingLocationType": words("custom zoom gmeet phone address ms_teams google"),
    "receiverType": words("contact guest assignedUser emails phoneNumbers business"),
    "channel": words("email inApp sms whatsapp"),
    "notificationType": words("booked confirmation cancellation reminder followup reschedule"),
}


def fit(data: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """The body itself. Raises a 400 that names everything wrong with it."""
    try:
        given = checked(data, shape)
    except Refusal as refusal:
        raise refusals.bad("; ".join(refusal.body["message"])) from None
    wrong = [
        f"{name} must be one of the following values: {', '.join(allowed)}"
        for name, allowed in ENUMS.items()
        if name in given and given[name] not in allowed
    ]
    if wrong:
        raise refusals.bad("; ".join(wrong))
    return given
