"""What an operator looks at and does, by a command or over HTTP. Nothing here prints, and no adapter is known."""
