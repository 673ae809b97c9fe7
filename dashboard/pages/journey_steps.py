"""Steps as an address and a form carry them."""

INCLUDES = ("page", "click", "event")


def parse_step(text: str) -> dict[str, str]:
    """`/blog/*` is a page, `click:Sign up` a click, `event:order` an event."""
    kind, separator, name = text.strip().partition(":")
    if separator and kind in INCLUDES:
        return {kind: name}
    return {"page": text.strip()}


def write_step(step: dict[str, str]) -> str:
    """The text that parse_step reads as this step."""
    ((kind, glob),) = step.items()
    return glob if kind == "page" else f"{kind}:{glob}"
