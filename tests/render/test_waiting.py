"""Which request is served next: first sounds before the rest, the focused pad's first, nobody starved."""

import numpy as np

from latentaudio.render.waiting import AHEAD, FAIR, FIRST, REST, Piece, Request, Waiting

SOUND = np.ones(1, np.float32)


def request(pad: int, version: int = 1, sounds: int = 1, part: int = FIRST, key: str = "") -> Request:
    return Request(pad, version, np.zeros((sounds, 4), np.float32), 0, part, key)


def waiting_for(*requests: Request) -> Waiting:
    waiting = Waiting()
    for each in requests:
        waiting.put(each)
    return waiting


def serve(waiting: Waiting, sounds: int, focus: int = 1) -> list[Piece]:
    """Take a turn and render what was taken."""
    pieces = waiting.take(sounds, focus)
    for piece in pieces:
        piece.request.sounds += [SOUND] * len(piece.latents)
    return pieces


def pads(pieces: list[Piece]) -> list[int]:
    return [piece.request.pad for piece in pieces]


def test_a_newer_request_replaces_the_waiting_one_of_its_pad():
    waiting = waiting_for(*(request(5, version) for version in (1, 2, 3)))
    assert [(each.request.pad, each.request.version) for each in serve(waiting, 64)] == [(5, 3)]


def test_an_older_request_given_back_does_not_replace_a_newer_one():
    waiting = waiting_for(request(5, 1))
    held = waiting.take(64, focus=1)
    waiting.put(request(5, 2))
    waiting.give_back(held)
    assert [each.request.version for each in serve(waiting, 64)] == [2]


def test_the_focused_pad_goes_first():
    assert pads(serve(waiting_for(request(1), request(2), request(3)), 64, focus=3)) == [3, 1, 2]


def test_first_sounds_go_before_the_rest_and_the_focused_pads_rest_before_the_others():
    waiting = waiting_for(*(request(pad, part=part) for pad in (1, 2) for part in (REST, FIRST)))
    turns = [[(each.request.part, each.request.pad) for each in serve(waiting, 64, focus=2)] for _ in range(2)]
    assert turns == [[(FIRST, 2), (FIRST, 1)], [(REST, 2), (REST, 1)]]


def test_a_batch_holds_no_more_sounds_than_asked_but_first_sounds_are_whole():
    waiting = waiting_for(*(request(pad, sounds=4) for pad in (1, 2, 3)))
    assert [len(serve(waiting, sounds)) for sounds in (1, 8)] == [1, 2]


def test_a_rest_fills_what_room_a_batch_has_and_is_complete_with_its_last_sound():
    waiting = waiting_for(request(1, sounds=1, part=REST), request(2, sounds=5, part=REST))
    served = [[(len(piece.latents), piece.last) for piece in serve(waiting, 4)] for _ in range(2)]
    assert served == [[(1, True), (3, False)], [(2, True)]]


def test_a_newer_first_sound_goes_between_the_sounds_of_a_rest():
    waiting = waiting_for(request(2, sounds=3, part=REST))
    serve(waiting, 1)
    waiting.put(request(1))
    assert pads(serve(waiting, 1) + serve(waiting, 1)) == [1, 2]


def test_a_newer_version_drops_what_is_unfinished_of_the_rest():
    waiting = waiting_for(request(1, 1, sounds=3, part=REST))
    held = serve(waiting, 1)
    waiting.put(request(1, 2))
    waiting.give_back(held)
    assert [piece.request.part for piece in serve(waiting, 64)] == [FIRST] and not len(waiting)


def test_a_drag_on_the_focused_pad_starves_no_other_pad():
    waiting = waiting_for(request(2), request(3))
    served = []
    for version in range(6):
        waiting.put(request(1, version))
        served += pads(serve(waiting, 1))
    assert served == [1, 2, 1, 3, 1, 1]


def test_a_drag_with_all_its_layers_does_not_starve_the_rest_of_another_pad():
    waiting = waiting_for(request(2, sounds=3, part=REST))
    for version in range(3 * FAIR):
        waiting.put(request(1, version))
        waiting.put(request(1, version, sounds=3, part=REST))
        last = serve(waiting, 1)[0]
    assert last.request.pad == 2 and last.last


def test_all_pads_that_change_at_once_are_heard_before_the_rest_of_any():
    changes = (request(pad, part=part, sounds=3 if part else 1) for pad in range(1, 17) for part in (FIRST, REST))
    waiting = waiting_for(*changes)
    served = [serve(waiting, 1)[0].request.part for _ in range(17)]
    assert served == [FIRST] * 16 + [REST]


def test_no_turn_is_lost_to_a_rest_that_the_next_move_drops():
    waiting = Waiting()
    for version in range(2 * FAIR):
        waiting.put(request(1, version, sounds=3, part=REST))
        waiting.put(request(1, version))
        assert serve(waiting, 1)[0].request.part == FIRST


def test_a_pad_that_keeps_renewing_its_rest_lets_the_others_go_before():
    waiting = waiting_for(request(2, 1, part=REST, sounds=3), request(3, part=REST))
    waiting.put(request(2, 2, part=REST, sounds=3))
    assert pads(serve(waiting, 1)) == [3]


def test_two_pads_that_both_keep_asking_take_turns():
    waiting = Waiting()
    served = []
    for version in range(6):
        waiting.put(request(1, version))
        waiting.put(request(2, version))
        served += pads(serve(waiting, 1))
    assert served == [1, 2, 1, 2, 1, 2]


def test_what_is_wanted_ahead_waits_until_nothing_else_does_and_the_newest_goes_first():
    waiting = waiting_for(*(request(0, part=AHEAD, key=key) for key in "ab"), request(1, part=REST))
    served = [[piece.request.key for piece in serve(waiting, 64)] for _ in range(2)]
    assert served == [[""], ["b", "a"]] and not waiting.urgent


def test_what_a_worker_died_with_is_served_alone():
    waiting = waiting_for(*(request(pad) for pad in (1, 2, 3, 4)))
    waiting.give_back(waiting.take(2, focus=1))
    assert [pads(serve(waiting, 64, focus=4)) for _ in range(3)] == [[4, 3], [1], [2]]


def test_what_three_workers_died_of_is_dropped():
    waiting = waiting_for(request(1, sounds=3, part=REST))
    fatal = [waiting.give_back(waiting.take(1, focus=1)) for _ in range(3)]
    assert [len(each) for each in fatal] == [0, 0, 1] and not len(waiting)
