"""What was before each gesture, so that it can be undone and done again. The state thread's."""

from collections import deque
from dataclasses import fields
from typing import Any

import numpy as np

from latentaudio.parameters import ACTIONS, ORDERS, PARAMETERS
from latentaudio.state import VALUES, State

STEPS = 200
GESTURE_S = 0.5  # a control that rests for as long has ended its gesture
PRESSES = (ACTIONS.keys() | ORDERS.keys()) - {"match"}  # a step each; a match comes closer in many
EACH_ITS_OWN = ("latent.", "attribute.", "lock.", "pad.")


class Journal:
    """The last 200 gestures. One gesture is one step: a control's moves less than 0.5 s apart, a press, a whole run.

    What presets do not keep (the master level, the focus) belongs to the evening: it makes no step and is not undone.
    """

    def __init__(self) -> None:
        """Nothing to undo yet."""
        self._past: deque[State] = deque(maxlen=STEPS)
        self._future: deque[State] = deque(maxlen=STEPS)
        self._moved: dict[str, float] = {}  # when a gesture's control moved last, s
        self._runs: dict[str, object] = {}  # open ones, and the step that each has made; None: it has made none
        self._left: State | None = None  # what the last undo or redo led to: while it is so, there is a way back

    def before(self, state: State, control: str, now: float) -> None:
        """Tell what is about to change: `control` is a parameter's or an action's name, `now` any clock's seconds."""
        row = PARAMETERS.get(control)
        if row is not None and not row.kept:
            return
        gesture = gesture_of(control)
        if gesture in self._runs:
            begins = self._runs[gesture] is None
        else:
            begins = control in PRESSES or now - self._moved.get(gesture, -np.inf) >= GESTURE_S
            self._moved[gesture] = now
        if begins:
            step = _sharing(state.copy(), self._past)
            self._past.append(step)
            if gesture in self._runs:
                self._runs[gesture] = step

    def open_run(self, gesture: str, begun: bool = False) -> None:
        """From here on, all moves of `gesture` ("walk") are one step; where it has `begun`, a step made already."""
        self._runs.setdefault(gesture, begun or None)

    def close_run(self, gesture: str) -> None:
        """The run is over; the next move begins a step."""
        self._runs.pop(gesture, None)

    def is_running(self, gesture: str) -> bool:
        """Whether a run is open; undoing its step ends it."""
        return gesture in self._runs

    def undo(self, state: State) -> State | None:
        """The state before the last gesture that changed anything, or None where there is none."""
        return self._step(state, self._past, self._future)

    def redo(self, state: State) -> State | None:
        """The state that the last `undo` left, or None where something else was moved since."""
        return self._step(state, self._future, self._past)

    def _step(self, state: State, back: deque[State], forth: deque[State]) -> State | None:
        self._moved.clear()
        if self._left is None or _differ(_brought_to(self._left, state), state):  # something was moved since
            self._future.clear()
        while back:
            last = back.pop()
            step = _brought_to(last, state)
            own = {run: None for run, made in self._runs.items() if made is last}
            self._runs |= own
            if _differ(step, state):
                for run in own:
                    self.close_run(run)
                forth.append(_sharing(state.copy(), forth))
                self._left = last
                return step
        return None


def _brought_to(step: State, state: State) -> State:
    """A copy of `step` that has what presets do not keep as `state` has it."""
    here = step.copy()
    here.values |= {name: state.values[name] for name, row in VALUES.items() if not row.kept}
    return here


def _differ(one: State, other: State) -> bool:
    return not all(_same(getattr(one, part.name), getattr(other, part.name)) for part in fields(State))


def gesture_of(control: str) -> str:
    """What moves together: `map` for `map.x` and `map.y`, but each latent, attribute and pad's setting for itself."""
    return control if control.startswith(EACH_ITS_OWN) else control.partition(".")[0]


def _sharing(step: State, steps: deque[State]) -> State:
    """`step` with the parts that its neighbour has as well taken from there: steps are never written to."""
    for part in fields(State) if steps else ():
        old = getattr(steps[-1], part.name)
        if _same(getattr(step, part.name), old):
            setattr(step, part.name, old)
    return step


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(map(_same, one.values(), map(other.get, one)))
    return bool(one == other)
