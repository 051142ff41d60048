"""An engine that is rendered offline, and a way into it."""

import pytest

from latentaudio.engine import CommandPort, Engine

RATE = 44100


@pytest.fixture
def engine() -> Engine:
    """A stereo engine of 64 voices; each `render` goes on where the last one ended."""
    return Engine(RATE)


@pytest.fixture
def port(engine: Engine) -> CommandPort:
    """A way into it."""
    return engine.port("test")
