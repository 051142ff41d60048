"""What the benchmarks start and stop: a JACK server with no sound card, our daemon, FluidSynth; and their probe."""

import contextlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from latentaudio.control.remote import Remote
from latentaudio.errors import ControlError

RATE = 44100
SERVER = "latentaudio-bench"
PORT = 9123  # of our daemon
PYTHON = sys.executable


@contextlib.contextmanager
def jack_server(period: int) -> Iterator[None]:
    """`jackd -d dummy` at 44.1 kHz, real-time where permitted, found by the environment."""
    os.environ["JACK_DEFAULT_SERVER"] = SERVER
    command = ["jackd", "-n", SERVER, "-R", "-P", "70", "-d", "dummy", "-r", str(RATE), "-p", str(period)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.5)
    if process.poll() is not None:
        sys.exit("jackd does not start; it needs jackd2 and the right to real-time priority")
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def daemon(*options: str, prefix: tuple[str, ...] = ("-m", "latentaudio"), port: int = PORT) -> Iterator[Remote]:
    """Our daemon, ready to play and with a warm renderer, its pads cut short so that hits can be told apart.

    It starts anew, and leaves the session of whoever plays on this machine alone.
    """
    command = [PYTHON, *prefix, "play", "--osc-port", str(port), "--device", "cpu", "--trigger-offset", "0", *options]
    home = tempfile.TemporaryDirectory()
    folders = {f"XDG_{kind}_HOME": home.name for kind in ("STATE", "DATA")}
    process = subprocess.Popen(command, env=os.environ | folders, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    remote = Remote("127.0.0.1", port)
    try:
        wait_until(lambda: status(remote)["renderer"]["state"] == "ready", 60)
        for pad in range(1, 17):
            remote.send(f"/la/pad/{pad}/decay/s", 0.04)
        time.sleep(0.5)
        yield remote
    finally:
        remote.close()
        process.terminate()
        process.wait(20)
        home.cleanup()


@contextlib.contextmanager
def fluidsynth(wav: Path) -> Iterator[None]:
    """FluidSynth with a SoundFont that plays just `wav` on note 36."""
    with tempfile.TemporaryDirectory() as folder:
        soundfont = Path(folder) / "one.sf2"
        soundfont.write_bytes(one_sound_font(wav))
        dry = (
            "audio.jack.autoconnect=0",
            "synth.reverb.active=0",
            "synth.chorus.active=0",
            f"synth.sample-rate={RATE}",
        )
        flags = [word for option in dry for word in ("-o", option)]
        process = subprocess.Popen(
            ["fluidsynth", "-a", "jack", "-m", "jack", *flags, "-g", "1.5", "-s", "-i", str(soundfont)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(2.0)
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


def status(remote: Remote) -> dict:
    """The daemon's status."""
    return json.loads(remote.ask("/la/status", reply="/la/status/json", seconds=2.0)[0])


def wait_until(condition, seconds: float) -> None:
    """Wait for what becomes true once the daemon is far enough."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(ControlError):
            if condition():
                return
        time.sleep(0.1)
    sys.exit("the daemon did not get ready")


def probe(**options: object) -> dict:
    """Run the probe to its end and return what it found."""
    command = [PYTHON, "-m", "latentaudio.doctor.probe", json.dumps(options)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def summary(ms: np.ndarray) -> str:
    """Median, p95, p99, largest and standard deviation, as cells of a table."""
    p50, p95, p99 = np.percentile(ms, (50, 95, 99))
    return f"{p50:.2f} | {p95:.2f} | {p99:.2f} | {ms.max():.2f} | {ms.std():.3f}"


def short(wav: Path, seconds: float = 0.03) -> Path:
    """`wav` cut to its first moments, with a fade: beside it."""
    audio, rate = soundfile.read(wav, always_2d=True)
    audio = audio[: int(seconds * rate)].mean(1)
    path = wav.with_name("short.wav")
    soundfile.write(path, audio * np.linspace(1, 0, len(audio)), rate)
    return path


def one_sound_font(wav: Path) -> bytes:
    """A SoundFont 2 file (SoundFont 2.04 specification, section 4) of one mono sound, on every note and velocity."""
    audio, rate = soundfile.read(wav)
    pcm = (np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes()

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    def text(value: str) -> bytes:
        return value.encode().ljust(20, b"\0")

    generators = [(43, 127 << 8), (58, 36), (56, 0), (54, 0), (53, 0)]  # keys, root key, no scaling, no loop, sample 0
    end = len(pcm) // 2
    tables = {
        b"phdr": text("kick")
        + struct.pack("<3H3I", 0, 128, *[0] * 4)
        + text("EOP")
        + struct.pack("<3H3I", 0, 0, 1, *[0] * 3),
        b"pbag": struct.pack("<4H", 0, 0, 1, 0),
        b"pmod": bytes(10),
        b"pgen": struct.pack("<4H", 41, 0, 0, 0),
        b"inst": text("kick") + struct.pack("<H", 0) + text("EOI") + struct.pack("<H", 1),
        b"ibag": struct.pack("<4H", 0, 0, len(generators), 0),
        b"imod": bytes(10),
        b"igen": b"".join(struct.pack("<2H", *pair) for pair in [*generators, (0, 0)]),
        b"shdr": text("kick") + struct.pack("<5I2B2H", 0, end, 0, end, rate, 36, 0, 0, 1) + text("EOS") + bytes(26),
    }
    info = chunk(b"ifil", struct.pack("<2H", 2, 1)) + chunk(b"isng", b"EMU8000\0") + chunk(b"INAM", b"one\0")
    hydra = b"".join(chunk(name, table) for name, table in tables.items())
    lists = (b"INFO" + info, b"sdta" + chunk(b"smpl", pcm + bytes(92)), b"pdta" + hydra)
    return chunk(b"RIFF", b"sfbk" + b"".join(chunk(b"LIST", content) for content in lists))
