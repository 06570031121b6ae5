-- Hourly windows. A row is the whole state of one window as one log partition has fed it, together
-- with the next offset of that partition that the state has not seen: the version. Writing a state
-- again, late or from a process that lost the partition, changes nothing: the highest offset wins.
-- A bot's hour is the sum over partitions and epochs (docs/decisions); read with FINAL.
CREATE TABLE IF NOT EXISTS webhook_metrics
(
    bot_id                        String,
    date                          Date,
    hour                          UInt8,
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
    avg_processing_time_ms        Nullable(Float64),
    p50_processing_time_ms        Nullable(Float64),
    p95_processing_time_ms        Nullable(Float64),
    p99_processing_time_ms        Nullable(Float64),
    avg_response_time_ms          Nullable(Float64),
    last_event_at                 DateTime64(3, 'UTC'),
    latency_digest                String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(next_offset)
PARTITION BY toYYYYMM(date)
ORDER BY (bot_id, date, hour, log_partition, log_epoch)
