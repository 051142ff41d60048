"""Whether the sound card plays: the real mixer on the real device, at several block sizes, and silent."""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from latentaudio.doctor.finding import Case, Finding
from latentaudio.doctor.trial import Trial, trial
from latentaudio.engine.devices import NULL, DeviceInfo, list_drivers, query_device
from latentaudio.errors import AudioError

JACK = "JACK Audio Connection Kit"
SLOW_DRIVERS = ("MME", "Windows DirectSound")
FAST_DRIVERS = ("ASIO", "Windows WDM-KS", "Windows WASAPI")  # best first
SIZES = (64, 128, 256, 512)


def drivers() -> list[str]:
    """Host APIs with an output device; none where there is no PortAudio."""
    with contextlib.suppress(AudioError):
        return list_drivers()
    return []


def check(case: Case, daemon: dict[str, Any] | None, present: list[str]) -> Iterator[Finding]:
    """The device that `play` would take, where no `daemon` has it already; `present` are the host APIs."""
    if daemon:
        yield playing(daemon["audio"])
    if case.audio == NULL:
        yield Finding("audio", "ok", "null: plays to a timer, and to no card")
        return
    try:
        device = query_device(case.audio)
    except AudioError as error:
        yield Finding(
            "audio", "problem", str(error), "plug one in and switch it on, or look into the system's settings"
        )
        return
    outputs = ",".join(map(str, device.outputs))
    yield Finding("audio", "ok", f"{device.name} ({device.driver}), {device.sample_rate:g} Hz, outputs {outputs}")
    yield from driver(device.driver, present)
    if not daemon:
        for size in (None,) if device.driver == JACK else SIZES:
            yield _tried(device, size)


def playing(audio: dict[str, Any]) -> Finding:
    """How a running daemon's sound is."""
    bad = audio["xruns"] + audio["gaps"]
    said = f"the daemon plays on {audio['device']} ({audio['driver']}), {audio['block_size']} frames, {bad} xruns"
    if audio["why"]:
        return Finding(
            "audio", "problem", f"the daemon does not sound: {audio['why']}", "look at the card and its cable"
        )
    return Finding(
        "audio", "warning" if bad else "ok", said, "take a larger --block-size, or period of JACK" if bad else ""
    )


def driver(name: str, drivers: list[str]) -> Iterator[Finding]:
    """What is to be said of the host API, of those there are."""
    if name in SLOW_DRIVERS:
        fast = next((each for each in FAST_DRIVERS if each in drivers), "")
        yield Finding("audio", "warning", f"{name} is the slowest way to a card on Windows",
                      f"play with --audio '{fast}'" if fast else "install the card's own driver")  # fmt: skip
    elif name == "Windows WASAPI":
        yield Finding("audio", "ok", "WASAPI is shared with other programs, as `play` opens it: some 10 ms more than "
                      "exclusively; an ASIO driver has no such delay")  # fmt: skip
    elif sys.platform == "linux" and JACK not in drivers:
        there = "jackd is installed" if shutil.which("jackd") else "none is installed"
        yield Finding("audio", "ok", f"no JACK server runs ({there}); ALSA alone will do")


def _tried(device: DeviceInfo, size: int | None) -> Finding:
    try:
        return judged(trial(device, size))
    except AudioError as error:
        return Finding("audio", "warning", f"{size} frames: {error}", "play with a larger --block-size")


def judged(tried: Trial) -> Finding:
    """What a trial means."""
    if not tried.ms:
        return Finding("audio", "problem", f"{tried.frames} frames: the device takes no sound",
                       "look at the card and its cable, or choose another with --audio")  # fmt: skip
    p50, p95, p99 = (round(float(value), 2) for value in np.percentile(tried.ms, (50, 95, 99)))
    said = f"{tried.frames} frames: a hit is with the device in {p50:g} ms (p95 {p95:g}, p99 {p99:g}), "
    said += f"{tried.xruns} xruns"
    figures = {"frames": tried.frames, "p50": p50, "p95": p95, "p99": p99, "xruns": tried.xruns}
    if not tried.xruns:
        return Finding("audio", "ok", said, figures=figures)
    return Finding("audio", "warning", said, f"take more than --block-size {tried.frames}, or get real-time priority",
                   figures)  # fmt: skip
