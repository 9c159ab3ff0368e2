from django.urls import path

from portal.live import views

app_name = "live"

urlpatterns = [path("<str:channel>/", views.catch_up, name="catch_up")]
