"""Work beside the event loop, for which nobody waits who leaves."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

_Given = TypeVar("_Given")


async def done(work: Callable[[], _Given]) -> _Given:
    """What a piece of work gives, on a thread of its own. An executor's threads are waited for at the end; these end
    with the process."""
    loop = asyncio.get_running_loop()
    promise: asyncio.Future[_Given] = loop.create_future()

    def run() -> None:
        try:
            given = work()
        except Exception as error:
            _tell(loop, promise, promise.set_exception, error)
        else:
            _tell(loop, promise, promise.set_result, given)

    threading.Thread(target=run, daemon=True).start()
    return await promise


def _tell(
    loop: asyncio.AbstractEventLoop, promise: asyncio.Future[Any], put: Callable[[Any], None], what: object
) -> None:
    """Hands over what came out, where anybody is still there."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(lambda: None if promise.done() else put(what))
