"""Brings every tool that the project runs into `.cache/`: `python3 -m sandbox.toolchain`.

Standard library only, because it runs before anything is installed. One module a tool; each looks first at what the
machine has, fetches or builds only what is missing, and leaves it alone the next time.
"""
