"""A linter and governance checker for runbooks, the runbook catalog and alert rules."""

__version__ = "0.1.0"
# The name of the user's file.
CONFIG = ".runbook-lint.yaml"
