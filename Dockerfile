# Two stages: the first builds and compiles, the second holds what runs and nothing else.
FROM python:3.11-slim-bookworm AS build

WORKDIR /build
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot bot
COPY index index
COPY seeds seeds
# pip compiles what it installs: on a read-only root nothing can be compiled later, and imports would take seconds.
RUN python -m venv /opt/quoth \
 && /opt/quoth/bin/pip install --no-cache-dir --compile . \
 && /opt/quoth/bin/pip uninstall -q -y pip setuptools

FROM python:3.11-slim-bookworm

# The image's own Python comes uncompiled too: a second and a half of every start, each health check among them.
# Its tests, where it has them, hold files that are no Python on purpose.
RUN python -m compileall -q -x '/(test|tests|idle_test)/' /usr/local/lib/python3.11 \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin quoth \
 && install -d -o quoth -g quoth /data
COPY --from=build /opt/quoth /opt/quoth

ENV PATH=/opt/quoth/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    QUOTH_DATA=/data
# By number, so that a cluster can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data

# The token comes when the container starts: QUOTH_TOKEN, or better QUOTH_TOKEN_FILE. It is in no layer.
# A bot that polls hears Telegram once a minute at least; one that has gone deaf is unhealthy.
HEALTHCHECK --interval=60s --timeout=10s --start-period=180s --retries=2 CMD ["quoth", "check", "--health"]
STOPSIGNAL SIGTERM
CMD ["quoth", "run"]
