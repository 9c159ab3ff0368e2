from django.urls import path

from networking.directory import views

urlpatterns = [
    path("", views.directory, name="directory"),
    path("here/", views.here, name="here"),
    path("me/", views.listing, name="listing"),
]
