"""OSC time tags on the clock that hits are timed with, `time.perf_counter_ns`. Any thread."""

from time import perf_counter_ns, time_ns

IMMEDIATELY = 1  # the time tag that means now (OSC 1.0)

_NTP_EPOCH = 2_208_988_800  # seconds from 1900, where time tags count from, to 1970


def instant_ns(time_tag: int) -> int:
    """When a time tag is, in nanoseconds of `perf_counter_ns`."""
    return unix_ns(time_tag) - unix_offset_ns()


def unix_ns(time_tag: int) -> int:
    """An OSC time tag as nanoseconds since 1970, to the nanosecond (a float would round to 240)."""
    return ((time_tag >> 32) - _NTP_EPOCH) * 1_000_000_000 + ((time_tag & 0xFFFFFFFF) * 1_000_000_000 >> 32)


def unix_offset_ns() -> int:
    """How far the system's clock is ahead of `perf_counter_ns`, to about a microsecond.

    Read anew for each bundle, because the system's clock is steered; the tightest of three pairs, because a
    thread may be set aside for milliseconds between two readings.
    """
    pairs = []
    for _ in range(3):
        before, unix, after = perf_counter_ns(), time_ns(), perf_counter_ns()
        pairs.append((after - before, unix - (before + after) // 2))
    return min(pairs)[1]
