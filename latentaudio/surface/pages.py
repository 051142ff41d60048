"""What stands on each page of a surface, in rows: the table that every format is written from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from latentaudio.parameters import BUILT_IN, LEARNED, MAX_DIMS, PADS, STATIONS, latent_name, pad_name
from latentaudio.surface.widget import Widget, control, numbers, place, shown

BANK = 16  # dims that are seen together

Row = tuple[int, tuple[Widget, ...]]  # height beside other rows', and what stands side by side


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that stay together: blocks stand side by side on a wide surface, else below one another."""

    rows: tuple[Row, ...]
    width: int = 1  # beside other blocks', where they stand side by side


def _row(height: int, *names: str | Widget) -> Row:
    return height, tuple(control(name) if isinstance(name, str) else name for name in names)


def map_blocks() -> tuple[Block, ...]:
    """The map as a square, and what changes how it is played."""
    return (
        Block((_row(16, place()),), width=5),
        Block((
            _row(2, "map.snap"), _row(2, "map.layer"), _row(2, "map.zoom"),
            _row(2, control("map.pan.x", "pan x"), control("map.pan.y", "pan y")),
            _row(2, control("map.reset", "whole map"), "draw", "zero"), _row(2, "temperature"),
        ), width=3),
    )  # fmt: skip


def pad_block(notes: Mapping[int, int]) -> Block:
    """Sixteen triggers, the first at the bottom left as on a drum machine; `notes` by pad stand beside the numbers."""
    labels = {pad: f"{pad}" + (f"  ({notes[pad]})" if pad in notes else "") for pad in range(1, PADS + 1)}
    rows = [[control(pad_name(pad, "trigger"), labels[pad]) for pad in range(low, low + 4)] for low in (13, 9, 5, 1)]
    return Block(tuple(_row(4, *row) for row in rows))


def settings_pages() -> Iterator[tuple[str, Block]]:
    """The settings of each pad: the page that is seen is the focused pad's."""
    pairs = ("level", "pan"), ("tune", "decay"), ("velocity", "darken"), ("vary", "choke"), ("follow", "gate")
    for pad in range(1, PADS + 1):
        rows = [_row(2, *(pad_name(pad, setting) for setting in pair)) for pair in pairs]
        yield f"{pad}", Block((*rows, _row(2, numbers(pad_name(pad, "output"), "output pair"))))


def morph_blocks() -> tuple[Block, ...]:
    """Stations and the way between them; the walk."""
    stations = [control(f"morph.station.{number}", f"{number}") for number in range(1, STATIONS + 1)]
    morph = (
        _row(3, "morph.amount"), _row(2, control("morph.a", "store A"), control("morph.b", "store B"), "morph.clear"),
        _row(2, *stations), _row(2, "morph.method"), _row(2, "morph.sweep", "morph.beats"), _row(2, "morph.shape"),
        _row(2, "tempo", control("tempo.clock", "clock")), _row(2, "tap", control("tempo.start", "start"),
                                                                control("tempo.stop", "stop")),
    )  # fmt: skip
    walk = (
        _row(3, "walk.run", "walk.freeze", "walk.reset"), _row(2, "walk.step", "walk.momentum"),
        _row(2, "walk.pull", "walk.rate"), _row(2, "walk.division"), _row(2, numbers("walk.guide", "to station")),
        _row(2, "walk.seed"),
    )  # fmt: skip
    return Block(morph), Block(walk)


def sound_blocks(types: bool) -> tuple[Block, ...]:
    """Attributes, built in and learned; variations."""
    names = [f"attribute.{name}" for name in BUILT_IN]
    learned = [control(f"attribute.learned.{number}", f"learned {number}") for number in range(1, LEARNED + 1)]
    attributes = [_row(2, *names[at : at + 2]) for at in range(0, len(names), 2)]
    attributes += [_row(1, *learned[at : at + 4]) for at in range(0, LEARNED, 4)]
    attributes += [
        _row(2, control("attribute.learn.positive", "has it"), control("attribute.learn.negative", "has it not"),
             control("attribute.learn.clear", "forget"), control("attribute.zero", "all to 0")),
        *([_row(2, control("attribute.learn.name", "learn as"))] if types else []),
    ]  # fmt: skip
    variations = (
        _row(2, control("variation.make", "vary"), control("variation.spread", "over the pads")),
        _row(2, "variation.intensity"), _row(2, "variation.grid"),
        _row(2, numbers("variation.pick")),
    )  # fmt: skip
    return Block(tuple(attributes)), Block(variations)


def latent_pages(across: int) -> Iterator[tuple[str, Block]]:
    """Banks of dims, `across` beside each other, each dim with its lock below it."""
    for first in range(1, MAX_DIMS + 1, BANK):
        rows: list[Row] = []
        for low in range(first, first + BANK, across):
            rows.append(_row(5, *(control(latent_name(dim), f"{dim}") for dim in range(low, low + across))))
            rows.append(_row(1, *(control(f"lock.{dim}", "lock") for dim in range(low, low + across))))
        yield f"{first}-{first + BANK - 1}", Block(tuple(rows))


def master_blocks(types: bool) -> tuple[Block, ...]:
    """Presets, models and files; what concerns everything."""
    named = (
        _row(2, control("preset.load", "load preset")), _row(2, control("preset.save", "save preset")),
        _row(2, control("model.load", "load model")), _row(2, control("map.load", "map of folder")),
        _row(2, control("reconstruct", "reconstruct file")), _row(2, control("match", "match file")),
        _row(2, control("record.start", "record as")),
    )  # fmt: skip
    presets = (
        _row(1, shown("/la/status/preset", "preset")),
        _row(2, control("preset.previous", "previous preset"), control("preset.next", "next preset")),
        *(named if types else ()),
        _row(2, control("record.stop", "end recording"), control("model.unload", "free memory")),
        _row(2, control("stop", "give up")), _row(1, shown("/la/status/model/name", "model")),
    )  # fmt: skip
    master = (
        _row(3, control("master.level", "master")), _row(2, control("notes.mode", "notes play")),
        _row(2, control("notes.root", "root note")), _row(2, control("velocity.layers", "velocity layers")),
        _row(2, control("vary.turns", "sounds in turn")), _row(1, shown("/la/status/renderer/waiting", "waiting")),
        _row(1, shown("/la/fail", "failed")), _row(1, shown("/la/error", "error")),
    )  # fmt: skip
    return Block(presets), Block(master)


def foot_row() -> Row:
    """What is at hand on every page."""
    return _row(2, "trigger", "undo", "redo", "panic")
