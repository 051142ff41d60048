"""A port that is taken is tried again, but ever less often."""

from latentaudio.control.port_tries import LONGEST_SECONDS, Tries


class Taken:
    """A port that another program has, and a clock."""

    def __init__(self) -> None:
        self.now, self.asked = 0.0, list[float]()
        self.tries = Tries(lambda: self.now)

    def open(self) -> None:
        self.asked.append(self.now)

    def look(self, seconds: float) -> None:
        """Four times a second, so long."""
        for _ in range(int(4 * seconds)):
            self.tries.open("LPD8", self.open)
            self.now += 0.25


def test_a_port_that_stays_taken_is_tried_ever_less_often() -> None:
    taken = Taken()
    taken.look(60.0)
    pauses = [later - earlier for earlier, later in zip(taken.asked, taken.asked[1:], strict=False)]
    assert pauses[:5] == [0.25, 0.5, 1.0, 2.0, 4.0] and set(pauses[5:]) == {LONGEST_SECONDS}


def test_where_ports_come_or_go_a_taken_one_is_tried_at_once() -> None:
    taken = Taken()
    taken.look(60.0)
    tried = len(taken.asked)
    for there in (("LPD8",), ("LPD8",), ("LPD8", "nanoPAD2")):
        taken.tries.see(there)
        taken.tries.open("LPD8", taken.open)
    assert len(taken.asked) == tried + 2


def test_a_port_that_opens_is_forgotten() -> None:
    taken = Taken()
    taken.look(0.25)
    taken.now = 10.0
    assert taken.tries.open("LPD8", lambda: "open") == "open"
    taken.look(0.25)
    assert taken.asked == [0.0, 10.0]
