"""`latentaudio render`, from its options to files. The caller's thread."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from latentaudio.latent.library import Library, read_library
from latentaudio.latent.walk_settings import WalkSettings
from latentaudio.offline import render_points, write_kit
from latentaudio.offline_files import Form
from latentaudio.offline_points import Points, draws, modified, morph, variations, walk
from latentaudio.offline_stations import Stations
from latentaudio.parameters import PADS
from latentaudio.state import State

GAP = 0.25  # seconds


def rendering(options: Namespace, kind: str) -> tuple[int, Iterator[Path]]:
    """How many sounds at most, and their paths as they are written. `kind` and `options` are settled.

    Raises LatentAudioError with one sentence, here or on the way.
    """
    if kind == "kit":
        return PADS, write_kit(options.model, options.out, options.device, options.force)
    library = read_library(options.model)
    stations = Stations(library, options.device)
    gap = (GAP if options.gap is None else options.gap) if options.join else None
    form = Form(options.out, options.sample_rate, options.format, options.bits, gap, options.force)
    if kind == "pads":
        return PADS * options.layers, _pads(options, library, stations, form)
    points = modified(library, _points(options, kind, library, stations), options.attribute)
    names = form.numbered(len(points), "draw-", 3) if kind == "draws" else form.numbered(len(points))
    return len(points), render_points(library, points, names, form, options.device)


def _points(options: Namespace, kind: str, library: Library, stations: Stations) -> Points:
    match kind:
        case "morph":
            return morph(library, [stations.find(text) for text in options.morph], options.steps, options.method)
        case "walk":
            settings = WalkSettings(options.step, options.momentum, options.pull, options.temperature)
            return walk(library, stations.find(options.start), options.walk, options.seconds, settings, options.seed)
        case "variations":
            centre = stations.find(options.around)
            return variations(library, centre, options.variations, options.intensity, options.seed)
        case _:
            return draws(library, options.draws, options.temperature, options.seed)


def _pads(options: Namespace, library: Library, stations: Stations, form: Form) -> Iterator[Path]:
    from latentaudio.offline_kit import render_pads  # numba, which nothing else here needs

    state = stations.preset(options.preset) if options.preset else State.of(library)
    state.points = modified(library, state.points, options.attribute)
    title = f"{Path(options.preset).stem if options.preset else 'the kit'} of {library.name}"
    return render_pads(library, state, title, options.layers, form, options.device)
