"""Texts and e-mails put together from pills."""

from typing import Any

from connectors import fields as f
from connectors.notation import Outputs, outputs
from connectors.spec import Context, Conversation, Operation, Retry

BY_RUNNER = frozenset(["tools.email.send", "tools.digest.add", "tools.digest.release", "tools.links.find"])
"""Operations that need the server's own mail or tables: the runner performs them, by their key."""


def _format(inputs: dict[str, Any], context: Context) -> Conversation[dict[str, Any]]:
    """The text with its pills already filled in: no request at all."""
    yield from ()
    return {"text": str(inputs.get("text") or "")}


def in_the_runner(inputs: dict[str, Any], context: Context) -> Conversation[dict[str, Any]]:
    """Stands for a conversation where there is none."""
    raise RuntimeError("This operation is performed by the runner, not by a conversation.")


FORMAT = Operation(
    key="tools.text.format",
    label="Put a text together",
    kind="lookup",
    retry=Retry.READ,
    perform=_format,
    fields=(f.required(f.note("text", "Words and pills, with filters such as upcase or date.")),),
    outputs=Outputs(lambda: outputs({"text": "Invoice for Northlight Studio"})),
    sample={"text": "Invoice for Northlight Studio"},
    object="text",
    words=("formatter", "compose", "template", "join", "concatenate"),
    help="Makes one text that later steps can use several times.",
)
SENT = {"email": {"to": ["ines@northlight.example"], "subject": "A deal is won"}}
EMAIL = Operation(
    key="tools.email.send",
    label="Send an e-mail",
    kind="action",
    retry=Retry.ONCE,
    perform=in_the_runner,
    fields=(
        f.required(f.text("to", "One address or several, with commas between them.", label="To")),
        f.required(f.text("subject", "One line.")),
        f.required(f.note("body", "Plain text with pills.", label="Text")),
        f.email("reply_to", "Where answers go.", label="Answers to", more=True),
    ),
    outputs=Outputs(lambda: outputs(SENT)),
    sample=SENT,
    object="email",
    words=("mail", "notify", "message", "alert", "smtp"),
    help="From this server's own address, to people who should know.",
)
