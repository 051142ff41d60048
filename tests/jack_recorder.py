"""A JACK client that records until its standard input closes: `python -m tests.jack_recorder SOURCE-REGEX FILE.npz`.

A process of its own, so that nothing the recorded one does to its interpreter can hold the recording up.
"""

import contextlib
import selectors
import sys

import jack
import numpy as np


def main(source: str, path: str) -> None:
    """Record what the first port that matches plays, from when there is one."""
    client = jack.Client("recorder", no_start_server=True)
    port = client.inports.register("in")
    cycles: list[tuple[int, bytes]] = []

    @client.set_process_callback
    def process(frames: int) -> None:
        cycles.append((client.last_frame_time, bytes(port.get_buffer())))

    stopping = selectors.DefaultSelector()
    stopping.register(sys.stdin, selectors.EVENT_READ)
    with client:
        sys.stdout.write("recording\n")
        sys.stdout.flush()
        while not stopping.select(timeout=0.02):
            if port.number_of_connections == 0:
                with contextlib.suppress(jack.JackError):  # a port may go between the list and the connection
                    for output in client.get_ports(source, is_audio=True, is_output=True)[:1]:
                        client.connect(output, port)
    samples = np.array([np.frombuffer(data, np.float32) for _, data in cycles])
    np.savez(path, samples=samples, cycles=np.array([cycle for cycle, _ in cycles], np.int64))


if __name__ == "__main__":
    main(*sys.argv[1:])
