"""The example website: whole, linked, and as strict as it tells its visitors."""

import re
import socket

import pytest
from starlette.testclient import TestClient

from example.run import taken
from example.website import COLLECTOR, PAGES, create_app

ADDRESSES = ["/", "/bread/", "/orders/", "/thanks/", "/about/", "/privacy/"]
TAG = f'<script defer src="{COLLECTOR}/c/tag.js" data-site="localhost"></script>'


@pytest.fixture
def client() -> TestClient:
    return TestClient(create_app(), follow_redirects=False)


def test_every_page_is_known_here() -> None:
    pages = {f"/{page.parent.relative_to(PAGES)}/".replace("/./", "/") for page in PAGES.rglob("index.html")}
    assert pages == set(ADDRESSES)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_embeds_the_tag_in_one_line_and_holds_nothing_inline(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert [line.strip() for line in answer.text.splitlines() if "<script" in line] == [TAG]
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text)
    assert "data-byleave-choices" in answer.text


@pytest.mark.parametrize("address", [*ADDRESSES, "/no-such-page"])
def test_every_link_of_a_page_leads_somewhere(client: TestClient, address: str) -> None:
    for target in re.findall(r'(?:href|src|action)="(/[^"]*)"', client.get(address).text):
        assert client.get(target).status_code == 200, target


@pytest.mark.parametrize("address", [*ADDRESSES, "/bakery.css", "/no-such-page"])
def test_the_policy_allows_itself_and_the_collector_only(client: TestClient, address: str) -> None:
    policy = client.get(address).headers["content-security-policy"]
    assert "unsafe" not in policy and "*" not in policy
    assert policy.startswith("default-src 'none'; ")
    assert set(re.findall(r"https?://\S+?(?=;|\s|$)", policy)) == {COLLECTOR}


def test_another_collector_stands_in_page_and_policy() -> None:
    answer = TestClient(create_app("http://localhost:9123")).get("/")
    assert 'src="http://localhost:9123/c/tag.js"' in answer.text
    assert "script-src http://localhost:9123;" in answer.headers["content-security-policy"]
    assert COLLECTOR not in answer.text


@pytest.mark.parametrize(
    ("what", "needle"),
    [
        ("a link within", 'href="/bread/"'),
        ("a link to another website", 'href="https://'),
        ("a download", "download>"),
        ("a named button", "data-byleave="),
        ("a form", '<form method="get"'),
        ("the way back to the choice", "data-byleave-choices"),
    ],
)
def test_the_website_has(client: TestClient, what: str, needle: str) -> None:
    assert any(needle in client.get(address).text for address in ADDRESSES), what


def test_a_folder_without_its_slash_is_sent_on(client: TestClient) -> None:
    answer = client.get("/bread")
    assert (answer.status_code, answer.headers["location"]) == (308, "/bread/")


@pytest.mark.parametrize(
    "address", ["/no-such-page", "/../website.py", "/%2e%2e/website.py", "/bread//", "//example.com"]
)
def test_what_is_not_there_is_not_found(client: TestClient, address: str) -> None:
    answer = client.get(f"http://testserver{address}")
    assert answer.status_code == 404
    assert "No such page" in answer.text


def test_the_download_is_a_real_document(client: TestClient) -> None:
    answer = client.get("/files/price-list.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-") and answer.content.endswith(b"%%EOF\n")


def test_a_port_in_use_is_seen_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert taken(port)
    assert not taken(port)
