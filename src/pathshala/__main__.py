"""Starts the whole house in one process: `python -m pathshala`."""

import sys

from pathshala.embedded import HouseSettings, compose
from pathshala_common.runtime import service

if __name__ == "__main__":
    sys.exit(service.main(HouseSettings, compose))
