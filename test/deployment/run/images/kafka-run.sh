#!/bin/bash
# Settings of server.properties come from the variables KAFKA_*, as the image of Apache Kafka reads them.
set -eu
properties=/opt/kafka/config/server.properties
env | grep '^KAFKA_' | grep -v -e '^KAFKA_HEAP_OPTS=' -e '^KAFKA_OPTS=' | while IFS='=' read -r name value; do
  setting=$(echo "${name#KAFKA_}" | tr '[:upper:]_' '[:lower:].')
  echo "$setting=$value"
done > "$properties"
java="java ${KAFKA_HEAP_OPTS:--Xmx1g} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
$java -cp '/opt/kafka/libs/*' kafka.tools.StorageTool format --ignore-formatted \
  --cluster-id "${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" --config "$properties"
exec $java -cp '/opt/kafka/libs/*' kafka.Kafka "$properties"
