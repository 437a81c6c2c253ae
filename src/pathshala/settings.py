"""The settings of the whole house."""

from pathshala_api.settings import ApiSettings
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator.settings import GeneratorSettings
from pathshala_notifier.settings import NotifierSettings
from pathshala_store.settings import StoreSettings


class HouseSettings(ApiSettings, EnricherSettings, GeneratorSettings, StoreSettings, NotifierSettings):
    """The settings of all services at once."""
