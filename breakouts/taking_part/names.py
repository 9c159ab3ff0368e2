"""What a name looks like. Pure: it knows no rows."""

import unicodedata

# They join letters and pictures, or choose how one is drawn, in writing that people use: Persian, Mongolian, Japanese
# names. All else that cannot be seen only deceives.
JOINERS = {*"\u200c\u200d", *map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))}
# Counted as letters and marks by Unicode, and drawn as nothing: fillers, inherent vowels, a braille cell without dots.
EMPTY = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# What is drawn like a Latin letter, small or as a capital: digits, Cyrillic and Greek letters as in Unicode's table of
# confusables (UTS 39), and the i whose capital many typefaces draw as a small l.
ALIKE = {
    "a": "аα", "b": "вβ", "c": "с", "d": "ԁ", "e": "еε", "h": "һнη", "j": "ј", "k": "кκ", "l": "1|iіӏι", "m": "мμ",
    "o": "0оο", "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "тτ", "v": "ν", "w": "ԝ", "x": "хχ", "y": "уυ", "z": "ζ",
}  # fmt: skip
TO_LATIN = str.maketrans({drawn: letter for letter, others in ALIKE.items() for drawn in others})


def clean(name: str) -> str:
    """Without control characters, marks that cannot be seen and needless spaces."""
    seen = (" " if character.isspace() else character for character in name if _is_seen(character))
    return " ".join("".join(seen).split())


def look_of(name: str) -> str:
    """Equal for two names that differ only in case, in what cannot be seen or in letters that are drawn alike."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(TO_LATIN)
    return clean("".join(character for character in folded if character not in JOINERS))


def _is_seen(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cf") and not character.isspace()
    return character in JOINERS or not (is_control or character in EMPTY)
