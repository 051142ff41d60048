"""What the daemon says when it is asked: values, places, names. The state thread's."""

from collections.abc import Callable
from functools import partial

from latentaudio.control.feedback import Feedback
from latentaudio.errors import LatentAudioError
from latentaudio.events import Ask
from latentaudio.instrument import Instrument
from latentaudio.latent.map_window import Window
from latentaudio.parameters import PARAMETERS, address

POINTS = 500  # of a map, where no number is asked for

Say = Callable[..., None]  # an OSC address and values, to whoever asked


def reply(ask: Ask, instrument: Instrument, feedback: Feedback) -> None:
    """Tell whoever asks what the instrument knows, or why it knows nothing of the kind."""
    if ask.name == "dump":
        feedback.dump(ask.origin, instrument.values())
        return
    try:
        if answer(ask, instrument, partial(feedback.answer, ask.origin)):
            return
    except LatentAudioError as error:
        feedback.error(ask.origin, ask.name.split()[0], str(error))
        return
    value = instrument.value(ask.name)
    if value is None:
        feedback.error(ask.origin, ask.name, f"{instrument.library.name} has no {ask.name}")
    else:
        feedback.tell(ask.origin, ask.name, value)


def answer(ask: Ask, instrument: Instrument, say: Say) -> bool:
    """Answer a question that takes more than a value; whether it was one. Raises LatentAudioError."""
    name, *words = ask.name.split()
    match name:
        case "latent.all":
            say(address(name), *instrument.positions())
        case "map.nearest":
            say(address(name), *instrument.navigator.nearest(instrument.state))
        case "map.points":
            _points(instrument, say, *words)
        case "morph.stations":
            say(address(name), len(instrument.state.stations))
        case "attribute.names":
            say(address(name), *instrument.attributes.names)
        case "preset.name":
            say(address(name), instrument.state.preset)
        case _:
            return False
    return True


def _points(instrument: Instrument, say: Say, layer: str = "", most: str = str(POINTS)) -> None:
    """How many points follow, then each with its place on the surface, its name, and whether the surface shows it."""
    values = instrument.state.values
    layer = layer or PARAMETERS["map.layer"].choices[int(values["map.layer"])]
    points = instrument.navigator.map(layer)
    window = Window(values["map.zoom"], values["map.pan.x"], values["map.pan.y"])
    count = min(int(most), len(points))
    say(address("map.points"), layer, count, len(points))
    for index in range(count):
        number = index * len(points) // count  # spread over the whole, where not all are wanted
        name = points.names[number] if points.names else f"sound {number + 1}"
        say(address("map.point"), index + 1, *window.outside(*map(float, points.positions[number])), name)
