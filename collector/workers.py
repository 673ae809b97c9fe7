"""Several collector processes on one port: started, watched, started again, and never left behind.

Each listens on a socket of its own, so that the kernel spreads the connections evenly; of one socket for all, whoever
woke first took as many as waited (measured: 64 connections fell 52 to 12 on two). A process that dies takes its socket
along, and new connections go to the others until it is back.
"""

import asyncio
import multiprocessing
import signal
import socket
import time
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import msgspec
import structlog
import uvloop

from collector import server
from collector.log import configure
from collector.settings import Settings
from collector.state.database import State

RESTART_S = 0.5  # a worker that dies at once is not started in a busy loop
STOP_S = 15

_spawn = multiprocessing.get_context("spawn")
log = structlog.get_logger("workers")


class Stop(Exception):
    """The parent was asked to stop."""


def run(settings: Settings, reserved: socket.socket) -> None:
    """Keep `settings.workers` collectors running on the reserved port until this process is told to stop."""
    settings = msgspec.structs.replace(settings, port=reserved.getsockname()[1])
    signal.signal(signal.SIGTERM, _raise_stop)
    signal.signal(signal.SIGINT, _raise_stop)
    alive, lifeline = _spawn.Pipe(duplex=False)  # its end closes with this process, however it ends
    workers: list[SpawnProcess] = []
    try:
        workers += [_start(settings, alive) for _ in range(settings.workers)]
        while True:
            wait([worker.sentinel for worker in workers])
            time.sleep(RESTART_S)
            for dead in [worker for worker in workers if not worker.is_alive()]:
                log.warning("a collector ended and is started again", pid=dead.pid, exit_code=dead.exitcode)
                workers.remove(dead)
                workers.append(_start(settings, alive))
    except Stop:
        pass
    finally:
        lifeline.close()
        for worker in workers:
            worker.join(STOP_S)
            if worker.is_alive():
                worker.kill()


def _start(settings: Settings, alive: Connection) -> SpawnProcess:
    worker = _spawn.Process(target=_work, args=(settings, alive), name="byleave collect")
    worker.start()
    return worker


def _work(settings: Settings, alive: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    configure(settings.log_level)
    state = State.open(settings.data_path)
    uvloop.run(_collect_while(settings, state, server.bound(settings, shared=True), alive))


async def _collect_while(settings: Settings, state: State, sock: socket.socket, alive: Connection) -> None:
    """Collect until the parent closes its end of the pipe, by stopping or by dying."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def orphaned() -> None:
        loop.remove_reader(alive.fileno())
        stop.set()

    loop.add_reader(alive.fileno(), orphaned)
    try:
        await server.collect(settings, state, sock, stop)
    finally:
        await state.close()


def _raise_stop(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stop
