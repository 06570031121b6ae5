# One image for the five services; docker-compose.yml says which one runs, and which Node (NODE_IMAGE).
# Only the dashboard is built; else Node runs the TypeScript sources as they are.
ARG NODE_IMAGE

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
# Only what decides which packages are installed, so that a change of the sources installs nothing.
# Modes are set, as the builder takes them from the checkout, whose umask may be a strict one.
COPY --chmod=755 package.json package-lock.json .npmrc ./
COPY --chmod=755 packages/api/package.json packages/api/
COPY --chmod=755 packages/bot-api/package.json packages/bot-api/
COPY --chmod=755 packages/cli/package.json packages/cli/
COPY --chmod=755 packages/common/package.json packages/common/
COPY --chmod=755 packages/dashboard/package.json packages/dashboard/
COPY --chmod=755 packages/event-log/package.json packages/event-log/
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
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM packages AS dashboard
# Its tools beside the packages of all others: it takes code and types from them. What is native in the
# tools are optional packages, one for each platform.
RUN npm install --workspace packages/dashboard --ignore-scripts --no-save
COPY --chmod=755 tsconfig.json ./
COPY --chmod=755 packages/ packages/
COPY --chmod=755 services/ services/
RUN npx vite build packages/dashboard

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/ ./
COPY --chmod=755 packages/ packages/
COPY --chmod=755 services/ services/
COPY --chmod=755 scripts/container.mjs scripts/launch.mjs scripts/
COPY --from=dashboard /app/packages/dashboard/dist/ packages/dashboard/dist/
# The image's own user, not root. Nothing here belongs to it: it cannot change the program.
USER node
# Its argument is the service: ingest, aggregator, alerter, forwarder or query-api.
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "scripts/container.mjs"]
