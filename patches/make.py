"""Make the surfaces that ship, from the default mapping and the factory model: `python -m patches.make`."""

from pathlib import Path

from latentaudio.config import FACTORY_MODEL
from latentaudio.surface.formats import Place
from latentaudio.surface.make import make_surface

HERE = Path(__file__).parent
SHIPPED = {  # by file: format and device
    "kicks-phone.tosc": ("tosc", "phone"),
    "kicks-tablet.tosc": ("tosc", "tablet"),
    "kicks-open-stage-control.json": ("osc", "tablet"),
    "kicks.pd": ("pd", "tablet"),
    "kicks.maxpat": ("maxpat", "tablet"),
    "kicks.amxd": ("amxd", "tablet"),
}


def make_all(folder: Path = HERE) -> None:
    """Write every shipped surface into `folder`."""
    for name, (kind, device) in SHIPPED.items():
        make_surface(kind, folder / name, ["default"], FACTORY_MODEL, device, Place("127.0.0.1", 9000))


if __name__ == "__main__":
    make_all()
