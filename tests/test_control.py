"""The control socket: who may open it, what it answers, what it survives."""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from collector import control as controls
from collector.control import Control, ControlError, NoOwner, call


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    control = await Control.start(tmp_path)
    control.register("echo", echo)
    control.register("fail", fail)
    yield control
    await control.stop()


async def echo(**params: Any) -> Any:
    return params


async def fail() -> None:
    raise ValueError("That cannot be done; do this.")


async def say(data: Path, *lines: bytes) -> list[bytes]:
    """What a raw conversation brings, greeting included."""
    reader, writer = await asyncio.open_unix_connection(str(data / "control.sock"))
    for line in lines:
        writer.write(line)
    writer.write_eof()
    answers = (await reader.read()).splitlines()
    writer.close()
    return answers


@pytest.mark.parametrize("params", [{}, {"a": 1, "b": ["x", None], "c": "ü" * 10_000}], ids=["nothing", "much"])
async def test_a_command_is_answered(control: Control, tmp_path: Path, params: dict[str, Any]) -> None:
    assert await call(tmp_path, "echo", **params) == params


@pytest.mark.usefixtures("control")
@pytest.mark.parametrize(
    ("command", "params", "told"),
    [
        ("fail", {}, "That cannot be done; do this."),
        ("echo", {"size": "x"}, None),
        ("fail", {"unknown": 1}, "unexpected keyword"),
        ("nothing", {}, "does not know the command nothing"),
    ],
    ids=["its own error", "no error", "wrong parameter", "unknown command"],
)
async def test_an_error_is_a_sentence(tmp_path: Path, command: str, params: dict[str, Any], told: str | None) -> None:
    if told is None:
        assert await call(tmp_path, command, **params) == params
        return
    with pytest.raises(ControlError, match=told):
        await call(tmp_path, command, **params)


@pytest.mark.usefixtures("control")
async def test_only_its_user_may_open_it(tmp_path: Path) -> None:
    mode = await asyncio.to_thread(lambda: (tmp_path / "control.sock").stat().st_mode)
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.usefixtures("control")
async def test_it_greets_with_its_version_and_answers_line_by_line(tmp_path: Path) -> None:
    answers = await say(tmp_path, b'{"command":"echo","params":{"a":1}}\n', b"no json\n", b'{"command":"echo"}\n')
    assert answers[0].startswith(b'{"byleave":"')
    assert b'"protocol":1' in answers[0]
    assert answers[1] == b'{"ok":{"a":1}}'
    assert answers[2].startswith(b'{"error":"Not a request')
    assert answers[3] == b'{"ok":{}}'


@pytest.mark.usefixtures("control")
async def test_a_request_over_the_limit_ends_the_conversation_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ControlError):
        await call(tmp_path, "echo", much="x" * controls.REQUEST_BYTES)
    assert await call(tmp_path, "echo") == {}
    monkeypatch.setattr(controls, "ANSWER_BYTES", 100)
    with pytest.raises(ControlError, match="too large"):
        await call(tmp_path, "echo", much="x" * 200)


@pytest.mark.usefixtures("control")
async def test_callers_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "CALLERS", 1)
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "control.sock"))
    await reader.readline()
    with pytest.raises(ControlError, match="try again"):
        await call(tmp_path, "echo")
    writer.close()


@pytest.mark.usefixtures("control")
async def test_the_silent_are_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "IDLE_SECONDS", 0.1)
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "control.sock"))
    await reader.readline()
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_without_an_owner_there_is_nobody(tmp_path: Path) -> None:
    with pytest.raises(NoOwner):
        await call(tmp_path, "echo")


async def test_a_dead_owners_socket_is_nobody_and_is_replaced(tmp_path: Path) -> None:
    def leave() -> None:
        left = socket.socket(socket.AF_UNIX)
        left.bind(str(tmp_path / "control.sock"))
        left.close()

    await asyncio.to_thread(leave)
    with pytest.raises(NoOwner):
        await call(tmp_path, "echo")
    control = await Control.start(tmp_path)
    control.register("echo", echo)
    assert await call(tmp_path, "echo", a=1) == {"a": 1}
    await control.stop()
    assert not await asyncio.to_thread((tmp_path / "control.sock").exists)


async def test_a_folder_may_lie_deep(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-folder-name"] * 8)
    await asyncio.to_thread(deep.mkdir, parents=True)
    assert len(os.fsencode(deep)) > 108
    control = await Control.start(deep)
    control.register("echo", echo)
    assert await call(deep, "echo", a=1) == {"a": 1}
    await control.stop()
    with pytest.raises(NoOwner):
        await call(deep, "echo")


async def test_stopping_ends_conversations_at_work(tmp_path: Path) -> None:
    control = await Control.start(tmp_path)
    control.register("wait", asyncio.Event().wait)
    waiting = asyncio.create_task(call(tmp_path, "wait"))
    await asyncio.sleep(0.1)
    await control.stop()
    with pytest.raises(ControlError, match="went away"):
        async with asyncio.timeout(5):
            await waiting
