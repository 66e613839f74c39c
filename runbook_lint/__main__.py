"""``python -m runbook_lint`` is the console script."""

from runbook_lint.cli import main

if __name__ == "__main__":
    main()
