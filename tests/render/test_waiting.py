"""Which request is served next: the latest of each pad, the focused pad's first, nobody starved."""

import numpy as np

from latentaudio.render.waiting import Request, Waiting


def request(pad: int, version: int = 1, sounds: int = 1) -> Request:
    return Request(pad, version, np.zeros((sounds, 4), np.float32), 0)


def test_a_newer_request_replaces_the_waiting_one_of_its_pad():
    waiting = Waiting()
    for version in (1, 2, 3):
        waiting.put(request(5, version))
    assert [(each.pad, each.version) for each in waiting.take(64, focus=1)] == [(5, 3)]


def test_an_older_request_given_back_does_not_replace_a_newer_one():
    waiting = Waiting()
    waiting.put(request(5, 2))
    waiting.put(request(5, 1))
    assert waiting.take(64, focus=1)[0].version == 2


def test_the_focused_pad_goes_first():
    waiting = Waiting()
    for pad in (1, 2, 3):
        waiting.put(request(pad))
    assert [each.pad for each in waiting.take(64, focus=3)] == [3, 1, 2]


def test_a_batch_holds_no_more_sounds_than_asked_but_always_one_request():
    waiting = Waiting()
    for pad in (1, 2, 3):
        waiting.put(request(pad, sounds=4))
    assert [len(waiting.take(sounds, focus=1)) for sounds in (1, 8)] == [1, 2]


def test_a_drag_on_the_focused_pad_starves_no_other_pad():
    waiting = Waiting()
    waiting.put(request(2))
    waiting.put(request(3))
    served = []
    for version in range(6):
        waiting.put(request(1, version))
        served.append(waiting.take(1, focus=1)[0].pad)
    assert served == [1, 2, 1, 3, 1, 1]


def test_two_pads_that_both_keep_asking_take_turns():
    waiting = Waiting()
    served = []
    for version in range(6):
        waiting.put(request(1, version))
        waiting.put(request(2, version))
        served.append(waiting.take(1, focus=1)[0].pad)
    assert served == [1, 2, 1, 2, 1, 2]


def test_what_a_worker_died_with_is_served_alone():
    waiting = Waiting()
    for pad in (1, 2, 3, 4):
        waiting.put(request(pad))
    for each in waiting.take(2, focus=1):
        each.deaths = 1
        waiting.put(each)
    served = [[each.pad for each in waiting.take(64, focus=4)] for _ in range(3)]
    assert served == [[4, 3], [1], [2]]
