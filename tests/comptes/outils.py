"""What several tests of accounts read: the mails of the outbox and the secret of their link."""

import re

from post_office.models import Email


def courriels_pour(adresse):
    return [courriel for courriel in Email.objects.order_by("pk") if adresse in courriel.to]


def secret_envoye(adresse):
    """The secret of the last invitation sent to this address."""
    message = courriels_pour(adresse)[-1].message
    return re.search(r"/invitation/([^/\s]+)/", message).group(1)
