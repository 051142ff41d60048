"""What is done beside the state thread, and taken up by it."""

import threading
from concurrent.futures import Future

from latentaudio.errands import Errands


def test_what_is_done_elsewhere_is_taken_up_by_who_collects_in_the_order_it_was_asked_for():
    errands, said = Errands("test"), []
    for name in "ab":
        errands.send(threading.current_thread, lambda done, name=name: said.append((name, done.result().name)))
    errands.close()
    assert said == [("a", "test_0"), ("b", "test_0")]


def test_nobody_waits_for_what_is_under_way():
    errands, go, said = Errands("test"), threading.Event(), list[Future[bool]]()
    errands.send(go.wait, said.append)
    errands.collect()
    early = said.copy()
    go.set()
    errands.close()
    assert not early and said[0].result()


def test_an_errand_that_fails_is_taken_up_as_well():
    errands, said = Errands("test"), list[Future[float]]()
    errands.send(lambda: 1 / 0, said.append)
    errands.close()
    assert isinstance(said[0].exception(), ZeroDivisionError)
