"""The names by which people who come from lists of HighLevel's operations look for them."""

import pytest

from connectors import catalogue
from connectors.ghl.derived import shared

NAMES = """
Get Contact = contacts.get
Search Contacts = contacts.search
Get Contacts by Business = contacts.list_by_business
Get Duplicate Contact = contacts.find_duplicate
Get Contact Appointments = contacts.list_appointments
Get Contact Tasks = contacts.list_tasks
Get Contact Task by ID = contacts.get_task
Get Contact Notes = contacts.list_notes
Get Contact Note by ID = contacts.get_note
List Contacts = contacts.list_old
Create Contact = contacts.create
Update Contact = contacts.update
Find Contact = contacts.search
Delete Contact = contacts.delete
Upsert Contact = contacts.upsert
Add Tags to Contact = contacts.add_tags
Remove Tags from Contact = contacts.remove_tags
Bulk Update Contact Tags = contacts.change_tags
Create Contact Task = contacts.add_task
Update Contact Task = contacts.update_task
Complete Contact Task = contacts.complete_task
Delete Contact Task = contacts.delete_task
Create Contact Note = contacts.add_note
Update Contact Note = contacts.update_note
Delete Contact Note = contacts.delete_note
Add Contact to Campaign = contacts.add_to_campaign
Remove from Campaign = contacts.remove_from_campaign
Remove from All Campaigns = contacts.remove_from_every_campaign
List Calendar Groups = calendar_groups.list
List Calendars = calendars.list
Get Calendar by ID = calendars.get
Get Free Slots = calendars.free_slots
List Calendar Events = calendar_events.list
List Blocked Slots = blocked_slots.list
Get Appointment = appointments.get
List Appointment Notes = appointment_notes.list
List Calendar Notifications = calendar_notifications.list
Get Calendar Notification = calendar_notifications.get
List Calendar Resources = calendar_resources.list
Get Calendar Resource = calendar_resources.get
Create Calendar Group = calendar_groups.create
Update Calendar Group = calendar_groups.update
Update Group Status = calendar_groups.set_status
Delete Calendar Group = calendar_groups.delete
Validate Group Slug = calendar_groups.check_slug
Create Calendar = calendars.create
Update Calendar = calendars.update
Delete Calendar = calendars.delete
Create Appointment = appointments.create
Update Appointment = appointments.update
Delete Event = calendar_events.delete
Create Block Slot = blocked_slots.create
Update Block Slot = blocked_slots.update
Create Appointment Note = appointment_notes.create
Update Appointment Note = appointment_notes.update
Delete Appointment Note = appointment_notes.delete
Create Calendar Notification = calendar_notifications.create
Update Notification = calendar_notifications.update
Delete Notification = calendar_notifications.delete
Create Calendar Resource = calendar_resources.create
Update Calendar Resource = calendar_resources.update
Delete Calendar Resource = calendar_resources.delete
Search Opportunities = opportunities.search
Get Opportunity = opportunities.get
List Pipelines = pipelines.list
Create Opportunity = opportunities.create
Update Opportunity = opportunities.update
Delete Opportunity = opportunities.delete
Update Opportunity Status = opportunities.set_status
Upsert Opportunity = opportunities.upsert
Add Followers = opportunities.add_followers
Remove Followers = opportunities.remove_followers
Search Users = users.search
Filter Users by Email = users.find_by_email
Get User = users.get
List Users by Location = users.list
Create User = users.create
Update User = users.update
Delete User = users.delete
Search Conversations = conversations.search
Get Conversation = conversations.get
Get Email by ID = messages.get_email
Get Message by ID = messages.get
Get Messages by Conversation = messages.list
Get Message Recording = messages.get_recording
Get Message Transcription = messages.get_transcription
Download Transcription = messages.download_transcription
Update Message Status = messages.set_status
Agent Typing Indicator = messages.show_typing
Get Business = businesses.get
List Businesses by Location = businesses.list
Create Business = businesses.create
Update Business = businesses.update
Delete Business = businesses.delete
List Workflows = workflows.list
List Snapshots = snapshots.list
List Campaigns = campaigns.list
Add Contact to Workflow = contacts.add_to_workflow
Remove from Workflow = contacts.remove_from_workflow
Add Contact Followers = contacts.add_followers
Remove Contact Followers = contacts.remove_followers
Bulk Business Update = contacts.set_business
List Locations = locations.search
List Custom Fields = custom_fields.list
Get Company = companies.get
Find Associations = associations.list
Get Association = associations.get
Get Association Key = associations.get_by_key
Get Association by Keys = associations.list_of_object
Get Relations by Record = associations.list_relations
Check Blog URL Slug = blogs.check_address
Get Blog Authors = blogs.list_authors
Get Blog Categories = blogs.list_categories
Get Blog Posts = blogs.list_posts
Get Blogs by Location = blogs.list
Find Location by ID = locations.get
Create Location = locations.create
Create Association = associations.create
Update Association = associations.update
Delete Association = associations.delete
Create Relation = associations.relate
Delete Relation = associations.unrelate
Create Blog Post = blogs.create_post
Update Blog Post = blogs.update_post
Tag driven sync = social.list_tags
Statistics based updates = social.statistics
Tag details enrichment = social.get_tags
"""


@pytest.mark.parametrize("line", NAMES.strip().splitlines())
def test_operation_is_found_by_the_name_it_goes_by(line):
    name, _, key = line.partition(" = ")

    found = [item.key for item in catalogue.search(name, connector="ghl")]

    assert f"ghl.{key}" in found[:6]


def test_operation_that_highlevel_gives_up_points_at_one_that_is_there():
    operations = catalogue.CONNECTORS["ghl"].operations.values()
    labels = {operation.label for operation in operations}
    old = [operation for operation in operations if operation.help.startswith(shared.OLD)]

    assert len(old) >= 14
    assert [one.label for one in old if one.label.removesuffix(" (old)") not in labels] == []
    assert "Search users" in catalogue.CONNECTORS["ghl"].operations["ghl.users.list"].help
