"""A motor fader on JACK, as another program offers it: it sends, and keeps what it is shown."""

from collections import deque

import jack


class Fader:
    """One client with a port each way; it may send back what it is shown."""

    def __init__(self, name: str, echoes: bool = False) -> None:
        self.client = jack.Client(name, no_start_server=True)
        self.out = self.client.midi_outports.register("out")
        self.shown: list[list[int]] = []
        self.to_send: deque[list[int]] = deque()
        into = self.client.midi_inports.register("in")

        @self.client.set_process_callback
        def process(frames: int) -> None:
            self.out.clear_buffer()
            events = [list(bytes(data)) for _, data in into.incoming_midi_events()]
            self.shown.extend(events)
            while self.to_send:
                events.insert(0, self.to_send.popleft())
                self.out.write_midi_event(0, bytes(events[0]))
            for event in events if echoes else ():
                self.out.write_midi_event(0, bytes(event))

        self.client.activate()

    def close(self) -> None:
        self.client.deactivate()
        self.client.close()
