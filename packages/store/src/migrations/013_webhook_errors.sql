-- The events that count as errors once more, apart from all others: groups of errors are summed over
-- days of them, and their events are found at once. Filled by the view that follows.
CREATE TABLE IF NOT EXISTS webhook_errors
(
    event_id                 UUID,
    bot_id                   LowCardinality(String),
    event_type               LowCardinality(String),
    status                   LowCardinality(String),
    timestamp                DateTime64(3, 'UTC'),
    update_id                Nullable(Int64),
    update_type              LowCardinality(Nullable(String)),
    processing_time_ms       Nullable(Float64),
    response_time_ms         Nullable(Float64),
    error_type               LowCardinality(Nullable(String)),
    error_message            Nullable(String),
    ip_address               Nullable(String),
    telegram_signature_valid Nullable(Bool),
    log_partition            UInt32,
    log_epoch                UInt32,
    log_offset               UInt64,
    error_fingerprint        LowCardinality(String)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(timestamp)
ORDER BY (timestamp, event_id, bot_id)
TTL toDateTime(timestamp) + INTERVAL {retention_days} DAY
