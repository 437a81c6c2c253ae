"""The routes of an operator, who does by them what the commands do."""
