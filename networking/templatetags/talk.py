from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from networking.models import Message, author_key
from networking.text import link_text

register = template.Library()
register.filter("link_text", link_text)


@register.filter
def of(known: Mapping[int, str], pk: int) -> str:
    """What is known of one of them, if anything is."""
    return known.get(pk, "")


@register.filter
def words_of(message: Message) -> SafeString:
    """The text as everybody sees it, those it calls marked."""
    called = [(author_key(message.conversation_id, user_id), name) for user_id, name in message.mentioned]
    return link_text(message.text, called)
