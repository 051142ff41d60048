"""Whether OSC can be heard: a daemon is there, or its port is free, or somebody else has it."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from latentaudio.control.remote import Remote
from latentaudio.control.udp import RECEIVE_BUFFER
from latentaudio.doctor.finding import Case, Finding
from latentaudio.errors import ControlError

HOST = "127.0.0.1"
A_PACKET = 416  # bytes of the room for a small one: on Linux 512 of them fit into 212,992 and 10,082 into 4 MiB


def daemon_at(port: int) -> dict[str, Any] | None:
    """The status of the daemon that listens there; None where none does."""
    try:
        with Remote(HOST, port) as remote:
            said: dict[str, Any] = json.loads(remote.ask("/la/status", reply="/la/status/json")[0])
    except (ControlError, ValueError):
        return None
    return said


def check(case: Case, daemon: dict[str, Any] | None) -> Iterator[Finding]:
    """The port and how a daemon that has it is; the room for what waits where it is a setting (Linux)."""
    if sys.platform == "linux":
        yield room(_granted())
    if daemon is None:
        yield port(case.osc_port)
        return
    lost = daemon["osc"]["kernel_dropped"] + daemon["events_refused"]
    yield Finding("osc", "ok", f"a daemon that plays {daemon['model']['name']} has UDP port {case.osc_port}")
    if lost:
        yield Finding("osc", "warning", f"{lost} messages came faster than they can be performed",
                      "send less: 60 a second of each control are enough")  # fmt: skip


def port(number: int) -> Finding:
    """Whether `play` could have the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((HOST, number))
            return Finding("osc", "ok", f"UDP port {number} is free")
        except OSError as error:
            why = error.strerror or str(error)
    who = holder(number)
    by = f", by {who}" if who else f" ({why})"
    return Finding("osc", "problem", f"UDP port {number} is taken{by}", "end that program, or play with --osc-port")


def room(given: int) -> Finding:
    """Whether bursts find room to wait; `given` is what a socket gets of the bytes that ours asks for."""
    said = f"{given // A_PACKET:,} small OSC packets may wait for us"
    if given >= RECEIVE_BUFFER:
        return Finding("osc", "ok", said)
    setting = f"net.core.rmem_max={RECEIVE_BUFFER}"
    advice = f"sudo sysctl {setting}; to keep it, put {setting} into /etc/sysctl.d/90-osc.conf"
    return Finding("osc", "warning", f"{said}, not {RECEIVE_BUFFER // A_PACKET:,}: what comes beyond is lost", advice)


def _granted() -> int:
    """Bytes; Linux cuts what is asked for at net.core.rmem_max, and tells twice as much, as it counts its own too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        return probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2


def holder(number: int) -> str:
    """The program that has a UDP port, as `name (pid 123)`; empty where the system does not tell us (Linux does)."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(number)}
    for file in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        with suppress(OSError):
            if os.readlink(file) in sockets:
                process = file.parents[1]
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return ""


def _inodes(number: int) -> Iterator[str]:
    for table in (Path("/proc/net/udp"), Path("/proc/net/udp6")):
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                words = line.split()
                if int(words[1].rpartition(":")[2], 16) == number:
                    yield words[9]
