"""The table of everything a control can move: one row each, read by mappings, OSC, help and documents."""

from collections.abc import Iterator

from latentaudio.parameter import Action, Parameter

__all__ = ["ACTIONS", "DECAY_AS_RENDERED", "MAX_DIMS", "PADS", "PAD_SETTINGS", "PARAMETERS", "Action", "Parameter"]

PADS = 16
MAX_DIMS = 128
STATIONS = 8  # of a morph
LEARNED = 16  # attributes that a performer taught
DECAY_AS_RENDERED = 5.0  # seconds; at the top of its range the decay adds no envelope
BUILT_IN = {  # attributes: one unit is one standard deviation of what is measured
    "brightness": "centre of the spectrum",
    "noisiness": "noise against tone",
    "loudness": "level as heard",
    "decay": "how long it rings",
    "pitch": "fundamental of the body",
    "click": "onset against the body",
}
DIVISIONS = {  # beats of each; d is dotted, t a part of a triplet
    "1/1": 4.0, "1/2": 2.0, "1/4": 1.0, "1/8": 0.5, "1/16": 0.25, "1/32": 0.125,
    "1/4d": 1.5, "1/8d": 0.75, "1/16d": 0.375, "1/4t": 2 / 3, "1/8t": 1 / 3, "1/16t": 1 / 6,
}  # fmt: skip


def _pad_rows(pad: int) -> Iterator[Parameter]:
    prefix = f"pad.{pad}."
    yield Parameter(prefix + "level", -60, 6, -6, "level; -60 is silence", unit="db")
    yield Parameter(prefix + "pan", -1, 1, 0, "place between left and right, equal power")
    yield Parameter(prefix + "tune", -24, 24, 0, "playback pitch", unit="st")
    yield Parameter(
        prefix + "decay", 0.02, DECAY_AS_RENDERED, DECAY_AS_RENDERED,
        "time to -60 dB; the longest leaves the sound as rendered", unit="s", curve="exponential",
    )  # fmt: skip
    yield _whole(prefix + "choke", 0, 16, 0, "choke group; 0 is none")
    yield Parameter(prefix + "velocity", 0, 1, 1, "how much velocity moves the level")
    yield Parameter(prefix + "darken", 0, 3, 1, "how much less bright the softest hit is, in standard deviations")
    yield Parameter(prefix + "vary", 0, 1, 0, "how far hits differ from one another; 0 is the same sound each time")
    yield _switch(prefix + "follow", "what sounds goes over to the pad's new sound")
    yield _switch(prefix + "gate", "the end of a note fades its sound")
    yield _whole(prefix + "output", 1, 4, 1, "output pair, counted along --outputs")


def _playing_rows() -> Iterator[Parameter]:
    yield _whole("focus", 1, PADS, 1, "the pad that navigators move", kept=False)
    yield Parameter("master.level", -60, 6, 0, "level of everything", unit="db", kept=False)
    yield _choice("notes.mode", ("kit", "focus", "chromatic"), "notes play their pads, the focused pad, or it in tune")
    yield _whole("notes.root", 0, 127, 36, "the note at which chromatic notes sound as rendered", kept=False)
    yield _whole("velocity.layers", 1, 8, 4, "sounds of a pad from soft to loud, where it darkens")
    yield _whole("vary.turns", 2, 8, 4, "sounds that take turns, where a pad varies")
    yield Parameter("tempo", 30, 300, 120, "beats a minute", unit="bpm", kept=False)
    yield _choice("tempo.clock", ("internal", "midi"), "whose beats: our own or those of a MIDI clock")


def _navigator_rows() -> Iterator[Parameter]:
    yield Parameter("temperature", 0.1, 3, 1, "how far draws and walks stray from the typical", curve="exponential")
    yield Parameter("map.x", 0, 1, 0.5, "place on the map, left to right")
    yield Parameter("map.y", 0, 1, 0.5, "place on the map, bottom to top")
    yield _choice("map.snap", ("blend", "snap"), "what lies between the sounds around, or the nearest", kept=True)
    yield _choice(
        "map.layer", ("model", "data", "synth"), "the model's sounds, those of a loaded folder, or draws", kept=True
    )
    yield Parameter("map.zoom", 1, 32, 1, "how many times the map is larger than the surface", curve="exponential")
    yield Parameter("map.pan.x", 0, 1, 0.5, "the middle of what a zoomed surface shows, left to right")
    yield Parameter("map.pan.y", 0, 1, 0.5, "the middle of what a zoomed surface shows, bottom to top")
    yield Parameter("morph.amount", 0, 1, 0, "how far from station A to the last")
    yield _choice("morph.method", ("linear", "slerp", "sounds"), "straight, along the shell, or by way of sounds",
                  default="slerp", kept=True)  # fmt: skip
    yield _switch("morph.sweep", "the amount goes with the beats")
    yield Parameter("morph.beats", 0.25, 64, 8, "beats of a sweep", unit="beats", curve="exponential")
    yield _choice("morph.shape", ("up", "down", "up-down"), "of a sweep", default="up-down", kept=True)
    yield _switch("walk.run", "the focused pad walks through the space", kept=False)
    yield _switch("walk.freeze", "a walk stands, and keeps its direction", kept=False)
    yield Parameter("walk.step", 0, 3, 0.5, "standard deviations in a second, or in a beat")
    yield Parameter("walk.momentum", 0, 1, 0.5, "how long a direction lasts")
    yield Parameter("walk.pull", 0, 1, 0.5, "how close to the middle of the sounds it keeps")
    yield Parameter("walk.rate", 0.5, 60, 10, "steps a second of a free walk", unit="hz", curve="exponential")
    yield _choice("walk.division", ("free", *DIVISIONS), "a free walk, or one step each part of a bar", kept=True)
    yield _whole("walk.seed", 0, 9999, 0, "the same seed is the same walk")
    yield _whole("walk.guide", 0, STATIONS, 0, "the station that a walk arrives at; 0 is none", kept=False)
    yield Parameter("variation.intensity", 0.01, 1, 0.3, "standard deviations of a variation from its centre")
    yield _choice("variation.grid", ("3x3", "4x4"), "how many variations are made", default="4x4", kept=True)
    yield _whole("variation.pick", 1, PADS, 1, "the variation that the focused pad becomes", kept=False)


def _point_rows() -> Iterator[Parameter]:
    for name, what in BUILT_IN.items():
        yield Parameter(f"attribute.{name}", -3, 3, 0, f"of the focused pad: {what}, in standard deviations")
    for number in range(1, LEARNED + 1):
        yield Parameter(f"attribute.learned.{number}", -3, 3, 0, f"learned attribute {number} of the focused pad")
    for dim in range(1, MAX_DIMS + 1):
        yield Parameter(f"latent.{dim}", -3, 3, 0, "one dim of the focused pad's point")
    for dim in range(1, MAX_DIMS + 1):
        yield _switch(f"lock.{dim}", "the dim stays where it is but for its own control")


def _whole(name: str, low: int, high: int, default: int, doc: str, kept: bool = True) -> Parameter:
    return Parameter(name, low, high, default, doc, unit="n", integer=True, kept=kept)


def _switch(name: str, doc: str, kept: bool = True) -> Parameter:
    return Parameter(name, 0, 1, 0, doc, unit="n", integer=True, choices=("off", "on"), kept=kept)


def _choice(name: str, choices: tuple[str, ...], doc: str, default: str | None = None, kept: bool = False) -> Parameter:
    start = choices.index(default or choices[0])
    return Parameter(name, 0, len(choices) - 1, start, doc, unit="n", integer=True, choices=choices, kept=kept)


def _rows() -> Iterator[Parameter]:
    yield from _playing_rows()
    yield from _navigator_rows()
    for pad in range(1, PADS + 1):
        yield from _pad_rows(pad)
    yield from _point_rows()


def _actions() -> Iterator[Action]:
    yield Action("trigger", "play the focused pad")
    for pad in range(1, PADS + 1):
        yield Action(f"pad.{pad}.trigger", f"play pad {pad}")
    yield Action("panic", "fade everything that sounds, at once")
    yield Action("undo", "take the last gesture back")
    yield Action("redo", "do again what was taken back")
    yield Action("draw", "a new random point for the focused pad")
    yield Action("zero", "the focused pad to the origin of the space")
    yield Action("map.reset", "show the whole map")
    yield Action("morph.a", "the focused pad's point becomes station A")
    yield Action("morph.b", "the focused pad's point becomes the last station")
    for number in range(1, STATIONS + 1):
        yield Action(f"morph.station.{number}", f"the focused pad's point becomes station {number}")
    yield Action("morph.clear", "forget all stations")
    yield Action("walk.reset", "begin the walk anew, from its seed")
    yield Action("variation.make", "new variations of the focused pad")
    yield Action("variation.spread", "the variations over the pads, the focused pad's own first")
    yield Action("attribute.zero", "the focused pad's attributes to 0")
    yield Action("attribute.learn.positive", "the focused pad is an example of an attribute to be")
    yield Action("attribute.learn.negative", "the focused pad is an example of its opposite")
    yield Action("attribute.learn.clear", "forget the examples")
    yield Action("tap", "a tap on the beat")
    yield Action("tempo.start", "from the first beat")
    yield Action("tempo.stop", "hold the beat")
    yield Action("preset.next", "the next preset")
    yield Action("preset.previous", "the preset before")
    yield Action("model.unload", "free the renderer's memory until the next move")
    yield Action("model.list", "the models that can be loaded")
    yield Action("preset.list", "the presets there are")
    yield Action("record.stop", "end the recording")
    yield Action("stop", "give up what takes long: an encoding, a match")


def _orders() -> Iterator[Action]:
    yield Action("attribute.learn.name", "learn an attribute of the examples under a name")
    yield Action("attribute.forget", "forget a learned attribute")
    yield Action("preset.load", "recall a preset")
    for pad in range(1, PADS + 1):
        yield Action(f"pad.{pad}.preset", f"pad {pad} of a preset, but for locked dims")
    yield Action("preset.save", "save the pads as a preset")
    yield Action("preset.search", "presets by what is in their name or tags")
    yield Action("model.load", "play another model")
    yield Action("map.load", "a folder of sounds becomes the map's layer data")
    yield Action("reconstruct", "a sound file into the focused pad")
    yield Action("match", "a sound file into the focused pad, as close as it can come")
    yield Action("record.start", "record what is heard, under a name")


PARAMETERS: dict[str, Parameter] = {row.name: row for row in _rows()}
PAD_SETTINGS = {row.name.removeprefix("pad.1."): row.default for row in _pad_rows(1)}  # defaults, by setting
ACTIONS: dict[str, Action] = {row.name: row for row in _actions()}
ORDERS: dict[str, Action] = {row.name: row for row in _orders()}  # actions that want a name: OSC's alone


def address(name: str, prefix: str = "/la") -> str:
    """OSC address of a parameter or action: `pad.1.level` is `/la/pad/1/level`."""
    return f"{prefix}/{name.replace('.', '/')}"


def latent_name(dim: int) -> str:
    """Name of latent dim `dim`, counted from 1."""
    return f"latent.{dim}"


def pad_name(pad: int, setting: str) -> str:
    """Name of a pad's setting, pads counted from 1."""
    return f"pad.{pad}.{setting}"
