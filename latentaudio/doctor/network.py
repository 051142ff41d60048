"""Whether OSC can be heard: a daemon is there, or its port is free, or somebody else has it."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from latentaudio.control.remote import Remote
from latentaudio.doctor.finding import Case, Finding
from latentaudio.errors import ControlError

HOST = "127.0.0.1"


def daemon_at(port: int) -> dict[str, Any] | None:
    """The status of the daemon that listens there; None where none does."""
    try:
        with Remote(HOST, port) as remote:
            said: dict[str, Any] = json.loads(remote.ask("/la/status", reply="/la/status/json")[0])
    except (ControlError, ValueError):
        return None
    return said


def check(case: Case, daemon: dict[str, Any] | None) -> Iterator[Finding]:
    """The port, and how a daemon that has it is."""
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
