"""Where texts come from: the working tree, the staged index, or any commit. Only this package reads documents.

A link to a file of the repository is read as that file; one that leads elsewhere or nowhere is a source that cannot be
read.
"""

from runbook_lint.snapshot.disk import tracked as tracked
from runbook_lint.snapshot.disk import working_tree as working_tree
from runbook_lint.snapshot.past import Use as Use
from runbook_lint.snapshot.past import uses as uses
from runbook_lint.snapshot.past import written as written
from runbook_lint.snapshot.recorded import Base as Base
from runbook_lint.snapshot.recorded import base as base
from runbook_lint.snapshot.recorded import commit as commit
from runbook_lint.snapshot.recorded import index as index
from runbook_lint.snapshot.recorded import merged as merged
from runbook_lint.snapshot.recorded import whole as whole
from runbook_lint.snapshot.world import AstrayError as AstrayError
from runbook_lint.snapshot.world import ReadError as ReadError
from runbook_lint.snapshot.world import Snapshot as Snapshot
from runbook_lint.snapshot.world import TooLargeError as TooLargeError
from runbook_lint.snapshot.world import content as content
from runbook_lint.snapshot.world import decoded as decoded
from runbook_lint.snapshot.world import gathered as gathered
from runbook_lint.snapshot.world import overlaid as overlaid
