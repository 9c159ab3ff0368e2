"""A right that is taken away in the admin is taken from open pages too."""

import pytest
from django.urls import reverse

from breakouts.services import add_room, open_round, take_or_wait
from portal.live.models import Revocation
from portal.live.services import revoke

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(ada, client_of):
    """Saves a page of the admin as it is shown to a superuser, but for these fields; None leaves one out."""
    ada.is_superuser = True
    ada.save()
    client = client_of(ada)

    def post(page: str, pk: int, **changes):
        address = reverse(f"admin:portal_{page}_change", args=[pk])
        shown = client.get(address).context
        data = {}
        for field in shown["adminform"].form:
            subwidgets = getattr(field.field.widget, "widgets", [])
            values = field.field.widget.decompress(field.value()) if subwidgets else [field.value()]
            names = [f"{field.html_name}_{n}" for n in range(len(subwidgets))] or [field.html_name]
            data |= {name: value for name, value in zip(names, values, strict=True) if value not in (None, "", False)}
        for inline in shown["inline_admin_formsets"]:
            form = inline.formset.management_form
            data |= {form.add_prefix(name): form.initial[name] for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
        data = {name: value for name, value in (data | changes).items() if value is not None}
        answer = client.post(address, data)
        assert answer.status_code == 302, answer.context["errors"]

    return post


def revoked() -> set[tuple[int, str]]:
    return set(Revocation.objects.values_list("user_id", "event"))


def test_whoever_is_switched_off_is_out_everywhere(ben, save):
    save("user", ben.user_id, is_active=None)
    assert revoked() == {(ben.user_id, "")}


def test_who_loses_a_role_is_asked_again_in_every_event(event, cleo, ben, save):
    ben.user.is_staff = True
    ben.user.save()
    save("user", ben.user_id, is_staff=None)
    assert revoked() == {(ben.user_id, event.slug), (ben.user_id, cleo.event.slug)}


def test_a_new_name_ends_nothing(ben, save):
    save("user", ben.user_id, name="Benjamin Placeholder")
    assert revoked() == set()


def test_who_organises_no_more_is_asked_again(event, ben, ada, save):
    event.organisers.add(ben.user)
    save("event", event.pk, organisers=[ada.pk])
    assert revoked() == {(ben.user_id, event.slug)}
    assert list(event.organisers.all()) == [ada]


def test_with_another_window_everybody_of_the_event_is_asked_again(event, ada, ben, sana, cleo, save):
    save("event", event.pk, months_after=event.months_after - 1)
    users = {ada.pk, *event.delegates.values_list("user_id", flat=True)}
    assert {ben.user_id, sana.user_id} < users
    assert revoked() == {(user, event.slug) for user in users}


@pytest.fixture(params=["singly", "by list"])
def delete(request, client_of, ada):
    """What Ada deletes in the admin, from its own page or from the list."""

    def send(model, pk):
        page, data = reverse(f"admin:portal_{model}_delete", args=[pk]), {"post": "yes"}
        if request.param == "by list":
            page = reverse(f"admin:portal_{model}_changelist")
            data |= {"action": "delete_selected", "_selected_action": pk}
        assert client_of(ada).post(page, data).status_code == 302

    return send


def test_another_look_asks_nobody_again(event, save):
    save("event", event.pk, strapline="Together")
    assert revoked() == set()


def test_whose_registration_is_deleted_is_asked_again_and_their_place_goes_on(
    event, ada, ben, sana, make_session, delete, now
):
    room = add_room(open_round(make_session("Round", "14:00", "14:45", kind="round")), title="A", theme="", capacity=1)
    for delegate in (ben, sana):
        take_or_wait(room, delegate, now=now)
    delete("delegate", ben.pk)
    assert (ben.user_id, event.slug) in revoked()
    assert [seat.delegate for seat in room.seats.all()] == [sana]


def test_whose_account_is_deleted_is_out_everywhere_and_what_was_revoked_before_stands(ada, ben, delete):
    ada.is_superuser = True
    ada.save()
    revoke(ben.user_id, event="assembly-2022", reason="other rights")
    delete("user", ben.user_id)
    assert revoked() == {(ben.user_id, "assembly-2022"), (ben.user_id, "")}


def test_what_an_account_held_that_is_deleted_goes_to_who_waits(ada, ben, sana, make_session, delete, now):
    ada.is_superuser = True
    ada.save()
    room = add_room(open_round(make_session("Round", "14:00", "14:45", kind="round")), title="A", theme="", capacity=1)
    for delegate in (ben, sana):
        take_or_wait(room, delegate, now=now)
    delete("user", ben.user_id)
    assert [seat.delegate for seat in room.seats.all()] == [sana]
