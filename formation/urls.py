from django.urls import URLPattern

app_name = "formation"
urlpatterns: list[URLPattern] = []
