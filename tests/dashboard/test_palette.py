"""The colours of the dashboard: enough contrast in both themes, and told apart by people who see fewer of them."""

import math
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

STYLES = Path(__file__).parents[2] / "js/dashboard/src/styles"
Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 1, as sRGB has them."""

# What is written in which colour on which (WCAG 2.2, 1.4.3): 4.5 to 1.
WORDS = [
    ("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("good", "paper"), ("bad", "paper"),
    ("ink", "tint"), ("ink", "tint-strong"), ("ink", "grey-soft"), ("paper", "accent"), ("paper", "ink"),
]  # fmt: skip
# What has to be seen to understand a picture or to find a control (1.4.11): 3 to 1. Bars behind numbers and bands
# between nodes are beside it: what they show is written there, or in the table below.
SHAPES = [
    ("accent", "paper"), ("dashed", "paper"), ("line", "paper"), ("bad", "paper"), ("again", "paper"),
    ("shade-3", "paper"), ("shade-4", "paper"), ("shade-5", "paper"),
]  # fmt: skip
# What means different things in one picture or line.
SERIES = [("accent", "again"), ("accent", "bad"), ("again", "bad"), ("good", "bad"), ("accent", "dashed")]
TOLD_APART = 15.0  # of CIE 1976 colour difference, where 2.3 is just seen side by side
STEP_APART = 7.0  # of two neighbours on a scale from light to dark
# Machado, Oliveira and Fernandes 2009, table 1, severity 1.0; for linear light.
SIGHT = {
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
THEMES = ("light", "dark")


def palette(theme: str) -> dict[str, Colour]:
    """The colours by name; the dark theme changes those of the light one."""
    css = (STYLES / "base.css").read_text()
    light, dark = css.partition("@media screen and (prefers-color-scheme: dark)")[::2]
    found = _colours(light) | (_colours(dark.partition("\n}\n")[0]) if theme == "dark" else {})
    assert len(found) > 15
    return found


def _colours(css: str) -> dict[str, Colour]:
    return {name: _colour(digits) for name, digits in re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", css)}


def _colour(digits: str) -> Colour:
    six = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    red, green, blue = (int(six[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def linear(colour: Colour) -> Colour:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2's contrast ratio, 1 to 21."""
    lights = sorted(sum(p * w for p, w in zip(linear(c), (0.2126, 0.7152, 0.0722), strict=True)) for c in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(colour: Colour, sight: str) -> Colour:
    """CIE L*a*b* (D65) of a colour as people of this sight see it."""
    seen = [sum(p * w for p, w in zip(linear(colour), row, strict=True)) for row in SIGHT[sight]]
    red, green, blue = (min(1.0, max(0.0, part)) for part in seen)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Colour, other: Colour, sight: str) -> float:
    return math.dist(lab(one, sight), lab(other, sight))


def heat(theme: str) -> list[Colour]:
    """The steps of the heat map, from none: the accent laid thinly on the paper."""
    found, css = palette(theme), (STYLES / "volume.css").read_text()
    thin = [float(share) for share in re.findall(r"\.heat-\d \{\s*fill-opacity: ([\d.]+)", css)]
    assert thin == sorted(thin) and len(thin) == 4
    mixed = [_mixed(found["accent"], found["paper"], share) for share in thin]
    return [found["grey-soft"], *mixed, found["accent"]]


def _mixed(upper: Colour, lower: Colour, share: float) -> Colour:
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(upper, lower, strict=True))
    return red, green, blue


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("over", "under", "least"), [(*pair, 4.5) for pair in WORDS] + [(*pair, 3.0) for pair in SHAPES]
)
def test_contrast_is_enough(theme: str, over: str, under: str, least: float) -> None:
    colours = palette(theme)
    assert contrast(colours[over], colours[under]) >= least


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES)
def test_series_are_told_apart(theme: str, sight: str) -> None:
    colours = palette(theme)
    apart = {pair: difference(colours[pair[0]], colours[pair[1]], sight) for pair in SERIES}
    assert {pair: found for pair, found in apart.items() if found < TOLD_APART} == {}


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES)
def test_scales_go_from_light_to_dark_in_steps(theme: str, sight: str) -> None:
    colours = palette(theme)
    shades = [colours["grey-soft"], *(colours[f"shade-{number}"] for number in range(1, 6))]
    for scale in (shades, heat(theme)):
        lights = [lab(colour, sight)[0] for colour in scale]
        assert lights == sorted(lights, reverse=theme == "light")
        assert min(difference(one, other, sight) for one, other in pairwise(scale)) >= STEP_APART


def test_every_colour_has_a_name() -> None:
    """What is tested above is all there is: no style names a colour of its own."""
    found = {
        path.name: re.findall(r"#[0-9a-f]{3,8}\b(?=[;, )])|\brgba?\(", path.read_text())
        for path in STYLES.glob("*.css")
    }
    assert set(found.pop("base.css")) >= {"#fff"}
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_the_measure_is_right() -> None:
    assert contrast((1, 1, 1), (0, 0, 0)) == pytest.approx(21)
    assert contrast((1, 1, 1), _colour("767676")) == pytest.approx(4.54, abs=0.01)
    green, red = _colour("4a8a2a"), _colour("a06a2a")
    assert difference(green, red, "deuteranopia") < 15 < difference(green, red, "all colours")
    assert all(
        difference(one, other, "all colours") > 60 for one, other in combinations([(1, 0, 0), (0, 1, 0), (0, 0, 1)], 2)
    )
