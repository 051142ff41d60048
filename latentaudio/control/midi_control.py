"""Which knob, key or wheel: how a mapping, and what it learns from a port, name a MIDI control. Any thread."""

from typing import Literal, NamedTuple

Kind = Literal["cc", "nrpn", "rpn", "bend", "pressure", "aftertouch", "note", "program"]
NUMBERS: dict[Kind, int] = {  # the highest number of each kind; what has none is one control of its channel
    "cc": 119,  # 120 to 127 are the channel's modes, not controllers
    "nrpn": 16382,  # 16383 chooses none
    "rpn": 16382,
    "bend": 0,
    "pressure": 0,
    "aftertouch": 127,
    "note": 127,
    "program": 127,
}
PAIRED = 32  # controllers below it have a lower half of their value, so many numbers further on


class Control(NamedTuple):
    """One control of a port."""

    kind: Kind
    channel: int  # 0..15
    number: int = 0  # of the controller, parameter, note or program, as it is sent: from 0
