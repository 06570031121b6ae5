-- What Hookpulse sends to several shards, beside the inserts and queries that stay as they are: those go to
-- Distributed tables of the same names (shards.sql). Values stand in braces.

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

-- A bot that is erased: rows are deleted where they are, not through a Distributed table.
DELETE FROM webhook_events_local ON CLUSTER 'hookpulse' WHERE bot_id = {bot_id: String};

-- Another retention.
ALTER TABLE webhook_events_local ON CLUSTER 'hookpulse' MODIFY TTL toDateTime(timestamp) + INTERVAL 14 DAY;

-- To more shards: hours that the log holds no more, from the old cluster, into new and empty tables.
INSERT INTO webhook_metrics SELECT * FROM remote('old-clickhouse', hookpulse, webhook_metrics) FINAL
SETTINGS distributed_foreground_insert = 1;
