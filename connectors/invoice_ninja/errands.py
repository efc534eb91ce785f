"""What Invoice Ninja makes in the background: it answers with a reference first, and has it ready a little later."""

from connectors.errors import Unavailable
from connectors.invoice_ninja.answers import explain
from connectors.invoice_ninja.files import file_of
from connectors.invoice_ninja.service import API, Record
from connectors.spec import Conversation, Request, Response

NOT_YET = 409


def later(method: str, path: str, what: str, name: str) -> Conversation[Record]:
    """The file, once it is there."""
    request = Request(method, API + path, reads=True)
    response = yield request
    ready(response, what)
    return {"file": file_of(request, response, what, name)}


def told(method: str, path: str, what: str, name: str) -> Conversation[Record]:
    """What it is in data where it is, else as a file."""
    request = Request(method, API + path, reads=True)
    response = yield request
    ready(response, what)
    if response.json is None:
        return {"report": [], "file": file_of(request, response, what, name)}
    explain(request, response, what)
    return {"report": response.json, "file": {}}


def ready(response: Response, what: str) -> None:
    """Raises Unavailable while it is being made: the step is tried again by itself."""
    if response.status == NOT_YET:
        raise Unavailable(f"Couldn't {what} yet: Invoice Ninja is still at it, and is asked again.")
