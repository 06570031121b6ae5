-- Ten-second windows for "the last 15 minutes", kept by the same rule as webhook_metrics. Ordered by
-- time first: the fleet's answer reads one short range of rows, however many events are stored.
CREATE TABLE IF NOT EXISTS webhook_slices
(
    start                         DateTime('UTC'),
    bot_id                        String,
    log_partition                 UInt32,
    log_epoch                     UInt32,
    next_offset                   UInt64,
    requests_received             UInt64,
    requests_processed            UInt64,
    requests_failed               UInt64,
    responses_sent                UInt64,
    retries                       UInt64,
    signature_validation_failures UInt64,
    timeout_errors                UInt64,
    processing_errors             UInt64,
    processing_time_sum_ms        Float64,
    processing_time_count         UInt64,
    response_time_sum_ms          Float64,
    response_time_count           UInt64,
    last_event_at                 DateTime64(3, 'UTC'),
    latency_digest                String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(next_offset)
PARTITION BY toStartOfHour(start)
ORDER BY (start, bot_id, log_partition, log_epoch)
TTL start + INTERVAL 3 HOUR
SETTINGS ttl_only_drop_parts = 1
