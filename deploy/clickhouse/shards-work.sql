-- What Hookpulse sends to several shards. Inserts and queries of rows stay as they are: they go to Distributed
-- tables of the same names (shards.sql). What asks system.parts, deletes or alters has to name the tables of
-- the shards instead; docs/guides/scaling.md lists where. Values are in braces.

-- A flush of the aggregator: events, hours, slices, and the positions last. Acknowledged when every shard
-- that got rows has them on most of its replicas, so that a stored position still means that all below it
-- is stored.
INSERT INTO webhook_positions (log_partition, log_epoch, next_offset, last_log_time, last_fingerprint)
SETTINGS distributed_foreground_insert = 1, insert_quorum = 'auto', insert_quorum_parallel = 1, insert_deduplicate = 0
VALUES (0, 0, 1, '2026-02-10 20:00:00.000', '');

-- Before an aggregator loads the windows of a partition that it takes over: its bots are on all shards, so
-- every server waits until it has what was inserted before.
SYSTEM SYNC REPLICA ON CLUSTER 'hookpulse' webhook_positions_local LIGHTWEIGHT;

SYSTEM SYNC REPLICA ON CLUSTER 'hookpulse' webhook_metrics_local LIGHTWEIGHT;

SYSTEM SYNC REPLICA ON CLUSTER 'hookpulse' webhook_slices_local LIGHTWEIGHT;

-- The health of one bot: one shard is asked.
SELECT sum(requests_received) AS requests_received, sum(requests_failed) AS requests_failed
FROM webhook_slices FINAL
WHERE bot_id = {bot_id: String} AND start >= fromUnixTimestamp64Milli({from_ms: Int64}, 'UTC')
SETTINGS optimize_skip_unused_shards = 1, force_optimize_skip_unused_shards = 1;

-- The health of the fleet: every shard sums its own bots, and nothing is summed again.
SELECT bot_id, sum(requests_received) AS requests_received, sum(requests_failed) AS requests_failed
FROM webhook_slices FINAL
WHERE start >= fromUnixTimestamp64Milli({from_ms: Int64}, 'UTC')
GROUP BY bot_id
SETTINGS optimize_distributed_group_by_sharding_key = 1;

-- The newest events: every shard sends its first page, and they are merged.
SELECT event_id, bot_id, event_type, timestamp
FROM webhook_events_by_time
WHERE timestamp >= fromUnixTimestamp64Milli({from_ms: Int64}, 'UTC')
ORDER BY timestamp DESC, event_id DESC
LIMIT 1 BY event_id, bot_id
LIMIT 100;

-- The days of which there are raw events, with about how many: one replica of each shard is asked for its
-- parts.
SELECT partition, sum(rows) AS events
FROM cluster('hookpulse', system.parts)
WHERE active AND database = currentDatabase() AND table = 'webhook_events_local'
GROUP BY partition;

-- A bot that is erased: rows are deleted where they are, since a Distributed table refuses it.
DELETE FROM webhook_events_local ON CLUSTER 'hookpulse' WHERE bot_id = {bot_id: String};

DELETE FROM webhook_events_by_time_local ON CLUSTER 'hookpulse' WHERE bot_id = {bot_id: String};

DELETE FROM webhook_errors_local ON CLUSTER 'hookpulse' WHERE bot_id = {bot_id: String};

DELETE FROM webhook_metrics_local ON CLUSTER 'hookpulse' WHERE bot_id = {bot_id: String};

DELETE FROM webhook_slices_local ON CLUSTER 'hookpulse' WHERE bot_id = {bot_id: String};

DELETE FROM webhook_alerts_local ON CLUSTER 'hookpulse' WHERE bot_id = {bot_id: String};

DELETE FROM webhook_alert_mails_local ON CLUSTER 'hookpulse' WHERE bot_id = {bot_id: String};

-- Then the files are written without these rows, on every replica.
ALTER TABLE webhook_events_local ON CLUSTER 'hookpulse' APPLY DELETED MASK;

ALTER TABLE webhook_events_by_time_local ON CLUSTER 'hookpulse' APPLY DELETED MASK;

ALTER TABLE webhook_errors_local ON CLUSTER 'hookpulse' APPLY DELETED MASK;

ALTER TABLE webhook_metrics_local ON CLUSTER 'hookpulse' APPLY DELETED MASK;

ALTER TABLE webhook_slices_local ON CLUSTER 'hookpulse' APPLY DELETED MASK;

ALTER TABLE webhook_alerts_local ON CLUSTER 'hookpulse' APPLY DELETED MASK;

ALTER TABLE webhook_alert_mails_local ON CLUSTER 'hookpulse' APPLY DELETED MASK;

-- Files from before the deletion that any replica still has: erasing waits until there are none.
SELECT count() AS found
FROM clusterAllReplicas('hookpulse', system.parts)
WHERE NOT active AND database = currentDatabase() AND table LIKE 'webhook\\_%\\_local';

-- Days of raw events that are deleted as a whole.
ALTER TABLE webhook_events_local ON CLUSTER 'hookpulse' DROP PARTITION {partition: String};

ALTER TABLE webhook_events_by_time_local ON CLUSTER 'hookpulse' DROP PARTITION {partition: String};

ALTER TABLE webhook_errors_local ON CLUSTER 'hookpulse' DROP PARTITION {partition: String};

-- Hours that a rebuild found to be wrong; slices in the same way, by their start.
DELETE FROM webhook_metrics_local ON CLUSTER 'hookpulse'
WHERE log_partition = {partition: UInt32} AND log_epoch = {epoch: UInt32} AND next_offset <= {next_offset: UInt64}
  AND (bot_id, toUInt32(toUnixTimestamp(toDateTime(date, 'UTC')) + hour * 3600))
    IN arrayZip({bots: Array(String)}, {starts: Array(UInt32)});

-- Another retention of raw events.
ALTER TABLE webhook_events_local ON CLUSTER 'hookpulse'
MODIFY TTL toDateTime(timestamp) + INTERVAL 14 DAY;

ALTER TABLE webhook_events_by_time_local ON CLUSTER 'hookpulse'
MODIFY TTL toDateTime(timestamp) + INTERVAL 14 DAY;

ALTER TABLE webhook_errors_local ON CLUSTER 'hookpulse'
MODIFY TTL toDateTime(timestamp) + INTERVAL 14 DAY;

-- A retention of hourly rows, which are kept for ever without one.
ALTER TABLE webhook_metrics_local ON CLUSTER 'hookpulse'
MODIFY TTL toDateTime(date, 'UTC') + toIntervalHour(hour) + INTERVAL 400 DAY;

-- To more shards, in new tables, while no aggregator runs. The first whole hour is the first one of which the
-- log had every message when the new aggregators started. Hours before it come from the old cluster, the
-- boundary hour included, of which the log had only the end. What was counted of them from the log, also of
-- events that came late, is deleted first: it would count twice.
DELETE FROM webhook_metrics_local ON CLUSTER 'hookpulse'
WHERE toDateTime(date, 'UTC') + toIntervalHour(hour) < {first_whole_hour: DateTime('UTC')};

INSERT INTO webhook_metrics SELECT * FROM remote('old-clickhouse', hookpulse, webhook_metrics) FINAL
WHERE toDateTime(date, 'UTC') + toIntervalHour(hour) < {first_whole_hour: DateTime('UTC')}
SETTINGS distributed_foreground_insert = 1;
