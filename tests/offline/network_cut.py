"""Cuts the network inside one Python process: only this machine can be reached.

An attempt raises ``NetworkCut``, is kept in ``attempts`` and, where ``WHOSAYS_NETWORK_LOG`` names a file,
written there too: so an attempt whose error somebody swallows is still seen.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

attempts: list[str] = []


class NetworkCut(RuntimeError):
    """Something asked for another machine. Nothing in this kit may."""


def cut() -> None:
    """Replace the ways out that Python code has: connecting, sending and looking up names."""
    if getattr(socket.socket, "network_is_cut", False):
        return
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _guard(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _guard(self, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        _guard(self, rest[-1])
        return sendto(self, data, *rest)

    changed: Any = socket.socket
    changed.connect, changed.connect_ex, changed.sendto = guarded_connect, guarded_connect_ex, guarded_sendto
    changed.network_is_cut = True
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        setattr(socket, name, _guarded_lookup(getattr(socket, name)))


def _guarded_lookup(look_up: Any) -> Any:
    def guarded(host: Any, *args: Any, **options: Any) -> Any:
        if not is_local(host):
            _refuse(f"looked up {host}")
        return look_up(host, *args, **options)

    return guarded


def _guard(way: socket.socket, address: Any) -> None:
    if way.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
        _refuse(f"connected to {address[0]}, port {address[1]}")


def is_local(host: Any) -> bool:
    """Whether a host name or address is this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse(what: str) -> None:
    attempts.append(what)
    if log := os.environ.get("WHOSAYS_NETWORK_LOG"):
        with Path(log).open("a", encoding="utf-8") as lines:
            lines.write(f"{what}\n")
    raise NetworkCut(f"This code {what}, but the kit works without a network.")
