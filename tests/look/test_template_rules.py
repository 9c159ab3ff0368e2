"""What the content policy refuses is in no template, and the palette can be read."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PALETTE = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT / "templates")) for path in paths]


@pytest.mark.parametrize("name", names(TEMPLATES))
def test_every_template_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_no_template_holds_inline_style_script_or_handler(path: Path) -> None:
    text = path.read_text()
    if path.parent.name == "mail":
        # Programs for mail show no other style, and no page is made of these.
        text = re.sub(r'\sstyle="[^"]*"', "", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    for attributes, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "application/json" in attributes or not body.strip()


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("ink-soft", "paper"),
        ("ink-soft", "sand"),
        ("brand", "paper"),
        ("brand", "brand-soft"),
        ("brand-ink", "brand"),
        ("brand-ink", "brand-deep"),
        ("accent", "paper"),
        ("accent", "surface"),
        ("surface", "accent"),
        ("surface", "live"),
        ("live", "surface"),
        ("bad", "paper"),
        ("good", "surface"),
    ],
)
def test_the_palette_can_be_read(text: str, ground: str) -> None:
    palette = dict(PALETTE.findall((ROOT / "static/css/assembly.css").read_text()))

    assert contrast(palette[text], palette[ground]) >= 4.5


def test_the_edges_of_fields_can_be_seen() -> None:
    palette = dict(PALETTE.findall((ROOT / "static/css/assembly.css").read_text()))

    assert contrast(palette["line-strong"], palette["surface"]) >= 3
