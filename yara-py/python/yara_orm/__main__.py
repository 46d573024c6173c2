"""`python -m yara_orm`: migrations from the command line."""

from .migrations.command import main

if __name__ == "__main__":
    raise SystemExit(main())
