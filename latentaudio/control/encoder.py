"""How far an endless encoder was turned, by the three ways in which controllers say it. Pure; any thread."""

from latentaudio.control.binding import Relative

_MIDDLE = 64


def ticks(value: int, encoding: Relative) -> int:
    """Ticks up, or down where negative, that a controller value 0..127 means.

    A controller that is turned fast sends more of them at once: its own acceleration, and the only one.
    """
    if encoding == "offset":  # binary offset: 64 is none
        return value - _MIDDLE
    if encoding == "sign":  # sign and magnitude
        return value if value < _MIDDLE else _MIDDLE - value
    return value if value < _MIDDLE else value - 2 * _MIDDLE  # two's complement of 7 bits
