from django.urls import URLPattern

app_name = "subventions"
urlpatterns: list[URLPattern] = []
