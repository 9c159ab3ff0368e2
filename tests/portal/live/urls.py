"""The catch-up address alone, as the portal mounts it."""

from django.urls import include, path

urlpatterns = [path("<slug:event_slug>/live/", include("portal.live.urls"))]
