"""Starts a notifier: `python -m pathshala_notifier`."""

import sys

from pathshala_common.runtime.process import main
from pathshala_notifier.compose import process
from pathshala_notifier.settings import NotifierSettings

sys.exit(main(NotifierSettings, process))
