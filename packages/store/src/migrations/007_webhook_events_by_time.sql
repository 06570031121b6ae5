-- The raw events once more, the newest close together: what pages of events are read from unless they
-- are of one bot. Filled by the view that follows, so that it has what webhook_events has. The indexes
-- skip stretches of time without what is looked for.
CREATE TABLE IF NOT EXISTS webhook_events_by_time
(
    event_id                 UUID,
    bot_id                   String,
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
    INDEX has_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX has_update_id update_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX has_error_type error_type TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX has_event_type event_type TYPE set(8) GRANULARITY 1,
    INDEX has_status status TYPE set(8) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(timestamp)
ORDER BY (timestamp, event_id, bot_id)
TTL toDateTime(timestamp) + INTERVAL {retention_days} DAY
