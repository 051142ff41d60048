"""A compiled audio client with nothing to play, its Python side asleep: how late this machine calls anyone.

Prints `gaps xruns` when its standard input closes.
"""

import sys

from latentaudio.engine.devices import query_device
from latentaudio.engine.engine import Engine
from latentaudio.engine.stream import open_stream

device = query_device("jack")
engine = Engine(device.sample_rate, len(device.outputs))
stream = open_stream(engine, device)
stream.start()
sys.stdin.read()
counters = engine.counters()
stream.stop()
stream.close()
print(counters.gaps, counters.xruns)
