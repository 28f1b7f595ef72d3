from django.urls import path

from portal.commun.views import demo, documents, sante

app_name = "commun"
urlpatterns = [
    path("fichiers/<uuid:uuid>/", documents.document, name="document"),
    path("sante/", sante.sante, name="sante"),
    path("demo/courriels/", demo.courriels, name="demo_courriels"),
    path("demo/courriels/<int:pk>/", demo.courriel, name="demo_courriel"),
]
