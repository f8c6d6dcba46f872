"""Run the application on this machine, from when its index is loaded until it is told to stop."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette

from lessons.search.app import application
from lessons.search.asking import Desk
from lessons.search.command import PORT

HOST = "127.0.0.1"
LEAVE = 10  # seconds that running answers have, once the server was told to stop


def listen(port: int) -> socket.socket:
    """Take a port of this machine; 0 takes any that is free. Whoever connects waits until it is served.

    Raises:
        OSError: it is taken, or none of ours.
        ValueError: no port.
    """
    if not 0 <= port < 65536:
        raise ValueError(f"port {port}: a port is a number from 0 to 65535")
    taken = socket.socket()
    if os.name == "posix":  # on Windows it would let two servers have the same port
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
        taken.listen()
    except OSError as error:
        taken.close()
        raise OSError(
            f"port {port} cannot be used ({error.strerror}): is another server running there? "
            "--port takes another one, --port 0 any that is free"
        ) from error
    return taken


def server(app: Starlette) -> uvicorn.Server:
    """Make the server of an application, which tells warnings and errors only."""
    return uvicorn.Server(
        uvicorn.Config(
            app, lifespan="off", timeout_graceful_shutdown=LEAVE, log_level="warning",
            log_config=None,  # its own would close the handlers of the process that it is made in
        )
    )  # fmt: skip


def serve(port: int = PORT, load: Callable[[], Desk] = Desk.load) -> int:
    """Answer questions until Ctrl-C or a signal to end; answers that are being made are finished before.

    Args:
        port: of this machine; 0 for any that is free.
        load: makes what answers. The port is taken before, and its address said afterwards.

    Returns:
        0.

    Raises:
        OSError, ValueError: the port cannot be used.
    """
    with listen(port) as place:
        print("Loading the index ...", flush=True)
        app = application(load())
        address = f"http://{HOST}:{place.getsockname()[1]}/"
        print(f"Ask at {address} (Ctrl-C stops the server)", flush=True)
        # It comes once more after the last answer, but not to what a shell started in the background.
        with suppress(KeyboardInterrupt):
            server(app).run(sockets=[place])
        print("Stopped.", flush=True)
    return 0
