"""Starts the API: `python -m pathshala_api`."""

import sys

from pathshala_api.compose import process
from pathshala_api.settings import ApiSettings
from pathshala_common.runtime.process import main

sys.exit(main(ApiSettings, process))
