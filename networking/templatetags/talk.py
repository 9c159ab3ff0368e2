from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from networking.models import Message, author_key
from networking.text import link_text

register = template.Library()
register.filter("link_text", link_text)


@register.filter
def of(known: Mapping[Any, Any], key: Any) -> Any:
    """What is known of one of them, if anything is."""
    return known.get(key, "")


@register.filter
def words_of(message: Message) -> SafeString:
    """The text as everybody sees it, those it calls marked."""
    called = [(author_key(message.conversation_id, user_id), name) for user_id, name in message.mentioned]
    return link_text(message.text, called)
