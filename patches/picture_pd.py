"""Show the Pure Data patch as it is: `python -m patches.picture_pd`.

Needs Pure Data, Xvfb, ImageMagick, Pillow and py2tosc.

A daemon plays, a hand has moved some of it, and the program draws the patch on a screen that nobody sees.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from PIL import Image

from latentaudio.control.remote import Remote
from patches.make import HERE
from patches.picture import sheet

SCREEN, PORT, TURN = ":79", 9179, 9178  # a display, the daemon's port, and where pages are turned
WINDOW = (40, 72, 1016, 808)  # of the patch on the screen
COLOURS, SCALE = 96, 0.5
TURNS = f"#N canvas 0 0 300 100 10;\n#X obj 10 10 netreceive {TURN};\n#X obj 10 50 s la-pages;\n#X connect 0 0 1 0;\n"
MOVED = {"/la/morph/a": 1, "/la/draw": 1, "/la/morph/b": 1, "/la/morph/amount": 0.4, "/la/temperature": 0.6,
         "/la/pad/1/pan": 0.4, "/la/attribute/brightness": 0.7, "/la/attribute/click": 0.35,
         "/la/lock/3": 1}  # fmt: skip


def draw() -> None:
    """All pages in one picture beside the patch."""
    pages = [page.resize((round(SCALE * page.width), round(SCALE * page.height))) for page in _pages()]
    whole = sheet(pages, across=3)
    whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(HERE / "kicks-pure-data.png", optimize=True)


def _pages() -> list[Image.Image]:
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory()))
        own = (
            os.environ | {"DISPLAY": SCREEN} | {f"XDG_{kind}_HOME": str(folder) for kind in ("STATE", "DATA", "CACHE")}
        )

        def start(*command: str) -> None:
            process = subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            ends.callback(process.wait)
            ends.callback(process.terminate)

        start(sys.executable, "-m", "latentaudio", "play", "--audio", "null", "--midi", "none", "--device", "cpu",
              "--osc-port", str(PORT))  # fmt: skip
        start("Xvfb", SCREEN, "-screen", "0", "1300x900x24")
        time.sleep(15.0)
        _move(Remote("127.0.0.1", PORT))
        (folder / "turns.pd").write_text(TURNS)
        start("pd", "-noaudio", "-nomidi", "-open", str(folder / "turns.pd"), "-open", str(HERE / "kicks.pd"), "-send",
              f"la-port {PORT}")  # fmt: skip
        time.sleep(8.0)
        return [_page(number, folder / "page.png", own) for number in range(6)]


def _move(remote: Remote) -> None:
    for address, value in MOVED.items():
        remote.send(address, value)
        time.sleep(0.1)
    remote.send("/la/map/xy", 0.7, 0.62)


def _page(number: int, file: Path, own: dict[str, str]) -> Image.Image:
    subprocess.run(["pdsend", str(TURN)], input=f"{number};\n", text=True, check=True, capture_output=True)
    time.sleep(2.0)
    subprocess.run(["import", "-window", "root", str(file)], env=own, check=True)
    with Image.open(file) as picture:
        return picture.crop(WINDOW).convert("RGB")


if __name__ == "__main__":
    draw()
