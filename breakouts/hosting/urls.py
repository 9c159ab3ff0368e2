from django.urls import path

from breakouts.hosting import views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("people/", views.people, name="room_people"),
    path("floor/", views.floor, name="floor"),
    path("extend/", views.extend, name="extend"),
    path("end/", views.end, name="end"),
    path("help/", views.call_for_help, name="call_for_help"),
    path("help/done/", views.cancel_help, name="cancel_help"),
    path("people/remove/", views.remove, name="remove_person"),
    path("people/admit/", views.admit, name="admit_person"),
    path("people/mute/", views.mute, name="mute_person"),
    path("people/forgive/", views.forgive, name="forgive_person"),
]
