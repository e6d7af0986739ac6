# One image for each service: docker build --target service --build-arg SERVICE=cases -t crm-cases .
# Plain builder syntax only, so that it builds with and without BuildKit. The libraries are one layer for all five.

FROM python:3.13-slim-trixie AS libraries
WORKDIR /build
COPY requirements/uv.lock requirements/run.lock requirements/
RUN python3 -m venv --without-pip /opt/crm \
    && python3 -m venv /tmp/installer \
    && /tmp/installer/bin/pip install --quiet --no-cache-dir --require-hashes -r requirements/uv.lock \
    && /tmp/installer/bin/uv pip sync --quiet --no-cache --require-hashes --compile-bytecode \
        --python /opt/crm/bin/python requirements/run.lock \
    && rm -rf /tmp/installer

FROM python:3.13-slim-trixie AS runtime
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin crm \
    && install -d -o crm -g crm /var/lib/crm/mail
COPY --from=libraries /opt/crm /opt/crm
WORKDIR /app
ENV PATH=/opt/crm/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 CRM_BIND=0.0.0.0:8000
COPY gunicorn.conf.py ./
COPY shared/servicekit servicekit
# Nobody may write here at run time, so what Python would write is written now.
RUN python -m compileall -q --invalidation-mode unchecked-hash servicekit

FROM runtime AS service
ARG SERVICE
ARG SOURCE=services/$SERVICE/$SERVICE
LABEL org.opencontainers.image.title="Customer Manager: $SERVICE"
COPY $SOURCE $SERVICE
RUN python -m compileall -q --invalidation-mode unchecked-hash $SERVICE
ENV SERVICE=$SERVICE FLASK_APP=$SERVICE.app
USER 10001
EXPOSE 8000
CMD ["sh", "-c", "exec gunicorn --config gunicorn.conf.py \"$SERVICE.app:create_app()\""]

# The console's style, icons and scripts, verified by the hashes of package-lock.json.
FROM libraries AS assets
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
COPY requirements/node.lock requirements/
COPY package.json package-lock.json .npmrc ./
COPY ops/__init__.py ops/errors.py ops/repository.py ops/assets.py ops/
COPY gateway/gateway/console/icons.txt gateway/gateway/console/
RUN /opt/crm/bin/python -m ops.assets

FROM service AS gateway
COPY --from=assets /build/gateway/gateway/console/static/vendor gateway/console/static/vendor
