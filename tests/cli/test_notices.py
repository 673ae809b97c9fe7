"""byleave notice: what it shows, what a change would do, and when it asks."""

import json

import pytest

from tests.cli.conftest import SITE, Here


def publish(here: Here, *changes: str, **options: object) -> str:
    return here("notice", "publish", "example.com", *changes, **options)


def test_publishing_shows_what_changes(here: Here) -> None:
    here(*SITE)
    said = publish(here, "--controller", "Other Ltd", "--authority", "The authority")
    assert "controller: Example Ltd → Other Ltd  (visitors are asked again)" in said
    assert "authority: none → The authority\n" in said
    assert "- Example Ltd is responsible for what is counted on example.com." in said
    assert "+ Other Ltd is responsible for what is counted on example.com." in said
    assert "likewise in de, es, fr, it, nl" in said
    assert "every visitor is asked again" in said
    assert "Published " in said
    assert "consents stay valid" in publish(here, "--k", "9")


def test_a_dry_run_publishes_nothing(here: Here) -> None:
    here(*SITE)
    said = publish(here, "--k", "3", "--dry-run")
    assert "k: 5 → 3" in said
    assert "Nothing was published." in said
    told = json.loads(publish(here, "--k", "3", "--dry-run", "--json"))
    assert (told["id"], told["material"]) == (None, True)
    assert told["terms"] == [{"field": "k", "old": 5, "new": 3, "material": True}]
    assert len(json.loads(here("notice", "list", "example.com", "--json"))) == 1


def test_it_asks_before_visitors_are_asked_again(here: Here, terminal: None) -> None:
    here(*SITE)
    assert "Aborted" in publish(here, "--k", "3", text="n\n", code=1)
    assert len(json.loads(here("notice", "list", "example.com", "--json"))) == 1
    assert "Published" in publish(here, "--k", "3", text="y\n")
    assert "Published" in publish(here, "--k", "2", "--yes")
    assert "Published" in publish(here, "--k", "9")  # minor
    assert len(json.loads(here("notice", "list", "example.com", "--json"))) == 4


def test_nobody_is_asked_again_when_a_draft_becomes_a_notice(here: Here, terminal: None) -> None:
    here("site", "add", "example.com")
    assert "Published" in publish(here, "--controller", "Example Ltd", "--contact", "a@example.com")


def test_what_was_given_can_be_taken_away(here: Here) -> None:
    here(*SITE, "--query-keep", "p")
    publish(here, "--recipient", "Hosting Ltd", "--authority", "The authority")
    publish(here, "--recipient", "", "--authority", "", "--query-keep", "")
    body = json.loads(here("notice", "show", "example.com", "--json"))["body"]
    assert (body["recipients"], body["authority"], body["query_keep"]) == ([], "", [])
    assert "controller and contact" in publish(here, "--contact", "", code=1)


def test_the_list_says_what_each_changed(here: Here) -> None:
    here(*SITE)
    publish(here, "--retention-months", "12")
    publish(here, "--recipient", "Hosting Ltd")
    rows = json.loads(here("notice", "list", "example.com", "--json"))
    assert [(row["number"], row["material"], row["in_force"]) for row in rows] == [
        (1, False, False),
        (2, False, False),
        (3, True, True),
    ]
    assert [[change["field"] for change in row["changes"]] for row in rows] == [
        [],
        ["retention_months"],
        ["recipients"],
    ]
    said = here("notice", "list", "example.com")
    assert "retention months: 25 → 12" in said
    assert "recipients: none → Hosting Ltd" in said
    assert said.count("in force") == 1


def test_a_notice_is_shown_as_visitors_read_it(here: Here) -> None:
    here(*SITE)
    publish(here, "--controller", "Other Ltd")
    assert "Other Ltd is responsible" in here("notice", "show", "example.com")
    first = here("notice", "show", "example.com", "1")
    assert "Example Ltd is responsible" in first
    assert "in force" not in first.partition("\n")[0]
    assert "verantwortlich" in here("notice", "show", "example.com", "--language", "de")
    shown = json.loads(here("notice", "show", "example.com", "1", "--json"))
    assert json.loads(here("notice", "show", "example.com", shown["id"][:12], "--json")) == shown
    assert list(json.loads(here("notice", "show", "example.com", "--language", "fr", "--json"))["body"]["texts"]) == [
        "fr"
    ]


@pytest.mark.parametrize("which", ["0", "2", "ab", "ffffffffff", "latest"])
def test_a_notice_that_is_not_there_is_named(here: Here, which: str) -> None:
    here(*SITE)
    assert "There is no one notice" in here("notice", "show", "example.com", which, code=1)


def test_a_language_that_a_notice_lacks_is_named(here: Here) -> None:
    here(*SITE, "--languages", "en,de")
    assert "it has de, en" in here("notice", "show", "example.com", "--language", "fr", code=1)
