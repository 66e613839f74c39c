"""What the terminal can do: colours, links, and how wide it is."""

import os
import sys
from collections.abc import Mapping

# Programs that open what an OSC 8 link leads to, by the variables that they set.
_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio"})
_TERMS = ("xterm-kitty", "alacritty", "foot", "contour", "xterm-ghostty")
_VARIABLES = ("WT_SESSION", "KONSOLE_VERSION", "DOMTERM")
_VTE = 5000


def is_terminal() -> bool:
    """Whether somebody reads standard output on a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def colourful() -> bool:
    """Whether standard output takes colours: NO_COLOR and FORCE_COLOR say so, else a terminal does."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return is_terminal() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The columns of the terminal, 100 where there is none."""
    if not is_terminal():
        return 100
    import shutil

    return shutil.get_terminal_size((100, 24)).columns


def shortened(line: str) -> str:
    """A line that a terminal does not break: what does not fit is left out. Whole where there is none."""
    room = width()
    return line if len(line) <= room or not is_terminal() else line[: room - 1].rstrip() + "…"


def safe(text: str) -> str:
    """A text of others as it may be shown where somebody looks at it, or a runner looks for commands; elsewhere exactly
    as it is, for programs."""
    if not (is_terminal() or os.environ.get("GITHUB_ACTIONS") == "true"):
        return text
    from runbook_lint.reporters.escape import inert, printable

    return inert("".join(printable(line) + "\n" for line in text.removesuffix("\n").split("\n"))) if text else text


def links(root: str) -> str:
    """The address under which the terminal opens the files of a folder; empty where it opens none."""
    wanted = os.environ.get("FORCE_HYPERLINK")
    if wanted == "0" or not (wanted or (is_terminal() and colourful() and _opens_links(os.environ))):
        return ""
    from socket import gethostname

    from runbook_lint.reporters.escape import uri

    return f"file://{gethostname()}{uri(root.replace(os.sep, '/'))}/"


def _opens_links(environ: Mapping[str, str]) -> bool:
    vte = environ.get("VTE_VERSION", "")
    return (
        environ.get("TERM_PROGRAM") in _PROGRAMS
        or environ.get("TERM", "").startswith(_TERMS)
        or any(environ.get(name) for name in _VARIABLES)
        or (vte.isdigit() and int(vte) >= _VTE)
    )
