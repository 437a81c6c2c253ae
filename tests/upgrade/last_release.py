"""Where the last release is: its wheels, kept here so that a clone without history has them too."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
WHEELS = FOLDER / "wheels"
STAND_INS = FOLDER / "stand_ins"
PACKAGES = ("libs/common", "services/api", "services/enricher", "services/generator", "services/store")
LATER = ("services/notifier",)
"""What a house of several processes is made of, and what an early release lacks of it.

`python -m tests.upgrade REVISION` builds their wheels.
"""


def has_notifier() -> bool:
    """Whether the last release has a notifier, to be upgraded with the others."""
    return any(WHEELS.glob("pathshala_notifier-*.whl"))


def unpacked(folder: Path) -> Mapping[str, str]:
    """Unpack the last release into a folder. Returns the settings with which a service is run from there."""
    wheels = sorted(WHEELS.glob("*.whl"))
    expected = len(PACKAGES) + has_notifier()
    assert len(wheels) == expected, f"in {WHEELS} are {len(wheels)} wheels, of {expected} packages"
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(folder)
    return {"PYTHONPATH": f"{folder}:{STAND_INS}"}
