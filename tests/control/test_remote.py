"""A client of a running daemon waits for what takes its time, and says how it ended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from latentaudio import cli
from latentaudio.control.feedback import Feedback
from latentaudio.control.mapping import Mapping
from latentaudio.control.osc import OscServer
from latentaudio.control.remote import Remote
from latentaudio.errors import ControlError
from latentaudio.events import Event, Order
from tests.control.conftest import Stage

Reply = Callable[[Feedback, str], None]


@dataclass
class Backstage(Stage):
    """Answers orders as it was told to."""

    reply: Reply = lambda feedback, origin: None
    feedback: list[Feedback] = field(default_factory=list)

    def post(self, event: Event) -> bool:
        if isinstance(event, Order):
            self.reply(self.feedback[0], event.origin)
        return Stage.post(self, event)


@pytest.fixture
def backstage() -> Backstage:
    return Backstage()


@pytest.fixture
def port(backstage: Backstage) -> Iterator[int]:
    server = OscServer("127.0.0.1", 0, Mapping(), backstage.hit, backstage.post, lambda: 1)
    backstage.feedback.append(server.feedback)
    server.start()
    yield server.port
    server.close()


def slowly(feedback: Feedback, origin: str) -> None:
    feedback.progress("osc:127.0.0.1:9", "map.load", 1, 9)
    feedback.done(origin, "preset.load", "another")
    feedback.progress(origin, "map.load", 1, 2)
    feedback.progress(origin, "map.load", 2, 2)
    feedback.done(origin, "map.load", "kicks", 2)


def test_an_order_is_waited_for_and_tells_how_far_it_is(port: int, backstage: Backstage) -> None:
    backstage.reply = slowly
    steps: list[tuple[int, int]] = []
    with Remote("127.0.0.1", port) as remote:
        values = remote.order("/la/map/load", "kicks", progress=lambda done, of: steps.append((done, of)))
    assert (values, steps) == (["kicks", 2], [(1, 2), (2, 2)])


def test_an_order_that_nobody_answers_is_given_up(port: int) -> None:
    with Remote("127.0.0.1", port) as remote, pytest.raises(ControlError, match=r"match: no answer .* 0.05 seconds"):
        remote.order("/la/match", "kick", progress=lambda done, of: None, silence=0.05)


def send(port: int, *words: str) -> int:
    return cli.main(["send", *words, "--osc-port", str(port)])


def test_send_says_in_a_sentence_that_it_is_done(
    port: int, backstage: Backstage, capsys: pytest.CaptureFixture[str]
) -> None:
    backstage.reply = lambda feedback, origin: feedback.done(origin, "preset.load", "007")
    assert send(port, "/la/preset/load", "007") == 0
    assert capsys.readouterr().out == "/la/preset/load is done: 007\n"
    assert [order.text for order in backstage.of(Order)] == ["007"]


def refuse(feedback: Feedback, origin: str) -> None:
    feedback.error(origin, "preset.load", "no preset 'Dep'; did you mean 'Deep'?")
    feedback.flush(1.0)


@pytest.mark.parametrize(
    "reply",
    [refuse, lambda feedback, origin: feedback.fail(origin, "preset.load", "no preset 'Dep'; did you mean 'Deep'?")],
)
def test_send_fails_with_the_reason(
    port: int, backstage: Backstage, capsys: pytest.CaptureFixture[str], reply: Reply
) -> None:
    backstage.reply = reply
    assert send(port, "/la/preset/load", "Dep") == 1
    assert capsys.readouterr().err == "latentaudio: /la/preset/load: no preset 'Dep'; did you mean 'Deep'?\n"
