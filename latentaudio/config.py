"""Where things are kept: shipped files in the package, the user's own where their system keeps such."""

from pathlib import Path

import platformdirs

from latentaudio.errors import UsageError, suggest

PACKAGE = Path(__file__).parent
FACTORY = PACKAGE / "factory"
FACTORY_MODEL = FACTORY / "kicks.safetensors"


def shipped_mappings() -> Path:
    """Folder of the shipped mapping files: inside an installed package, beside it in a checkout."""
    inside = PACKAGE / "mappings"
    return inside if inside.is_dir() else PACKAGE.parent / "mappings"


def user_mappings() -> Path:
    """Folder of the user's own mapping files."""
    return platformdirs.user_config_path("latentaudio") / "mappings"


def find_mapping(name: str) -> Path:
    """The file that `--mapping NAME|FILE` means.

    Raises UsageError where there is none, naming the nearest.
    """
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} or path.parent != Path("."):
        if path.is_file():
            return path
        raise UsageError(f"no mapping file {path}")
    folders = (user_mappings(), shipped_mappings())
    for folder in folders:
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = sorted({file.stem for folder in folders for file in folder.glob("[!.]*.yaml")})
    raise UsageError(f"no mapping '{name}'{suggest(name, known)} (there are: {', '.join(known)})")


def cache_folder() -> Path:
    """Where rendered sounds are kept between starts."""
    return platformdirs.user_cache_path("latentaudio", ensure_exists=True)


def state_folder() -> Path:
    """Where the session is kept between starts."""
    return platformdirs.user_state_path("latentaudio", ensure_exists=True)


def presets_folder() -> Path:
    """Folder of the user's presets."""
    return platformdirs.user_state_path("latentaudio") / "presets"


def models_folder() -> Path:
    """Folder of the user's models."""
    return platformdirs.user_data_path("latentaudio") / "models"


def sounds_folder() -> Path:
    """Folder of sounds that performers may name, and of their recordings."""
    return platformdirs.user_music_path() / "LatentAudio"
