"""The receipt: verified by libraries that the server does not use, and its content is what it claims to be."""

import asyncio
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jwt
import pytest
from blockbuster import BlockBuster
from sqlalchemy import select

from collector.state.tables import consent_log
from tests.wire import SITE, UI, running

PAGE = Path(__file__).parents[2] / "docs" / "proof.md"
# Terms of the Data Privacy Vocabulary 2 (https://w3id.org/dpv) by what they are terms for.
DPV = {
    "@type": {"dpv:ConsentRecord"},
    "state": {"dpv:ConsentGiven", "dpv:RenewedConsentGiven"},
    "legal_basis": {"dpv:Consent"},
    "purposes": {"dpv:ServiceUsageAnalytics", "dpv:Advertising"},
}


async def made(data: Path) -> dict[str, Any]:
    """Receipts of several kinds, the published keys, and the log they must fit."""
    async with running(data) as live:
        first = await live.consent(purposes=["measure", "returning", "ads"])
        again = await live.consent(prior=first["access_key"], purposes=["measure"])
        cmp = await live.consent(source="onetrust", shown="cmp", locale="de-AT")
        published = (await live.client.get("/.well-known/byleave-keys.json")).json()
        async with live.context.state.read() as connection:
            rows = (await connection.execute(select(consent_log).order_by(consent_log.c.seq))).all()
        notice = live.context.follower.current[SITE]
    log = {row.seq: row for row in rows}
    return {"held": [first, again, cmp], "published": published, "log": log, "notice": notice}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Made once."""
    return asyncio.run(made(tmp_path_factory.mktemp("receipts")))


def opened(given: dict[str, Any], number: int) -> dict[str, Any]:
    """The claims of a receipt, verified by PyJWT with the published keys alone."""
    text = given["held"][number]["receipt"]
    keys = jwt.PyJWKSet.from_dict(given["published"])
    kid = jwt.get_unverified_header(text)["kid"]
    claims: dict[str, Any] = jwt.decode(text, keys[kid].key, algorithms=["EdDSA"])
    return claims


def test_another_library_verifies_it_and_sees_a_changed_one(given: dict[str, Any]) -> None:
    assert opened(given, 0)["site"] == SITE
    assert not any("d" in key for key in given["published"]["keys"])
    head, payload, signature = given["held"][0]["receipt"].split(".")
    forged = given["held"][2]["receipt"].split(".")[1]
    key = jwt.PyJWKSet.from_dict(given["published"]).keys[0].key
    for text in (f"{head}.{forged}.{signature}", f"{head}.{payload}.{signature[:-6]}AAAAAA"):
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(text, key, algorithms=["EdDSA"])


NODE = """
const { createPublicKey, verify } = require('node:crypto');
const { receipt, published } = JSON.parse(require('node:fs').readFileSync(0));
const [head, payload, signature] = receipt.split('.');
const { kid } = JSON.parse(Buffer.from(head, 'base64url'));
const key = createPublicKey({ key: published.keys.find((key) => key.kid === kid), format: 'jwk' });
process.stdout.write(String(verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))));
"""


def test_so_does_another_language(given: dict[str, Any], blockbuster: BlockBuster) -> None:
    blockbuster.deactivate()
    good = given["held"][0]["receipt"]
    for receipt, answer in ((good, "true"), (good.replace("eyJA", "eyJB", 2), "false")):
        asked = json.dumps({"receipt": receipt, "published": given["published"]})
        done = subprocess.run(["node", "-e", NODE], input=asked, capture_output=True, text=True, check=False)
        assert done.stdout == answer if answer == "true" else done.stdout != "true", done.stderr


@pytest.mark.parametrize("number", range(3))
def test_it_says_what_the_log_says(given: dict[str, Any], number: int) -> None:
    claims = opened(given, number)
    row = given["log"][claims["record"]["sequence"]]
    body = json.loads(row.body)
    assert claims["record"] == {
        "sequence": row.seq, "head": bytes(row.link).hex(), "kind": body["kind"], "subject": body["subject"],
    }  # fmt: skip
    told = (claims["given"], claims["expires"], claims["site"], claims["notice"]["id"], claims["notice"]["language"])
    assert told == (body["at"], body["expires"], body["site"], body["notice"], body["locale"])
    assert [purpose["name"] for purpose in claims["purposes"]] == body["purposes"]
    assert claims["method"] == {"source": body["source"], "shown": body["shown"], "build": UI}
    notice = given["notice"].body
    for name in ("categories", "recipients", "retention_months", "rights"):
        assert claims[name] == notice[name]
    assert claims["controller"] == {"name": notice["controller"], "contact": notice["contact"]}
    assert claims["state"] == ("dpv:ConsentGiven" if body["kind"] == "given" else "dpv:RenewedConsentGiven")


def test_a_yes_of_another_tool_says_that_its_wording_is_not_held_here(given: dict[str, Any]) -> None:
    own, cmp = opened(given, 0), opened(given, 2)
    assert own["wording"] == "held by this notice"
    assert "not held here" in cmp["wording"]
    assert (cmp["method"]["source"], cmp["method"]["shown"]) == ("onetrust", "cmp")


@pytest.mark.parametrize("number", range(3))
def test_its_terms_are_those_of_the_vocabulary_and_each_member_is_explained(given: dict[str, Any], number: int) -> None:
    claims = opened(given, number)
    assert claims["@context"] == {"dpv": "https://w3id.org/dpv#"}
    assert claims["schema"] == "ISO/IEC TS 27560:2023"
    assert {claims["@type"]} <= DPV["@type"]
    assert {claims["state"]} <= DPV["state"]
    assert {claims["legal_basis"]} <= DPV["legal_basis"]
    assert {purpose["type"] for purpose in claims["purposes"]} <= DPV["purposes"]
    table = PAGE.read_text("utf-8").partition("## A receipt")[2].partition("## ")[0]
    members = "".join(re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE))
    assert set(claims) - {"@context"} == set(re.findall(r"`([@\w]+)", members))
