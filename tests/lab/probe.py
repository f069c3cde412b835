"""Both ends of the emulator's own check: `python -m tests.lab.probe serve PORT`, and what the reader's end measures."""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time

_SEGMENT, _PACKET = 1448, 1500  # bytes in a full packet: of the stream, and with its headers
_AT_ONCE = 100  # datagrams that fit into a socket's buffer


def serve(port: int) -> None:
    """Datagrams come back as they are; a connection gets as many bytes as its first eight say."""
    threading.Thread(target=_echo, args=(port,), daemon=True).start()
    with socket.create_server(("0.0.0.0", port)) as listener:
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_send, args=(connection,), daemon=True).start()


def _echo(port: int) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as here:
        here.bind(("0.0.0.0", port))
        while True:
            here.sendto(*here.recvfrom(2048))


def _send(connection: socket.socket) -> None:
    with connection:
        (size,) = struct.unpack("!Q", connection.recv(8))
        connection.sendall(bytes(size))


def echo(host: str, port: int, count: int) -> None:
    """Milliseconds of round trips, one after the other."""
    with socket.socket(type=socket.SOCK_DGRAM) as here:
        here.connect((host, port))
        here.settimeout(5)
        for _ in range(count):
            start = time.perf_counter()
            here.send(b"x")
            here.recv(16)
            print((time.perf_counter() - start) * 1000)


def lost(host: str, port: int, count: int) -> None:
    """The share of datagrams that come back."""
    with socket.socket(type=socket.SOCK_DGRAM) as here:
        here.connect((host, port))
        here.settimeout(0.2)
        back = 0
        for _ in range(0, count, _AT_ONCE):
            for _ in range(_AT_ONCE):
                here.send(b"x")
            back += _came_back(here)
        print(back / count)


def _came_back(here: socket.socket) -> int:
    count = 0
    try:
        while here.recv(16):
            count += 1
    except TimeoutError:
        return count
    return count


def rate(host: str, port: int, size: int) -> None:
    """kbit/s of packets from the first byte to the last."""
    with _asked(host, port, size) as here:
        got, start = len(here.recv(65536)), time.perf_counter()
        first = got
        while piece := here.recv(65536):
            got += len(piece)
        took = time.perf_counter() - start
    print((got - first) / _SEGMENT * _PACKET * 8 / took / 1000)


def until_silence(host: str, port: int) -> None:
    """Bytes that come before nothing comes for a second."""
    got = 0
    with _asked(host, port, 1_000_000) as here:
        here.settimeout(1)
        try:
            while piece := here.recv(65536):
                got += len(piece)
        except TimeoutError:
            pass
    print(got)


def _asked(host: str, port: int, size: int) -> socket.socket:
    here = socket.create_connection((host, port), timeout=30)
    here.sendall(struct.pack("!Q", size))
    return here


def main(what: str, *arguments: str) -> None:
    if what == "serve":
        serve(int(arguments[0]))
    host, port, *count = arguments
    if what == "until-silence":
        until_silence(host, int(port))
    else:
        {"echo": echo, "lost": lost, "rate": rate}[what](host, int(port), int(count[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
