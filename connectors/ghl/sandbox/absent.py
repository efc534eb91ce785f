"""What HighLevel has and this stand-in has not: it says so, instead of acting as if there were no such call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from connectors.ghl.sandbox import refusals
from connectors.ghl.sandbox.routes import ROUTES
from connectors.sandbox_kit.words import words

ABSENT = {
    "Blogs are": """
        GET /blogs/site/all  GET /blogs/authors  GET /blogs/categories  GET /blogs/posts/all
        GET /blogs/posts/url-slug-exists  POST /blogs/posts  PUT /blogs/posts/{postId}
    """,
    "Associations are": """
        GET /associations/  POST /associations/  GET /associations/{associationId}  PUT /associations/{associationId}
        DELETE /associations/{associationId}  GET /associations/key/{key_name}  GET /associations/objectKey/{objectKey}
        POST /associations/relations  GET /associations/relations/{recordId}
        DELETE /associations/relations/{relationId}
    """,
    "Changes of users are": """
        POST /users/  PUT /users/{userId}  DELETE /users/{userId}
    """,
}
"""The beginning of the sentence, and method and path of each call; those of the derived operations are in
`absent.txt`."""


def _refusing(subject: str) -> Callable[..., Any]:
    def refuse(box: Any, call: Any) -> Any:
        raise refusals.unfit(f"{subject} not in this sandbox; HighLevel itself has this call")

    return refuse


def _register(subject: str, calls: str) -> None:
    found = words(calls)
    for method, path in zip(found[::2], found[1::2], strict=True):
        ROUTES.on(method, path, absent=True)(_refusing(subject))


for part in (Path(__file__).parent / "absent.txt").read_text("utf-8").split("# ")[1:]:
    _register(*part.split("\n", 1))
for subject, calls in ABSENT.items():
    _register(subject, calls)
