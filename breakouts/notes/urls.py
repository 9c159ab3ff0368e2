from django.urls import path

from breakouts.notes import views

urlpatterns = [
    path("notes/", views.notes, name="notes"),
    path("notes/save/", views.save, name="save_note"),
    path("notes/history/", views.history, name="notes_history"),
    path("notes/taker/", views.take_notes, name="take_notes"),
]
