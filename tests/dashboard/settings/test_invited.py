"""An invitation goes by mail where mail is set up; where it cannot be sent, its link is shown all the same."""

import re
import time
from pathlib import Path

from structlog.testing import capture_logs

from collector.state.accounts import list_accounts
from tests.dashboard.conftest import PASSWORD, csrf_of, opened, sign_in
from tests.dashboard.post import listening
from tests.dashboard.settings.conftest import noted, send

PAGE, GUEST = "/settings/people", {"email": "guest@example.org", "role": "owner"}


async def test_an_invitation_is_mailed_and_its_link_shown_to_nobody_else(tmp_path: Path) -> None:
    async with listening() as (post, port):
        url = f"smtp://127.0.0.1:{port}/?from=byleave@example.net"
        async with (
            opened(tmp_path, base_url="https://stats.example.net", smtp_url=url) as house,
            house.browser() as owner,
            house.browser() as guest,
        ):
            await sign_in(owner)
            answer = await send(owner, f"{PAGE}/invite", PAGE, **GUEST)
            assert answer.headers["location"] == f"{PAGE}?done=invited"
            assert "on its way by mail" in (await owner.get(answer.headers["location"])).text
            (mail,) = post.mails
            assert "To: guest@example.org" in mail
            link = re.search(r"https://stats\.example\.net(/welcome/[\w-]+)", mail.replace("=\r\n", ""))
            assert link, mail
            sent = {"csrf": csrf_of((await guest.get(link[1])).text), "password": PASSWORD}
            assert (await guest.post(link[1], data=sent)).status_code == 303
            async with house.state.read() as connection:
                assert "guest@example.org" in {one.email for one in await list_accounts(connection)}
            assert (await noted(house)).action == "account added"


async def test_where_the_mail_server_is_away_the_link_is_shown(tmp_path: Path) -> None:
    async with listening() as (_, port):
        pass
    url = f"smtp://127.0.0.1:{port}/?from=byleave@example.net"
    async with (
        opened(tmp_path, base_url="https://stats.example.net", smtp_url=url) as house,
        house.browser() as owner,
    ):
        await sign_in(owner)
        began = time.monotonic()
        with capture_logs() as logs:
            answer = await send(owner, f"{PAGE}/invite", PAGE, **GUEST)
        assert time.monotonic() - began < 10
        assert (answer.status_code, "could not be mailed" in answer.text) == (400, True)
        assert "https://stats.example.net/welcome/" in answer.text
        assert [one["event"] for one in logs if one["log_level"] == "error"] == ["invitation_not_sent"]
        assert "guest@example.org" not in repr(logs)
