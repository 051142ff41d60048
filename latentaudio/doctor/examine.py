"""Every check in turn, from what everything stands on to the whole; one that fails says so and the next goes on."""

import logging
from collections.abc import Callable, Iterator

from latentaudio.doctor import decoder, disk, jack_server, loopback, network, ports, python, sound, system
from latentaudio.doctor.finding import Case, Finding
from latentaudio.errors import LatentAudioError

log = logging.getLogger(__name__)

Check = Callable[[], Iterator[Finding]]


def examine(case: Case) -> Iterator[Finding]:
    """What is found, as it is found: the whole takes some 20 seconds, and as long again as a loop-back."""
    jack_server.hush()
    daemon = network.daemon_at(case.osc_port)
    drivers = sound.drivers()
    checks: dict[str, Check] = {
        "python": python.check,
        "disk": disk.check,
        "system": system.check,
        "model": lambda: decoder.check_model(case),
        "audio": lambda: sound.check(case, daemon, drivers),
        "midi": lambda: ports.check(case, sound.JACK in drivers),
        "osc": lambda: network.check(case, daemon),
        "renderer": lambda: decoder.check_renderer(case),
        "loop-back": lambda: loopback.check(case, daemon is not None),
    }
    for area, check in checks.items():
        try:
            yield from check()
        except LatentAudioError as error:
            yield Finding(area, "problem", str(error))
        except Exception as error:  # a fault of ours costs one check
            log.debug("the check of %s", area, exc_info=True)
            yield Finding(area, "warning", f"cannot be checked: {type(error).__name__}: {error}", "report this to us")
