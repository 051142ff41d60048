"""The engine as the rest of the program sees it: ports to command it, results and counters to read."""

import numpy as np
from numpy.typing import NDArray

from latentaudio.engine import native
from latentaudio.engine.commands import Counters, Started
from latentaudio.engine.layout import (
    BATCH,
    CHANNELS,
    MAX_POLYPHONY,
    OUTPUT,
    PORTS,
    STARTED,
    STATE,
)
from latentaudio.engine.port import CommandPort

TAP_S = 4.0  # how long the disk or a busy interpreter may keep a recorder waiting


class Engine:
    """A mixer and its memory. It sounds while a stream (`stream.open_stream`) or `render` asks it for blocks."""

    def __init__(self, sample_rate: float, channels: int = 2, polyphony: int = 64) -> None:
        """`channels` (1..64) are mixed; output pair p is channels 2p and 2p + 1. `polyphony` is 1..128 voices."""
        if not (1 <= channels <= CHANNELS and 1 <= polyphony <= MAX_POLYPHONY):
            raise ValueError(f"{channels} channels, {polyphony} voices: at most {CHANNELS}, {MAX_POLYPHONY}")
        self.sample_rate = float(sample_rate)
        self.channels = channels
        self.native = native.load()
        self.memory = np.zeros(1, STATE)
        self.address: int = self.memory.ctypes.data
        self.state = self.memory[0]
        self.state["sample_rate"] = sample_rate
        self.state["channels"] = channels
        self.state["polyphony"] = polyphony
        self._output: NDArray[np.void] | None = None
        self.native.initialise(self.address)
        self._ports: list[CommandPort] = []
        self._batch = np.zeros(1, BATCH)
        self._tap: NDArray[np.float32] | None = None

    def output(self, channels: tuple[int, ...], width: int, offline: bool = False) -> NDArray[np.void]:
        """Where blocks go from now on, an OUTPUT: mixed channel i to channel `channels[i]`, from 0, of `width`.

        Whoever holds the one before gets silence, should it still ask: two threads in one mixer would ruin it.
        """
        if self._output is not None:
            self._output["open"] = 0
        output = np.zeros(1, OUTPUT)
        output["engine"], output["width"], output["offline"] = self.address, width, offline
        output["channels"][0, : len(channels)] = channels
        output["open"][0, 0] = 1
        self._output = output
        return output

    def port(self, name: str) -> CommandPort:
        """A way in for one more thread, at most 8. The control thread, before that thread plays."""
        if len(self._ports) == PORTS:
            raise ValueError(f"no port for {name}: all {PORTS} are taken")
        index = len(self._ports)
        ring = self.memory["commands"][0, index : index + 1]
        self._ports.append(CommandPort(name, index, ring, self.native.push))
        return self._ports[-1]

    def collect(self) -> list[Started]:
        """Let go of sounds that have ended; the hits that sounded since the last call. The control thread, often."""
        started = []
        while count := self.native.pull(self.address, self._batch.ctypes.data):
            for kind, serial, pad, arrival_ns, sounded_ns, late in self._batch["results"][0, :count].tolist():
                if kind == STARTED:
                    started.append(Started(pad, arrival_ns, sounded_ns, bool(late)))
                else:
                    self._ports[serial % PORTS].let_go(serial)
        return started

    def counters(self) -> Counters:
        """What the audio thread has seen. Any thread; at most a block old."""
        state = self.state
        return Counters(
            blocks=int(state["blocks"]),
            frames=int(state["frame"]),
            xruns=int(state["xruns"]),
            gaps=int(state["gaps"]),
            load=float(state["load"]),
            load_max=float(state["load_max"]),
            voices=int(state["voices_in_use"]),
            late=int(state["late"]),
            stolen=int(state["stolen"]),
            dropped=int(state["dropped"]),
            limited=int(state["limited"]),
            nonfinite=int(state["nonfinite"]),
        )

    def render(self, frames: int) -> NDArray[np.float32]:
        """Mix `frames` frames now, [frames, channels], on a clock that counts frames from 0 ns. Ends a stream."""
        if self._output is None or not self._output["offline"][0]:
            self.output(tuple(range(self.channels)), self.channels, offline=True)
        assert self._output is not None
        block = np.empty((frames, self.channels), np.float32)
        self.native.callback(None, block.ctypes.data, frames, None, 0, self._output.ctypes.data)
        return block

    def tap(self) -> NDArray[np.float32]:
        """The ring, [frames, channels], that the mixer copies what is heard to while a recorder has it open.
        Never freed before the engine.
        """
        if self._tap is None:
            self._tap = np.zeros((int(TAP_S * self.sample_rate), self.channels), np.float32)
            self.state["tap"]["address"] = self._tap.ctypes.data
            self.state["tap"]["frames"] = len(self._tap)
        return self._tap
