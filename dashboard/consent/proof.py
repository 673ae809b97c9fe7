"""The proof of one site, as `byleave consent verify` makes it."""

import msgspec

from collector import control
from collector.consent.verify import Proof
from collector.proof import verifier
from dashboard.context import Dashboard


async def prove(dashboard: Dashboard, site: str) -> Proof:
    """Verify as `byleave consent verify <site>` does, through the store's owner; without one by itself."""
    data = dashboard.settings.data_path
    try:
        answer = await control.call(data, "consent_verify", site=site)
        return msgspec.convert(answer, Proof)
    except control.NoOwner:
        async with dashboard.store.unbounded.snapshot() as snapshot:
            return await (await verifier(data, dashboard.state, snapshot, site)).run()


async def share(dashboard: Dashboard) -> float:
    """How much of the proof under way is done, from 0 to 1."""
    try:
        return float(await control.call(dashboard.settings.data_path, "consent_verify_share"))
    except (control.NoOwner, control.ControlError):
        return 0.0
