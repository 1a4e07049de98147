# The environment for affinetes. `afs build .` takes this as its base and puts its own server and
# command over it; on its own, the image serves the same thing. Locks: docs/affinetes.md.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY docker/ docker/
RUN pip install --no-cache-dir --require-hashes --ignore-installed --prefix=/install -r docker/runtime.lock \
    && pip install --no-cache-dir --require-hashes --no-deps -r docker/build.lock
COPY pyproject.toml README.md LICENSE ./
COPY src/ src/
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip install --no-cache-dir --no-deps --no-index --prefix=/install /wheels/*.whl \
    && install -D -m 644 "$(python -c 'import affinetes.templates as t; print(t.__path__[0])')/http_server.py" \
       /app/_affinetes/server.py

FROM python:3.11.14-slim-bookworm
COPY --from=build /install /usr/local
COPY --from=build /app /app
COPY env.py /app/
WORKDIR /app
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "_affinetes.server:app", "--host", "0.0.0.0", "--port", "8000"]
