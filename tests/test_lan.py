"""What others on the network may ask for, and what only whoever sits at this machine."""

import pytest

from latentaudio.events import Act, Event, Order, Set
from latentaudio.lan import GUARDED, is_barred

OTHERS = "osc:192.168.1.7:9001"
HERE = "osc:127.0.0.1:9001"


@pytest.mark.parametrize(
    "event", [Order(OTHERS, name="preset.load", text="night"), *(Act(OTHERS, name) for name in GUARDED)]
)
def test_others_may_neither_order_nor_see_files(event: Event) -> None:
    assert is_barred(event)


@pytest.mark.parametrize("event", [Act(OTHERS, "draw"), Act(OTHERS, "stop"), Set(OTHERS, "focus", 3.0)])
def test_others_may_play(event: Event) -> None:
    assert not is_barred(event)


@pytest.mark.parametrize("origin", [HERE, "midi:LPD8", "daemon"])
def test_whoever_is_at_this_machine_may_do_everything(origin: str) -> None:
    assert not is_barred(Order(origin, name="model.load", text="factory"))
    assert not any(is_barred(Act(origin, name)) for name in GUARDED)
