from django.urls import path

from library import views

app_name = "library"

urlpatterns = [
    path("library/", views.documents, name="documents"),
    path("on-demand/", views.recordings, name="recordings"),
    path("sessions/<int:session_id>/library-panel/", views.session_panel, name="session_panel"),
    path("sessions/<int:session_id>/film/", views.session_film, name="session_film"),
    path("speaking/", views.speaker, name="speaker"),
    path("speaking/<int:session_id>/slides/", views.speaker_upload, name="speaker_upload"),
]
