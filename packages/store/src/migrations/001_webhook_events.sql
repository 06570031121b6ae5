-- Raw events, one row an event. The same event stored again (a replay after a crash) has the same
-- sort key and replaces itself; read with FINAL where a count must be exact.
CREATE TABLE IF NOT EXISTS webhook_events
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
    -- Where the event stands on the log: for reconciliation, and to see what came from where.
    log_partition            UInt32,
    log_epoch                UInt32,
    log_offset               UInt64,
    -- As 010 to 012 add them to tables of before: a server that joins a cluster makes the table as it is
    -- there.
    log_time                 Nullable(DateTime64(3, 'UTC')),
    reported_by              LowCardinality(String) DEFAULT '',
    error_fingerprint        LowCardinality(String) DEFAULT '',
    INDEX by_log_time log_time TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(timestamp)
ORDER BY (bot_id, timestamp, event_id)
TTL toDateTime(timestamp) + INTERVAL {retention_days} DAY
