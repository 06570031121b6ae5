#!/bin/bash
# The image's health check: 0 when something listens at the ports of Hookpulse's services, and all that
# listens says by /readyz that its engines answer. In bash, as it runs every few seconds: a Node would cost
# twenty times as much.
is_healthy=1
for port in "${INGEST_PORT:-8080}" "${QUERY_API_PORT:-8081}" "${AGGREGATOR_PORT:-8082}" "${ALERTER_PORT:-8083}" \
  "${FORWARDER_PORT:-8084}"; do
  { exec 3<> "/dev/tcp/127.0.0.1/$port"; } 2> /dev/null || continue
  printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
  read -r _ status _ <&3
  if [ "$status" != 200 ]; then
    echo "port $port: $status $(tail -n 1 <&3)"
    exit 1
  fi
  exec 3>&-
  is_healthy=0
done
exit "$is_healthy"
