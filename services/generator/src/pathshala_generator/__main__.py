"""Starts a generator: `python -m pathshala_generator`. Any number of them share the work."""

import sys

from pathshala_common.runtime.process import main
from pathshala_generator.compose import process
from pathshala_generator.settings import GeneratorSettings

sys.exit(main(GeneratorSettings, process))
