"""Writes the faulty example to a folder: ``python examples/assemble.py FOLDER``.

Joins the halves of the false secrets, which must not lie whole in any repository, and adds the files that nothing can read.
"""

import shutil
import sys
from pathlib import Path

FAULTY = Path(__file__).parent / "faulty"
JOINT = "(+)"
TOO_LARGE = 5_000_001


def assemble(folder: Path) -> None:
    """The faulty example, whole, in a folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(FAULTY, folder)
    for path in folder.rglob("*.md"):
        path.write_bytes(path.read_bytes().replace(JOINT.encode(), b""))
    runbooks = folder / "docs" / "runbooks"
    (runbooks / "legacy.md").write_bytes("# Überlauf\n".encode("latin-1"))
    (runbooks / "dump.md").write_bytes(b"# Dump\n".ljust(TOO_LARGE, b"x"))
    (runbooks / "elsewhere.md").symlink_to(Path("../../../elsewhere.md"))


if __name__ == "__main__":
    assemble(Path(sys.argv[1]))
