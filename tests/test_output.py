"""The sound goes on: what happens when the stream under it stops."""

import time

import pytest

from latentaudio import output
from latentaudio.errors import AudioError
from latentaudio.output import Output


@pytest.fixture
def cardless(monkeypatch):
    """A machine without any sound card."""
    find = output.query_device

    def query(device=None, *arguments):
        if device != "null":
            raise AudioError("there is no audio output device")
        return find(device, *arguments)

    monkeypatch.setattr(output, "query_device", query)


def test_a_null_stream_that_stood_still_plays_again(cardless):
    playing = Output(None, None, None, None)
    playing.start()
    playing._stream.stop()  # as a suspended machine stops it
    time.sleep(1.2)
    assert playing.watch() and playing.reopened == 1
    time.sleep(0.1)
    assert playing.block_size > 0
    playing.close()


def test_a_named_device_that_is_not_there_is_refused(cardless):
    with pytest.raises(AudioError):
        Output("Scarlett", None, None, None)
