"""Settings: one table, cast and checked at start, one clear sentence when wrong."""

from pathlib import Path

import pytest

from collector.settings import Settings, SettingsError, load, table, unknown


def test_flags_beat_environment_beats_file_beats_defaults(tmp_path: Path) -> None:
    file = tmp_path / "byleave.toml"
    file.write_text('port = 1\nhost = "192.0.2.1"\ndata = "there"\n')
    settings = load({"BYLEAVE_PORT": "2", "BYLEAVE_HOST": "192.0.2.2"}, file, port=3)
    assert (settings.port, settings.host, settings.data, settings.workers) == (3, "192.0.2.2", "there", 1)
    assert load({}, tmp_path / "none.toml") == Settings()


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"BYLEAVE_PORT": "x"}, "BYLEAVE_PORT"),
        ({"BYLEAVE_PORT": "70000"}, "BYLEAVE_PORT"),
        ({"BYLEAVE_WORKERS": "0"}, "BYLEAVE_WORKERS"),
        ({"BYLEAVE_RATE_LIMIT": "no"}, "BYLEAVE_RATE_LIMIT"),
        ({"BYLEAVE_PREFIX": "c"}, "BYLEAVE_PREFIX"),
        ({"BYLEAVE_TRUSTED_PROXIES": "*"}, "BYLEAVE_TRUSTED_PROXIES"),
        ({"BYLEAVE_DUCKDB_MEMORY": "lots"}, "BYLEAVE_DUCKDB_MEMORY"),
    ],
)
def test_a_wrong_setting_is_named(environ: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=says):
        load(environ, tmp_path / "none.toml")


def test_a_variable_that_is_no_setting_is_named_and_changes_nothing(tmp_path: Path) -> None:
    environ = {"BYLEAVE_PROT": "1", "BYLEAVE_PORT": "2", "HOME": "/"}
    assert unknown(environ) == ["BYLEAVE_PROT"]
    assert load(environ, tmp_path / "none.toml").port == 2


def test_a_broken_file_and_an_unknown_name_in_it_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "byleave.toml"
    file.write_text("port = [")
    with pytest.raises(SettingsError, match=r"byleave\.toml"):
        load({}, file)
    file.write_text("prot = 1")
    with pytest.raises(SettingsError, match="prot"):
        load({}, file)


def test_every_setting_has_a_help() -> None:
    assert all(name.startswith("BYLEAVE_") and help_ for name, _default, help_ in table())


SMTP = [
    ("mail.example.com", "give it like"),
    ("https://mail.example.com/?from=a@example.com", "give it like"),
    ("smtp://user:secret@mail.example.com", "who the mails are from"),
]


@pytest.mark.parametrize(("url", "says"), SMTP)
def test_a_mail_server_that_cannot_be_is_refused_without_its_password(url: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as refused:
        load({"BYLEAVE_SMTP_URL": url, "BYLEAVE_BASE_URL": "https://stats.example.net"}, Path("none.toml"))
    assert "secret" not in str(refused.value)


def test_a_mail_server_needs_the_address_that_links_lead_to() -> None:
    url = "smtps://me%40x:p%2Fw@mail.example.com/?from=byleave@example.com"
    with pytest.raises(SettingsError, match="BYLEAVE_BASE_URL"):
        load({"BYLEAVE_SMTP_URL": url}, Path("none.toml"))
    found = load({"BYLEAVE_SMTP_URL": url, "BYLEAVE_BASE_URL": "https://stats.example.net"}, Path("none.toml")).smtp
    assert found is not None
    assert (found.user, found.password, found.port, found.tls) == ("me@x", "p/w", 465, True)
