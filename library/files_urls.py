from django.urls import path

from library import delivery

app_name = "library_files"

urlpatterns = [
    path("documents/<int:document_id>/", delivery.document, name="document"),
    path("recordings/<int:recording_id>/<path:name>", delivery.recording, name="recording"),
]
