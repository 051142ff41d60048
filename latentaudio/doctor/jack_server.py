"""The JACK server that the loop-back is played on: the one that runs, or one of our own with no sound card."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

from latentaudio.errors import AudioError

PERIOD, RATE = 128, 44100  # of a server that we start
NAME = "latentaudio-doctor"


@dataclass(frozen=True, slots=True)
class Server:
    """A running JACK server."""

    period: int
    rate: int
    ports: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.period} frames at {self.rate} Hz"


def hush() -> None:
    """Keep JACK's library from writing to the terminal whenever it is asked for a server that does not run."""
    with contextlib.suppress(ImportError, OSError):
        import jack

        for tell in (jack.set_error_function, jack.set_info_function):
            tell(lambda _: None)


def running() -> Server | None:
    """The server that runs. Raises ImportError or OSError where there is no JACK at all."""
    import jack

    try:
        client = jack.Client(NAME, no_start_server=True)
    except jack.JackOpenError:
        return None
    with contextlib.closing(client):
        return Server(client.blocksize, client.samplerate, tuple(port.name for port in client.get_ports()))


@contextlib.contextmanager
def started() -> Iterator[dict[str, str]]:
    """A server with no card, real-time where permitted; the environment in which clients find it. Raises AudioError."""
    environment = os.environ | {"JACK_DEFAULT_SERVER": NAME}
    for realtime in (("-R", "-P", "70"), ("-r",)):
        command = ["jackd", "-n", NAME, *realtime, "-d", "dummy", "-r", str(RATE), "-p", str(PERIOD)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1.5)
        if process.poll() is None:
            break
    else:
        raise AudioError("jackd does not start; 'jackd -d dummy' says why")
    try:
        yield environment
    finally:
        process.terminate()
        process.wait(10)
