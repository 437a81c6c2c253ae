"""The operator's looks and deeds, by a command or over HTTP. Nothing here prints, and no adapter is known."""
