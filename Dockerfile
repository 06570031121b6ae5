# The two images of Hookpulse. Only the dashboard is built; else Node runs the TypeScript sources as they are.
#
#   docker build -t hookpulse .                         all of it in one container, on the embedded engines
#   docker build -t hookpulse-slim --target slim .      without the embedded store: one service, or the command line
#
# Behind a registry or an authority of your own, hand npm its settings: --secret id=npmrc,src=<file>.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
# npm's settings are a build secret, which is there only while npm runs, and its cache is the builder's.
ENV npm_config_userconfig=/run/secrets/npmrc npm_config_cache=/var/cache/npm
# Only what decides which packages are installed, so that a change of the sources installs nothing.
# Modes are set, as the builder takes them from the checkout, whose umask may be a strict one.
COPY --chmod=755 package.json package-lock.json .npmrc ./
COPY --chmod=755 packages/api/package.json packages/api/
COPY --chmod=755 packages/bot-api/package.json packages/bot-api/
COPY --chmod=755 packages/channels/package.json packages/channels/
COPY --chmod=755 packages/cli/package.json packages/cli/
COPY --chmod=755 packages/common/package.json packages/common/
COPY --chmod=755 packages/dashboard/package.json packages/dashboard/
COPY --chmod=755 packages/event-log/package.json packages/event-log/
COPY --chmod=755 packages/sdk/package.json packages/sdk/
COPY --chmod=755 packages/service-kit/package.json packages/service-kit/
COPY --chmod=755 packages/store/package.json packages/store/
COPY --chmod=755 packages/topic-tables/package.json packages/topic-tables/
COPY --chmod=755 packages/traffic/package.json packages/traffic/
COPY --chmod=755 services/aggregator/package.json services/aggregator/
COPY --chmod=755 services/alerter/package.json services/alerter/
COPY --chmod=755 services/forwarder/package.json services/forwarder/
COPY --chmod=755 services/ingest/package.json services/ingest/
COPY --chmod=755 services/query-api/package.json services/query-api/

FROM manifests AS packages
# Left out: what tests need (dev); chDB's library, half a gigabyte that a service with a ClickHouse server
# never loads (optional); and the Node that the package `node` would fetch, as the image has it (scripts).
RUN --mount=type=secret,id=npmrc --mount=type=cache,target=/var/cache/npm \
    npm ci --omit=dev --omit=optional --ignore-scripts

FROM manifests AS embedded
# The same with chDB's library for this platform.
RUN --mount=type=secret,id=npmrc --mount=type=cache,target=/var/cache/npm \
    npm ci --omit=dev --ignore-scripts

FROM packages AS dashboard
# Its tools beside the packages of all others: it takes code and types from them. What is native in the
# tools are optional packages, one for each platform.
RUN --mount=type=secret,id=npmrc --mount=type=cache,target=/var/cache/npm \
    npm install --workspace packages/dashboard --ignore-scripts --no-save
COPY --chmod=755 tsconfig.json ./
COPY --chmod=755 packages/ packages/
COPY --chmod=755 services/ services/
RUN npx vite build packages/dashboard

FROM packages AS program
COPY --chmod=755 packages/ packages/
COPY --chmod=755 services/ services/
COPY --chmod=755 scripts/ scripts/
COPY --chmod=755 docs/guides/troubleshooting.md docs/guides/
# Of the dashboard only what was built.
RUN rm -rf packages/dashboard/*
COPY --from=dashboard /app/packages/dashboard/dist/ packages/dashboard/dist/

FROM ${NODE_IMAGE} AS slim
LABEL org.opencontainers.image.title="Hookpulse" \
      org.opencontainers.image.description="Sees at once when Telegram webhook deliveries fail, slow down or stop." \
      org.opencontainers.image.version="0.1.0"
# A container's own loopback cannot be published.
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
RUN printf '#!/bin/sh\nexec node /app/scripts/container.mjs hookpulse "$@"\n' > /usr/local/bin/hookpulse \
    && chmod 755 /usr/local/bin/hookpulse && install -d -o 1000 -g 1000 -m 700 /data
COPY --from=packages /app/ ./
COPY --from=program /app/packages/ packages/
COPY --from=program /app/services/ services/
COPY --from=program /app/scripts/ scripts/
COPY --from=program /app/docs/ docs/
# The base's user `node`, by number, so that a supervisor sees that it is not root. Nothing but /data belongs
# to it: it cannot change the program.
USER 1000:1000
EXPOSE 8080 8081
HEALTHCHECK --interval=5s --timeout=5s --start-period=180s --retries=3 CMD ["/app/scripts/health-check.sh"]
# Its argument is a service (ingest, aggregator, alerter, forwarder, query-api) or `hookpulse` and a command.
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "/app/scripts/container.mjs"]

# Without an argument: everything.
FROM slim
COPY --from=embedded /app/node_modules/@chdb/ node_modules/@chdb/
VOLUME /data
