"""A service of tomorrow's release, in which LessonEnriched has one version more; TOMORROW names the service."""

import os
import runpy

from pathshala_common.contract.events import LessonEnriched

SERVICE_VARIABLE = "TOMORROW"

if __name__ == "__main__":
    LessonEnriched.VERSION += 1
    runpy.run_module(f"pathshala_{os.environ[SERVICE_VARIABLE]}", run_name="__main__")
