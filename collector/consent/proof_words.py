"""A proof as it is printed: for the terminal and for the dashboard."""

from collector.consent.verify import Proof
from collector.demo import MADE_UP


def in_words(proof: Proof) -> list[str]:
    """One line for each thing that was looked at, then the outcome."""
    told = [f"{'✗' if found.problem else '✓'} {found.what}: {found.problem or found.said}" for found in proof.findings]
    if proof.made_up:
        told.append(f"! {MADE_UP}: {proof.made_up:,} made-up rows of the demo, which nobody consented to: left out")
    outcome = "Not proved" if proof.problem else "Proved"
    return [*told, f"{outcome}, up to record {proof.sequence} ({proof.head[:16]}…)."]
