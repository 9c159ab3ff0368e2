from django.urls import path

from networking.polls import views

urlpatterns = [
    path("", views.page, name="polls"),
    path("panel/", views.panel, name="polls_panel"),
    path("vote/", views.vote, name="vote"),
    path("run/", views.run, name="run_polls"),
    path("run/act/", views.act, name="act_on_poll"),
    path("run/<int:poll_id>/", views.redraft, name="redraft_poll"),
]
