from django.urls import include, path

from networking import views

app_name = "networking"

urlpatterns = [
    path("lounge/", views.lounge, name="lounge"),
    path("conversations/<int:conversation_id>/", views.conversation, name="conversation"),
    path("conversations/<int:conversation_id>/panel/", views.panel, name="panel"),
    path("conversations/<int:conversation_id>/say/", views.say, name="say"),
    path("conversations/<int:conversation_id>/questions/", include("networking.questions.urls")),
    path("conversations/<int:conversation_id>/polls/", include("networking.polls.urls")),
    path("sessions/<int:session_id>/talk/", views.session_conversation, name="session_conversation"),
    path("sessions/<int:session_id>/talk-panel/", views.session_panel, name="session_panel"),
    path("people/", views.directory, name="directory"),
    path("people/me/", views.listing, name="listing"),
]
