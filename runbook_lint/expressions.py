"""Regular expressions that are compiled when they are first used: a run needs few of the hundreds that there are."""

import re
from typing import Any, AnyStr, cast

_METHODS = ("match", "search", "finditer", "fullmatch", "sub", "findall", "split")


class _Lazy:
    """Stands for an expression. From its first use on it has the methods of the compiled one as its own."""

    __slots__ = ("given", *_METHODS)

    def __init__(self, *given: Any) -> None:
        self.given = given

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self.given)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` gives, compiled when it is first used."""
    return cast("re.Pattern[AnyStr]", _Lazy(expression, flags))
