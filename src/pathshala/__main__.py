"""Starts the whole house in one process, or does what an operator asks for: `python -m pathshala`."""

from pathshala.cli import app

if __name__ == "__main__":
    app(prog_name="pathshala")
