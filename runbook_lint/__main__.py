"""``runbook-lint`` and ``python -m runbook_lint``: what is known is said at once; all else the command line does."""

import gc
import sys

from runbook_lint.answers import Question


def main() -> None:
    """Runs the command line and exits."""
    words = sys.argv[1:]
    question = Question(words) if words[:1] == ["check"] else None
    known = question.answer() if question is not None else None
    if known is not None and _said(known[1]):
        sys.exit(known[0])
    from runbook_lint.cli import main as run

    try:
        run(words, question)
    finally:
        # An interpreter that ends looks through all that is left several times; of this there is nothing to find.
        gc.freeze()


def _said(words: bytes) -> bool:
    """Whether all of it could be written; what is wrong with the output is said by those who know how."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(words)
        sys.stdout.buffer.flush()
    except (AttributeError, OSError):
        return False
    return True


if __name__ == "__main__":
    main()
