"""What a name looks like. Pure: it knows no rows."""

import unicodedata

# They join letters and pictures, or choose how one is drawn, in writing that people use: Persian, Mongolian, Japanese
# names. All else that cannot be seen only deceives.
JOINERS = {*"\u200c\u200d", *map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))}
# Counted as letters and marks by Unicode, and drawn as nothing: fillers, inherent vowels, a braille cell without dots.
EMPTY = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def clean(name: str) -> str:
    """Without control characters, marks that cannot be seen and needless spaces."""
    seen = (" " if character.isspace() else character for character in name if _is_seen(character))
    return " ".join("".join(seen).split())


def look_of(name: str) -> str:
    """Equal for two names that differ only in case, in what cannot be seen or in how a letter is written down.

    Letters of different scripts that look alike stay different.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return clean("".join(character for character in folded if character not in JOINERS))


def _is_seen(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cf") and not character.isspace()
    return character in JOINERS or not (is_control or character in EMPTY)
