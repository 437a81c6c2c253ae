"""The routes of an operator: what the commands do, over HTTP."""
