from django import template

from breakouts.models import Room
from breakouts.voice.providers import Provider, plan_of, provider_of

register = template.Library()


@register.simple_tag
def voice_of(room: Room) -> Provider:
    """How this room speaks, for the pages that lead to its voice."""
    return provider_of(plan_of(room))
