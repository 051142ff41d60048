"""A kit as an SFZ file, which samplers read: a region for each pad and velocity layer. Pure functions: any thread's.

Opcodes as https://sfzformat.com has them. `amp_veltrack` is the instrument's own law, 1 - a (1 - v^2).
"""

from collections.abc import Iterable, Mapping, Sequence

FIRST_KEY = 36  # of pad 1, as shipped mappings have it
RELEASE_S = 0.05  # the mixer's own, of a gated pad


def sfz_text(title: str, pads: Iterable[tuple[int, Sequence[str], Mapping[str, float]]]) -> str:
    """The SFZ file of `pads`: each a number from 1, its files with the loudest layer first, and its settings."""
    head = f"// {title}, by LatentAudio\n\n<global> loop_mode=one_shot off_mode=fast\n\n"
    return head + "".join(_region(pad, files, layer, settings) for pad, files, settings in pads
                          for layer in range(len(files)))  # fmt: skip


def velocities(layer: int, layers: int) -> tuple[int, int]:
    """The least and the greatest MIDI velocity that play a layer, of which 0 is the loudest."""
    played = [velocity for velocity in range(1, 128) if min(int((1 - velocity / 127) * layers), layers - 1) == layer]
    return min(played), max(played)


def _region(pad: int, files: Sequence[str], layer: int, settings: Mapping[str, float]) -> str:
    low, high = velocities(layer, len(files))
    opcodes = [f"key={FIRST_KEY + pad - 1} lovel={low} hivel={high} amp_veltrack={100.0 * settings['velocity']:g}"]
    if choke := int(settings["choke"]):  # without the last a pad would choke the others of its group, but not itself
        opcodes.append(f"group={choke} off_by={choke} note_polyphony=1")
    if settings["gate"]:
        opcodes.append(f"loop_mode=no_loop ampeg_release={RELEASE_S:g}")
    return f"<region> {' '.join(opcodes)} sample={files[layer]}\n"
