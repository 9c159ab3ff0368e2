from django import template

from networking.text import link_text

register = template.Library()
register.filter("link_text", link_text)
