"""Whether the machine lets us be punctual: its load, real-time priority, the governor of its clock."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from latentaudio.doctor.finding import Finding

CPUS = Path("/sys/devices/system/cpu")
PRIORITY = 60  # what our input threads ask for; jackd's own are at 70
BUSY = 0.7  # of all cores

LIMITS = (
    "put '@audio - rtprio 95' and '@audio - memlock unlimited' into /etc/security/limits.d/audio.conf, join the group "
    "audio (sudo usermod -aG audio $USER) and log in again"
)


def check() -> Iterator[Finding]:
    """Load everywhere; priority and governor where they are settings (Linux)."""
    if hasattr(os, "getloadavg"):
        yield load(os.getloadavg()[0], os.cpu_count() or 1)
    if sys.platform == "linux":
        yield priority(_is_granted(), _limit("RLIMIT_RTPRIO"), _runs("rtkit-daemon"))
        yield governor({path.read_text().strip() for path in CPUS.glob("cpu[0-9]*/cpufreq/scaling_governor")})
    else:
        yield Finding("system", "ok", "this system gives audio threads their priority by itself")


def load(average: float, cores: int) -> Finding:
    """Whether the machine is busy; `average` is of one minute."""
    said = f"load {average:.1f} on {cores} {'core' if cores == 1 else 'cores'}"
    if average < BUSY * cores:
        return Finding("system", "ok", said)
    return Finding("system", "warning", said, "close other programs: the times below are those of a busy machine")


def priority(is_granted: bool, limit: int, has_rtkit: bool = False) -> Finding:
    """Whether threads may ask for real-time priority; `limit` is the highest one that a user may have.

    RTKit grants it to who asks it over D-Bus, as PipeWire does for its own threads; ours ask the kernel.
    """
    if is_granted:
        return Finding("system", "ok", "real-time priority is granted")
    rtkit = "; RTKit grants it to PipeWire alone" if has_rtkit else ""
    said = f"real-time priority is not granted (the limit is {limit}{rtkit})"
    return Finding("system", "warning", said, LIMITS)


def governor(names: set[str]) -> Finding:
    """Whether the clock of the cores stays up; `names` are the cores' governors."""
    if not names:
        return Finding("system", "ok", "the clock of the cores has no governor here")
    said = f"the governor of the clock is {' and '.join(sorted(names))}"
    if names == {"performance"}:
        return Finding("system", "ok", said)
    return Finding("system", "warning", said, "while you play: sudo cpupower frequency-set -g performance")


def _is_granted() -> bool:
    """Tried on a thread of its own, which ends with it."""
    granted: list[bool] = []

    def ask() -> None:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
            granted.append(True)
        except OSError:
            granted.append(False)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return granted[0]


def _runs(name: str) -> bool:
    for file in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):  # it has just ended
            if file.read_text().strip() == name:
                return True
    return False


def _limit(name: str) -> int:
    import resource  # there is none on Windows

    return resource.getrlimit(getattr(resource, name))[1]
