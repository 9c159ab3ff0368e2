from django.urls import path

from breakouts.taking_part import views

urlpatterns = [
    path("part/", views.part, name="part"),
    path("hand/", views.hand, name="hand"),
]
