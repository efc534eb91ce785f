"""Courses: derived from courses.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION, done
from connectors.ghl.derived.shared import DONE, need, ref, resource, samples
from connectors.notation import post

S = samples("courses")

OPERATIONS = resource(
    "courses", "",
    post("import_courses", "/courses/courses-exporter/public/import", "Import courses", LOCATION,
        need(f.lines("products", fields=(need(f.text("title")), need(f.note("description")), f.text("imageUrl"),
        need(f.json("categories", example='[{"title": "text", "visibility": "published"}]')),
        f.json("instructorDetails", example='{"name": "text", "description": "text"}'),))), ref("userId"),
        sample=DONE, read=done),
    version="2021-07-28", source="courses.json", object="course",
)
