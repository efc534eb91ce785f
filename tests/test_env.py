import os
import stat

import pytest

from builder import env


def test_flag_takes_yes_and_no(monkeypatch):
    read = {}
    for word in ("1", "true", "YES", "on", "0", "false", "No", "off", ""):
        monkeypatch.setenv("A_FLAG", word)
        read[word] = env.flag("A_FLAG", default=True)

    assert [word for word, value in read.items() if value] == ["1", "true", "YES", "on", ""]


def test_flag_names_itself_when_unreadable(monkeypatch):
    monkeypatch.setenv("A_FLAG", "perhaps")

    with pytest.raises(env.BadSetting) as trouble:
        env.flag("A_FLAG")

    assert str(trouble.value) == "A_FLAG is 'perhaps'. It takes yes or no."


def test_number_names_itself_when_unreadable(monkeypatch):
    monkeypatch.setenv("A_NUMBER", "many")

    with pytest.raises(env.BadSetting) as trouble:
        env.number("A_NUMBER", 3)

    assert str(trouble.value) == "A_NUMBER is 'many'. It takes a number."


def test_words_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("SOME_WORDS", "one, two,,three ")

    assert env.words("SOME_WORDS") == ["one", "two", "three"]


def test_secret_from_a_file_goes_before_the_variable(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("A_SECRET", "from the variable")
    monkeypatch.setenv("A_SECRET_FILE", str(tmp_path / "key"))

    assert env.secret("A_SECRET") == "from the file"


def test_secret_file_that_is_missing(monkeypatch):
    monkeypatch.setenv("A_SECRET_FILE", "/nowhere/key")

    with pytest.raises(env.BadSetting) as trouble:
        env.secret("A_SECRET")

    assert str(trouble.value) == "A_SECRET_FILE names /nowhere/key, which can't be read: No such file or directory."


def test_dotenv_never_overrides_the_environment(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text('# a comment=no\nGIVEN=from the file\nQUOTED="two words"\n\nnonsense\n')
    monkeypatch.setenv("GIVEN", "from outside")
    monkeypatch.setenv("QUOTED", "to be removed")
    monkeypatch.delenv("QUOTED")

    env.load_dotenv(tmp_path / ".env")

    assert (os.environ["GIVEN"], os.environ["QUOTED"]) == ("from outside", "two words")


def test_generated_secrets_stay_and_are_private(tmp_path):
    path = tmp_path / "new folder" / "secrets.json"

    first, second = env.generated(path), env.generated(path)

    assert first == second
    assert sorted(first) == ["SEAL_KEYS", "SECRET_KEY"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secrets.json"]


def test_sqlite_address():
    entry = env.database("sqlite:////srv/recette/data.sqlite3", pool=8)

    assert entry["NAME"] == "/srv/recette/data.sqlite3"
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgres_address_with_all_parts():
    entry = env.database("postgres://us%40er:p%2Fw@db.internal:5433/recette?sslmode=require", pool=5)

    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "recette",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.internal",
        "PORT": "5433",
        "OPTIONS": {
            "prepare_threshold": 5,
            "sslmode": "require",
            "pool": {"min_size": 1, "max_size": 5, "timeout": 10, "reconnect_timeout": 2},
        },
        "CONN_HEALTH_CHECKS": True,
    }


@pytest.mark.parametrize(("query", "kept"), [("", 5), ("?prepare_threshold=", None), ("?prepare_threshold=0", 0)])
def test_times_a_statement_is_asked_before_postgres_keeps_it(query, kept):
    entry = env.database(f"postgres://recette@db.internal/recette{query}", pool=5)

    assert entry["OPTIONS"]["prepare_threshold"] == kept


def test_times_that_are_no_number_are_refused():
    with pytest.raises(env.BadSetting, match="It takes a number, or nothing"):
        env.database("postgres://recette@db.internal/recette?prepare_threshold=often", pool=5)


def test_postgres_socket_address():
    entry = env.database("postgresql://postgres:@/postgres?host=/run/pg", pool=5)

    assert (entry["HOST"], entry["NAME"]) == ("/run/pg", "postgres")


def test_database_of_another_kind():
    with pytest.raises(env.BadSetting) as trouble:
        env.database("mysql://localhost/x", pool=5)

    assert str(trouble.value) == "DATABASE_URL begins with 'mysql'. It takes sqlite:///path or postgres://…"
