"""Starts an enricher: `python -m pathshala_enricher`."""

import sys

from pathshala_common.runtime.process import main
from pathshala_enricher.compose import process
from pathshala_enricher.settings import EnricherSettings

sys.exit(main(EnricherSettings, process))
