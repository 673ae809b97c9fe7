"""Making every erasure physical, whoever owns the store just now."""

from collector.control import NoOwner, call
from collector.server import following, owning
from collector.settings import Settings
from collector.state.database import State


async def erase_now(settings: Settings, state: State) -> None:
    """Return when no file holds a byte of an erased subject. Raises ControlError, OwnerRunning or StoreError."""
    try:
        await call(settings.data_path, "erase_now")
    except NoOwner:
        async with following(state) as follower, owning(settings, follower) as owner:
            await owner.erase_now()
