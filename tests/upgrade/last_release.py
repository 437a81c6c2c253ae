"""Where the last release is: its wheels, kept here so that a clone without history has them too."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
WHEELS = FOLDER / "wheels"
STAND_INS = FOLDER / "stand_ins"
SERVICES = ("api", "enricher", "generator", "store")


def has_notifier() -> bool:
    """Whether the last release has a notifier, to be upgraded with the others."""
    return any("pathshala_notifier/__main__.py" in zipfile.ZipFile(wheel).namelist() for wheel in WHEELS.glob("*.whl"))


def unpacked(folder: Path) -> Mapping[str, str]:
    """Unpack the last release into a folder. Returns the settings with which a service is run from there."""
    for wheel in sorted(WHEELS.glob("*.whl")):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(folder)
    missing = [name for name in SERVICES if not folder.joinpath(f"pathshala_{name}").is_dir()]
    assert not missing, f"no wheel in {WHEELS} has {missing}; python -m tests.upgrade REVISION builds them"
    return {"PYTHONPATH": f"{folder}:{STAND_INS}"}
