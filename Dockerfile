FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/lightkeeper
COPY requirements.lock ./
RUN /opt/lightkeeper/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /opt/lightkeeper/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim-bookworm
COPY --from=build /opt/lightkeeper /opt/lightkeeper
RUN useradd --system --uid 10001 lightkeeper && install -d -o lightkeeper /data
USER lightkeeper
ENV PATH=/opt/lightkeeper/bin:$PATH LIGHTKEEPER_HOST=0.0.0.0 LIGHTKEEPER_DATA=/data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/_lk/health', timeout=2)"]
ENTRYPOINT ["lightkeeper"]
CMD ["serve"]
