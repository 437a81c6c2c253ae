"""Where the last release is: its wheels, kept here so that a clone without history has them too."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
WHEELS = FOLDER / "wheels"
STAND_INS = FOLDER / "stand_ins"
PACKAGES = ("libs/common", "services/api", "services/enricher", "services/generator", "services/store")
"""What a house of several processes is made of. `python -m tests.upgrade REVISION` builds their wheels."""


def unpacked(folder: Path) -> Mapping[str, str]:
    """Unpack the last release into a folder. Returns the settings with which a service is run from there."""
    wheels = sorted(WHEELS.glob("*.whl"))
    assert len(wheels) == len(PACKAGES), f"in {WHEELS} are {len(wheels)} wheels, of {len(PACKAGES)} packages"
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(folder)
    return {"PYTHONPATH": f"{folder}:{STAND_INS}"}
