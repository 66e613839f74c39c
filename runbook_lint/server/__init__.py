"""The language server: what is found, and where everything leads, while somebody writes.

Every answer comes from a whole run over the files on disk under those that are open, so an editor says what ``check``
says.
"""

from runbook_lint.server.features import serve as serve
