"""Runs `connector` from a checkout: `python cli.py demo`."""

from connector.commands import main

if __name__ == "__main__":
    main()
