from django import template

from portal.equality.services import may_reply
from portal.people.access import Visitor
from portal.people.places import ENDED

register = template.Library()


@register.simple_tag
def asks_equality(visitor: Visitor) -> bool:
    """Whether to lead this person to the questions: registered, and not asked yet."""
    found = visitor.registration
    return found is not None and found.state not in ENDED and may_reply(found)
