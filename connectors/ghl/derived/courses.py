"""Courses: derived from courses.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION
from connectors.ghl.derived.shared import DONE, done, ref, resource, samples
from connectors.notation import post

S = samples("courses")

OPERATIONS = resource(
    "courses", "",
    post("import_courses", "/courses/courses-exporter/public/import", "Import courses", LOCATION, f.lines("products",
        "One line each.", required=True, fields=(f.text("title", "A text.", required=True), f.note("description",
        "A text.", required=True), f.text("imageUrl"), f.json("categories", "Written as JSON.", required=True,
        example='[{"title": "text", "visibility": "published"}]'), f.json("instructorDetails",
        example='{"name": "text", "description": "text"}'),)), ref("userId"), sample=DONE, read=done),
    version="2021-07-28", source="courses.json", object="course",
)
