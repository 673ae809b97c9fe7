"""Whoever holds a token or an access key of ours: both prove themselves, however old they are."""

from collector.consent.token import Access, BadToken, Claims, kid_of
from collector.context import Context
from collector.refusal import Refusal, Refused

Holder = Access | Claims


async def verified(context: Context, text: str) -> Holder:
    """What a token or an access key says, expired, superseded or under a killed key too. Raises BadToken.

    A key of ours that this process does not know yet is looked up.
    """
    kid = kid_of(text)
    if kid and kid not in context.tokens.keys.token_keys:
        await context.learn()
    return _read(context, text)


async def holder_of_token(context: Context, text: str) -> Holder:
    """The holder of a token. Raises Refused(TOKEN)."""
    return await _holder(context, text, "c1.", Refusal.TOKEN)


async def holder_of_key(context: Context, text: str) -> Holder:
    """The holder of an access key. Raises Refused(ACCESS_KEY)."""
    return await _holder(context, text, "k1.", Refusal.ACCESS_KEY)


async def _holder(context: Context, text: str, begins: str, refusal: Refusal) -> Holder:
    if not text.startswith(begins):
        raise Refused(refusal)
    try:
        return await verified(context, text)
    except BadToken:
        raise Refused(refusal) from None


def _read(context: Context, text: str) -> Holder:
    return context.tokens.access_key(text) if text.startswith("k1.") else context.tokens.token(text)
