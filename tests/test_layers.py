"""Imports point down: each folder knows only what lies below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "latentaudio"
OFFLINE = {path.stem for path in PACKAGE.glob("offline*.py")}
TOP = OFFLINE | {"__main__", "cli", "arguments", "daemon", "output", "status", "instrument", "kit", "state", "journal",
       "presets", "preset_file", "preset_list", "preset_sounds", "session", "buttons", "effects", "larder", "models",
       "navigator", "answers", "backstage", "controllers", "kept_renders", "repertoire", "sound_files", "sounding",
       "voicing"}  # fmt: skip
OF_THE_INSTRUMENT = {"buttons", "effects", "journal", "kit", "larder", "navigator", "sounding", "state", "voicing"}
BACKSTAGE = {"answers", "models", "repertoire", "sound_files"}  # what takes files or time
FOLDERS = {"core", "latent", "render", "engine", "control", "surface", "doctor"}
BASE = {path.stem for path in PACKAGE.glob("*.py")} - TOP - {"__init__"}
MAY_IMPORT = {
    "__main__": {"cli"},
    "cli": {"arguments", "offline", "offline_command", "daemon", "control", "engine", "core", "surface", "doctor"},
    "arguments": {"surface"},
    "surface": {"latent", "control"},  # offline, above them
    "doctor": {"session", "latent", "control", "engine", "render"},  # beside the daemon, which it never imports
    **dict.fromkeys(
        OFFLINE,
        OFFLINE
        | {
            "kit",
            "state",
            "preset_file",
            "preset_list",
            "preset_sounds",
            "voicing",
            "latent",
            "render",
            "engine",
            "core",
        },
    ),
    "daemon": {
        "backstage",
        "controllers",
        "output",
        "status",
        "instrument",
        "kit",
        "latent",
        "render",
        "engine",
        "control",
        "session",
        "state",
        "answers",
        "models",
    },
    "controllers": {"instrument", "kit", "control"},
    "backstage": {"output", "instrument", "presets", "kept_renders", *BACKSTAGE},
    "kept_renders": {"instrument", "sounding", "render"},
    "answers": {"instrument", "latent", "control"},
    "models": {"instrument", "latent", "render", "repertoire"},
    "repertoire": {"instrument", "latent", "engine", "presets", "preset_file", "voicing"},
    "sound_files": {"instrument", "latent", "engine", "repertoire"},
    "output": {"engine"},
    "status": {"output", "instrument", "render", "engine", "control"},
    "instrument": {"latent", "engine", *OF_THE_INSTRUMENT},
    "buttons": {"instrument", "kit", "latent", "navigator"},  # its methods, in a file of their own
    "effects": {"instrument", "kit", "latent"},  # likewise
    "navigator": {"latent", "state"},
    "sounding": {"kit", "engine", "larder", "voicing"},
    "voicing": {"latent", "state"},
    "larder": {"engine"},
    "journal": {"state"},
    "presets": {"preset_file", "preset_list", "preset_sounds", "state", "latent"},
    "preset_list": {"preset_file"},
    "preset_sounds": {"preset_file"},
    "preset_file": {"state", "latent"},
    "session": {"state", "latent"},
    "state": {"latent"},
    "kit": {"engine"},
    "render.worker": {"render", "core"},
}
HEAVY = {
    "torch": {"core", "render.worker"},
    "numba": {"engine"},
    "llvmlite": {"engine"},
    "sounddevice": {"engine"},
    "umap": {"core"},
    "sklearn": {"core"},
}


def imports(path: Path, source: str | None = None) -> Iterator[str]:
    """Every module that `path` imports, as a dotted name, however it says so and wherever in the file."""
    here = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(source if source is not None else path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: -node.level]] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def place(path: Path) -> str:
    """`engine`, `daemon` or `render.worker`: what the rules call a file."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "render.worker" if parts == ("render", "worker") else parts[0]


def wrong(path: Path, source: str | None = None) -> list[str]:
    own = place(path)
    allowed = BASE | {own.split(".")[0]} | MAY_IMPORT.get(own, set())
    found = []
    for name in imports(path, source):
        parts = name.split(".")
        if (
            parts[0] == "latentaudio"
            and len(parts) > 1
            and parts[1] in TOP | FOLDERS | BASE
            and parts[1] not in allowed
        ):
            found.append(name)
        if parts[0] in HEAVY and own not in HEAVY[parts[0]]:
            found.append(name)
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    assert wrong(path) == []


@pytest.mark.parametrize("source", [
    "import latentaudio.daemon", "from latentaudio import daemon", "from .. import daemon",
    "from latentaudio.control import midi", "def f():\n    import torch", "from numba import njit",
])  # fmt: skip
def test_an_import_that_points_up_is_found(source):
    assert wrong(PACKAGE / "render" / "renderer.py", source)
