"""How long a light waits where showing a value moves it: feedback that comes back must settle. The feedback thread's.

A device, or another program, may turn what it is shown into a move of something else, which moves what is shown. No
single message tells that from a hand that turns. But a hand goes on while nothing is sent, and a loop does not: so
after many sends that were each answered at once, the light is held back. Moves meanwhile are a hand's, and it goes on
as before; silence is a loop's, and the wait doubles each time that sending is answered again.
"""

_ANSWER_NS = 50_000_000  # a move so soon after a send may be its answer
_FIRST_NS = 250_000_000  # the first wait
_DOUBLINGS = 8  # then it is a minute


class Patience:
    """Of one light of one port."""

    def __init__(self, answers: int) -> None:
        """So many sends in a row may be answered before it looks like a loop."""
        self._allowed = answers
        self._answers = 0  # sends in a row that were answered
        self._sent_ns = 0
        self._is_answered = True

    def moved(self, at_ns: int) -> None:
        """MIDI has moved what is shown; or had, before it was sent last."""
        if at_ns <= self._sent_ns:
            return
        if at_ns - self._sent_ns > _ANSWER_NS:
            self._answers = 0
        elif not self._is_answered:
            self._answers += 1
            self._is_answered = True

    def sent(self, at_ns: int) -> None:
        """It was shown."""
        if not self._is_answered:
            self._answers = 0
        self._sent_ns, self._is_answered = at_ns, False

    def is_over(self, now_ns: int) -> bool:
        """Whether it may be shown now."""
        if self._answers < self._allowed:
            return True
        return now_ns - self._sent_ns >= _FIRST_NS << min(self._answers - self._allowed, _DOUBLINGS)
