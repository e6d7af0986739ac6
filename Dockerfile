# One Dockerfile for every service: docker build --build-arg SERVICE=cases -t crm-cases .
# Plain builder syntax only, so that it builds with and without BuildKit.

FROM python:3.13-slim-trixie AS libraries
WORKDIR /build
COPY requirements/uv.lock requirements/run.lock requirements/
RUN python3 -m venv /opt/crm && /opt/crm/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock

FROM libraries AS assets
# The console's style, icons and scripts, verified by the hashes of package-lock.json.
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
COPY requirements/node.lock requirements/
COPY package.json package-lock.json .npmrc ./
COPY ops ops
COPY gateway/gateway/console/icons.txt gateway/gateway/console/icons.txt
RUN /opt/crm/bin/python -m ops.assets

FROM libraries AS service
ARG SERVICE
COPY shared shared
COPY services services
COPY gateway gateway
COPY --from=assets /build/gateway/gateway/console/static/vendor gateway/gateway/console/static/vendor
RUN folder=services/$SERVICE; [ "$SERVICE" = gateway ] && folder=gateway; \
    /opt/crm/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index ./shared "./$folder"

FROM python:3.13-slim-trixie
ARG SERVICE
LABEL org.opencontainers.image.title="Customer Manager, $SERVICE"
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin crm \
    && mkdir -p /var/lib/crm/mail && chown -R crm:crm /var/lib/crm
COPY --from=service /opt/crm /opt/crm
COPY gunicorn.conf.py /etc/crm/gunicorn.conf.py
ENV PATH=/opt/crm/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 \
    SERVICE=$SERVICE FLASK_APP=$SERVICE.app CRM_BIND=0.0.0.0:8000
USER 10001
EXPOSE 8000
CMD ["sh", "-c", "exec gunicorn --config /etc/crm/gunicorn.conf.py \"$SERVICE.app:create_app()\""]
