"""Draw the TouchOSC layouts as pictures: `python -m patches.picture`. Needs Chromium and Pillow.

They are py2tosc's drawings of the files, page by page: not what TouchOSC itself draws.
"""

import subprocess
import tempfile
from pathlib import Path

import py2tosc
from PIL import Image

from patches.make import HERE

SCALES = {"kicks-phone": 0.6, "kicks-tablet": 0.5}
ACROSS = {"kicks-phone": 6, "kicks-tablet": 3}  # pages beside each other
GAP, COLOURS = 8, 64
GROUND = "#0b0a10"


def draw(name: str) -> None:
    """Draw every page of a layout into one picture beside it."""
    pages = [_page(HERE / f"{name}.tosc", number, SCALES[name]) for number in range(6)]
    sheet(pages, ACROSS[name]).quantize(COLOURS).save(HERE / f"{name}.png", optimize=True)


def sheet(pages: list[Image.Image], across: int) -> Image.Image:
    """Pages of one size in rows of `across`."""
    width, height = pages[0].size
    rows = -(-len(pages) // across)
    whole = Image.new("RGB", (across * (width + GAP) - GAP, rows * (height + GAP) - GAP), GROUND)
    for number, page in enumerate(pages):
        whole.paste(page, (number % across * (width + GAP), number // across * (height + GAP)))
    return whole


def _page(file: Path, number: int, scale: float) -> Image.Image:
    """One page with the first of the pages within it; `to_svg` would lay them all out side by side."""
    document = py2tosc.load(file)
    pager = document.root.children[0]
    pager.children = pager.children[number : number + 1]
    for inner in pager.walk():
        if inner is not pager and inner.control_type == "PAGER":
            inner.children = inner.children[:1]
    _, _, width, height = (round(scale * size) for size in document.root.frame)
    style = f"margin:0; background:{GROUND}; zoom:{scale}"
    with tempfile.TemporaryDirectory() as folder:
        html, shot = Path(folder, "page.html"), Path(folder, "page.png")
        html.write_text(f"<body style='{style}'>{py2tosc.to_svg(document)}</body>")
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                        f"--window-size={width},{height}", f"--screenshot={shot}", f"file://{html}"],
                       check=True, capture_output=True)  # fmt: skip
        with Image.open(shot) as picture:
            return picture.convert("RGB")


if __name__ == "__main__":
    for name in SCALES:
        draw(name)
