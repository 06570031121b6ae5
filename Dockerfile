# One image for the four services; docker-compose.yml says which one runs, and which Node (NODE_IMAGE).
# Only the dashboard is built; else Node runs the TypeScript sources as they are.
ARG NODE_IMAGE

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
# Only what decides which packages are installed, so that a change of the sources installs nothing.
# Modes are set, as the builder takes them from the checkout, whose umask may be a strict one.
COPY --chmod=755 package.json package-lock.json .npmrc ./
COPY --chmod=755 packages/cli/package.json packages/cli/
COPY --chmod=755 packages/common/package.json packages/common/
COPY --chmod=755 packages/dashboard/package.json packages/dashboard/
COPY --chmod=755 services/aggregator/package.json services/aggregator/
COPY --chmod=755 services/alerter/package.json services/alerter/
COPY --chmod=755 services/ingest/package.json services/ingest/
COPY --chmod=755 services/query-api/package.json services/query-api/

FROM manifests AS packages
# Left out: what tests need (dev); chDB's library, half a gigabyte that a service with a ClickHouse server
# never loads (optional); and the Node that the package `node` would fetch, as the image has it (scripts).
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM manifests AS dashboard
# Its tools alone, whose native parts are optional packages, one for each platform.
RUN npm ci --workspace packages/dashboard --ignore-scripts
COPY --chmod=755 tsconfig.json ./
COPY --chmod=755 packages/dashboard/ packages/dashboard/
RUN npx vite build packages/dashboard

FROM ${NODE_IMAGE}
# glibc keeps what is freed in an arena for each thread: as scripts/pinned-node.mjs has it.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=packages /app/ ./
COPY --chmod=755 packages/ packages/
COPY --chmod=755 services/ services/
COPY --from=dashboard /app/packages/dashboard/dist/ packages/dashboard/dist/
# The image's own user, not root. Nothing here belongs to it: it cannot change the program.
USER node
