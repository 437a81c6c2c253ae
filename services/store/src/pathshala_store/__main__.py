"""Starts the store: `python -m pathshala_store`."""

import sys

from pathshala_common.runtime.process import main
from pathshala_store.compose import process
from pathshala_store.settings import StoreSettings

sys.exit(main(StoreSettings, process))
