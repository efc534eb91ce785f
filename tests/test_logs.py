import io
import json
import logging
import sys

from builder import logs


def written(formatter, message, *arguments, **options):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("builder.somewhere")
    logger.addHandler(handler)
    logger.warning(message, *arguments, **options)
    return stream.getvalue()


def test_json_line_holds_what_was_said_and_where():
    line = json.loads(written(logs.JsonLine(), "run %s began", "r1", extra={"run": "r1", "attempt": 2}))

    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "builder.somewhere",
        "message": "run r1 began",
        "run": "r1",
        "attempt": 2,
    }


def test_hook_keys_are_in_no_line():
    path = "POST /hooks/4fVq-secret_key/?secret=none and /hooks/another"

    assert json.loads(written(logs.JsonLine(), path))["message"] == "POST /hooks/…/?secret=none and /hooks/…"
    assert written(logs.Readable(), path) == "POST /hooks/…/?secret=none and /hooks/…\n"


def test_what_a_service_sends_people_back_with_is_in_no_line():
    back = "/accounts/oidc/acme/back/?state=s3cret&code=c0de"
    path = f'"GET /oauth/callback/?state=s3cret&code=c0de HTTP/1.1" 302, key "/hooks/4fVq", then {back}'

    told = '"GET /oauth/callback/?… HTTP/1.1" 302, key "/hooks/…", then /accounts/oidc/acme/back/?…'
    assert json.loads(written(logs.JsonLine(), path))["message"] == told
    assert written(logs.Readable(), path) == f"{told}\n"


def test_hook_key_in_an_exception_is_taken_out_too():
    try:
        raise ValueError("/hooks/4fVq-secret_key/ failed")
    except ValueError:
        line = written(logs.JsonLine(), "it failed", exc_info=sys.exc_info())

    assert "4fVq" not in line
    assert "ValueError: /hooks/…/ failed" in json.loads(line)["exception"]


def test_line_breaks_and_escapes_stay_inside_one_line():
    line = written(logs.JsonLine(), "name: %s", 'x\r\n{"level": "info"}\x1b[31m')

    assert line.count("\n") == 1
    assert json.loads(line)["message"] == 'name: x\r\n{"level": "info"}\x1b[31m'
    assert "\x1b" not in line


def test_every_line_says_which_run_it_is_about():
    record = logging.LogRecord("connectors.client", logging.WARNING, __file__, 1, "slow", None, None)
    with logs.about(workspace="lumen"), logs.about(run="r4fq"):
        logs.About().filter(record)

    line = json.loads(logs.JsonLine().format(record))

    assert (line["run"], line["workspace"]) == ("r4fq", "lumen")
    assert logs.Readable("%(message)s").format(record) == "slow  [run r4fq, workspace lumen]"


def test_what_a_line_says_itself_stands():
    record = logging.LogRecord("builder", logging.WARNING, __file__, 1, "slow", None, None)
    record.run = "its own"
    with logs.about(run="r4fq"):
        logs.About().filter(record)

    assert record.run == "its own"
