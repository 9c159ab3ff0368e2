from django import template

register = template.Library()

TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "professor", "prof", "sir", "dame", "lord", "lady"}


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and last of a person's names, titles left out: "Dr Ada Bee" is AB."""
    words = [word for word in name.split() if word.strip(".").lower() not in TITLES and word[0].isalnum()]
    ends = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0].upper() for word in ends)
