"""Pure Data without a window, a surface's patch opened within another: that one touches widgets, and prints."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.playing import free_port

AROUND = """\
#N canvas 0 0 400 300 10;
#X obj 10 10 {patch};
#X obj 10 50 netreceive {port};
#X obj 10 80 t a a;
#X obj 10 140 list split 1;
#X obj 10 170 list trim;
#X obj 120 140 list split 1;
#X obj 10 200 send;
#X obj 200 50 r la-out;
#X obj 200 80 print said;
#X obj 200 110 r la-in;
#X obj 200 140 print heard;
#X connect 1 0 2 0;
#X connect 2 0 3 0;
#X connect 2 1 5 0;
#X connect 3 1 4 0;
#X connect 4 0 6 0;
#X connect 5 0 6 1;
#X connect 7 0 8 0;
#X connect 9 0 10 0;
"""


class PureData:
    """It runs from now on; `daemon` is the port that the patch is told to speak to."""

    def __init__(self, patch: Path, folder: Path, daemon: int, root: str = "/la") -> None:
        assert shutil.which("pd"), "these tests need Pure Data (Debian, Ubuntu: apt install puredata-core)"
        port, around = free_port(), folder / "around.pd"
        around.write_text(AROUND.format(patch=patch.stem, port=port))
        self._printed = folder / "pd.txt"
        command = ["pd", "-nogui", "-noaudio", "-nomidi", "-stderr", "-path", str(patch.parent), "-open", str(around),
                   "-send", f"la-port {daemon}"]  # fmt: skip
        with self._printed.open("wb") as file:
            self._process = subprocess.Popen(command, stderr=file)
        self.wait_for(f"{root}/subscribe", "said")
        self._hand = socket.create_connection(("127.0.0.1", port))

    def touch(self, name: str, *words: object) -> None:
        """Send to a name in the patch."""
        self._hand.sendall(f"{name} {' '.join(map(str, words))};\n".encode())

    def lines(self, kind: str) -> list[str]:
        """What was said or heard: an address, and what goes with it."""
        return re.findall(rf"^{kind}: (?:list|symbol) (.*)$", self._printed.read_text(errors="replace"), re.MULTILINE)

    def other_lines(self) -> list[str]:
        """All that is neither: complaints, and what the patch prints by itself."""
        lines = self._printed.read_text().splitlines()
        return [line for line in lines if line and not line.startswith(("said: ", "heard: "))]

    def wait_for(self, line: str, kind: str, seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while line not in (self.lines(kind) if kind else self.other_lines()):
            assert time.monotonic() < deadline and self._process.poll() is None, (line, self.other_lines())
            time.sleep(0.01)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(5.0)
        self._hand.close()
