-- What became of the mails of alerts, one row a receipt. The newest of a transition, by its place on
-- the log, is what became of its mail; a receipt that is stored again replaces itself. No version
-- picks the newest: two receipts of one mail can have the same millisecond.
CREATE TABLE IF NOT EXISTS webhook_alert_mails
(
    bot_id       String,
    rule         LowCardinality(String),
    alert_id     String,
    -- Of the transition that it is about.
    sequence     UInt64,
    log_time     DateTime64(3, 'UTC'),
    log_offset   UInt64,
    state        LowCardinality(String),
    at           DateTime64(3, 'UTC'),
    message_id   Nullable(String),
    thread_id    Nullable(String),
    receivers    Array(String),
    alerts_named UInt64,
    detail       Nullable(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (bot_id, rule, alert_id, sequence, log_time, log_offset)
