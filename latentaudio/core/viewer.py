"""TensorBoard as a child process beside a run: on a free port of this machine, opened in a browser where there is one.

`Viewer` belongs to the thread that made it; one of its own waits until TensorBoard answers.
"""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

from latentaudio.core.logs import check_logs

PATIENCE = 60.0  # seconds until it answers: its first start imports for long on a slow disk
GRACE = 5.0  # seconds to end in
HOST = "127.0.0.1"


class Viewer:
    """TensorBoard on the logs of `folder`, from here to `close`."""

    def __init__(self, folder: Path) -> None:
        """Raises UsageError where TensorBoard is not installed."""
        check_logs()
        port = _free_port()
        self.url = f"http://{HOST}:{port}/"
        command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder), "--host", HOST,
                   "--port", str(port), "--reload_interval", "5"]  # fmt: skip
        # In a session of its own: Ctrl-C in the terminal is for the run, which then saves and closes this.
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self._answers = threading.Event()
        threading.Thread(target=self._open, name="viewer", daemon=True).start()

    def wait(self, seconds: float = PATIENCE) -> bool:
        """Whether it answers, within so many seconds."""
        return self._answers.wait(seconds)

    @property
    def alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _open(self) -> None:
        until = time.monotonic() + PATIENCE
        while self.alive and time.monotonic() < until:
            try:
                urllib.request.urlopen(self.url, timeout=2.0).close()
            except OSError:  # not yet
                time.sleep(0.2)
                continue
            self._answers.set()
            if has_screen():
                webbrowser.open(self.url)
            return


def has_screen() -> bool:
    """Whether a browser has a window to open in: in a bare terminal it would take the terminal."""
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
