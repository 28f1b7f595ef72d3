# Image of the portal: web, worker and beat are the same image with different commands (docker-compose.yml).

FROM python:3.11-slim AS paquets
COPY requirements-production.lock /
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
      -r /requirements-production.lock

FROM python:3.11-slim
# Pango and a font: WeasyPrint draws the minutes and the conventions with them.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /portail --shell /usr/sbin/nologin portail \
 && install -d -o portail -g portail /donnees
COPY --from=paquets /opt/venv /opt/venv
WORKDIR /portail
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings.production \
    PORTAIL_DONNEES=/donnees \
    NUMBA_CACHE_DIR=/donnees/numba \
    GRANIAN_INTERFACE=wsgi \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=2
# The settings refuse to start without their variables; these lead nowhere and stay out of the image.
RUN SECRET_KEY=construction ALLOWED_HOSTS=portail.invalid EMAIL_URL=smtp://courriel.invalid \
    DATABASE_URL=postgresql:///construction REDIS_URL=redis://redis.invalid \
    S3_ENDPOINT=https://s3.invalid S3_BUCKET=construction S3_KEY=construction S3_SECRET=construction \
    python manage.py collectstatic --noinput \
 && python -m compileall -q /portail
USER portail
EXPOSE 8000
CMD ["granian", "portal.wsgi:application"]
