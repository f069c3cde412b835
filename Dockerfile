# Any Debian with Python 3.11 serves as BASE; tests/deploy/image.sh builds on a bare one.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /src
RUN python3 -m venv /opt/lightkeeper
COPY requirements.lock ./
RUN /opt/lightkeeper/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY server server
COPY client client
COPY fixtures/demo fixtures/demo
# What installs is not needed to run, nor are the tests and type stubs that some libraries bring along.
RUN /opt/lightkeeper/bin/pip install --no-cache-dir --no-deps . \
 && /opt/lightkeeper/bin/pip uninstall --yes pip setuptools \
 && find /opt/lightkeeper/lib -type d -name tests -prune -exec rm -r {} + \
 && find /opt/lightkeeper/lib \( -name '*.pyi' -o -name '*.pxd' -o -name '*.h' \) -delete

FROM ${BASE}
COPY --from=build /opt/lightkeeper /opt/lightkeeper
RUN useradd --system --uid 10001 --no-create-home lightkeeper && install -d -o lightkeeper -m 0700 /data
# Nothing is written anywhere but to the volume: run it with a read-only root.
ENV PATH=/opt/lightkeeper/bin:$PATH PYTHONDONTWRITEBYTECODE=1 TMPDIR=/data \
    LIGHTKEEPER_HOST=0.0.0.0 LIGHTKEEPER_DATA=/data LIGHTKEEPER_LOG_FORMAT=json
WORKDIR /data
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s CMD ["python3", "-m", "lightkeeper.health"]
ENTRYPOINT ["lightkeeper"]
CMD ["serve"]
