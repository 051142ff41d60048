"""Hears from a running daemon which control a performer moves, and makes a binding of it. The command line's thread."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from latentaudio.control.heard import ENOUGH, Heard, Moved
from latentaudio.control.midi_control import Kind
from latentaudio.control.remote import Remote
from latentaudio.control.traces import ADDRESS
from latentaudio.control.watch import KEEP_S
from latentaudio.errors import ControlError, UsageError, suggest
from latentaudio.parameters import ACTIONS, PARAMETERS

SETTLE_S = 1.2  # from the first message on, until which kind of control it is can be told

_TURNED: tuple[Kind | None, ...] = ("cc", "nrpn", "rpn", "bend", "pressure", "aftertouch", None)
_PRESSED: tuple[Kind | None, ...] = ("note", "program")


@dataclass(frozen=True, slots=True)
class Learnt:
    """A binding, and the control that it is of."""

    moved: Moved
    section: str  # of the mapping: midi or osc
    binding: dict[str, object]

    def __str__(self) -> str:
        """As people say it: `cc 21 on channel 1 of LPD8 (an encoder, twos)`."""
        kinds = {"bits": "14 bits", "relative": f"an encoder, {self.binding.get('relative')}", "toggle": "a button"}
        said = [words for key, words in kinds.items() if key in self.binding]
        return f"{self.moved}" + (f" ({', '.join(said)})" if said else "")


def check_target(name: str) -> None:
    """Raises UsageError for what is neither a parameter nor an action, naming the nearest."""
    if name not in PARAMETERS and name not in ACTIONS:
        raise UsageError(f"no parameter '{name[:80]}'{suggest(name[:80], [*PARAMETERS, *ACTIONS])}")


def listen(remote: Remote, target: str, seconds: float | None, tell: Callable[[str], None]) -> Learnt:
    """The next control that moves, as a binding to `target`; `tell` hears of what cannot be bound to it.

    Raises ControlError where none does for `seconds`, or no daemon answers.
    """
    remote.ask(ADDRESS, 1, reply="/la/done")
    told = time.monotonic()
    until = told + seconds if seconds is not None else float("inf")
    heard, first = Heard(), 0.0
    try:
        while (now := time.monotonic()) < until or heard.values:
            if now - told > KEEP_S:
                remote.send(ADDRESS, 1)
                told = now
            for address, values in remote.messages(0.1):
                if address == ADDRESS:
                    heard.hear(*values[:3])
            if not heard.values:
                continue
            first = first or time.monotonic()
            if time.monotonic() - first > SETTLE_S or max(map(len, heard.values.values())) >= ENOUGH:
                if learnt := learn(heard, target):
                    return learnt
                tell(f"{next(iter(heard.values))} cannot move {target}: move another")
                heard, first = Heard(), 0.0
    finally:
        remote.send(ADDRESS, 0)
    raise ControlError(f"no control that can move {target} has moved in {seconds:g} seconds")


def learn(heard: Heard, target: str) -> Learnt | None:
    """The binding of what was moved most to `target`; None where nothing was that can move it."""
    row = PARAMETERS.get(target)
    presses = row is None or bool(row.choices)
    moved = heard.most_moved((*_PRESSED, *_TURNED)) if presses else heard.most_moved(_TURNED)
    if moved is None or moved.values != 1:
        return None
    if moved.kind is None:
        return Learnt(moved, "osc", {"address": moved.address, "to": target})
    binding: dict[str, object] = {moved.kind: True if moved.kind in ("bend", "pressure") else moved.number}
    if heard.is_pair(moved):
        binding["bits"] = 14
    binding["to"] = target
    relative = heard.relative(moved)
    if relative and "bits" not in binding:
        binding["relative"] = relative
    elif row is not None and row.choices and (moved.kind in _PRESSED or heard.is_button(moved)):
        binding["toggle"] = True
    return Learnt(moved, "midi", binding)
