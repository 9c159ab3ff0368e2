import pytest
from hypothesis import given
from hypothesis import strategies as st

from networking.text import link_text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a\nb", "a<br>b"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,x mailto:a@example.org", "data:text/html,x mailto:a@example.org"),
        ("https://", "https://"),
    ],
)
def test_what_is_no_web_address_is_only_text(typed, shown):
    assert link_text(typed) == shown


def test_a_web_address_becomes_a_link_without_the_full_stop_after_it():
    assert link_text("See https://example.org/a?b=1&c=2.") == (
        'See <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer" target="_blank">'
        "https://example.org/a?b=1&amp;c=2</a>."
    )


@given(st.text())
def test_no_text_makes_a_tag_of_its_own(text):
    shown = link_text("https://x.example/" + text)
    inner = shown.replace("<br>", "").replace("</a>", "")
    assert inner.count("<") == inner.count("<a href=")
