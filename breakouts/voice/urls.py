"""Below a room's address; the names are breakouts' own."""

from django.urls import path

from breakouts.voice import views

urlpatterns = [
    path("", views.page, name="voice"),
    path("link/", views.link, name="voice_link"),
    path("recording/", views.recording, name="voice_recording"),
    path("recording/delete/", views.forget, name="delete_recording"),
    path("enter/", views.enter, name="voice_enter"),
    path("leave/", views.leave, name="voice_leave"),
    path("beat/", views.beat, name="voice_beat"),
    path("switch/", views.switch, name="voice_switch"),
    path("signal/", views.signal, name="voice_signal"),
    path("lead/", views.lead, name="voice_lead"),
]
