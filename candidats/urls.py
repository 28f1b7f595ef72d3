from django.urls import URLPattern

app_name = "candidats"
urlpatterns: list[URLPattern] = []
