-- The history of alerts, one row a transition. A transition that is stored again (a replay, a message
-- that tells of earlier ones) has the same sort key and replaces itself; read with FINAL. There are
-- few: thousands a day where something is badly wrong, so they are kept and not partitioned.
CREATE TABLE IF NOT EXISTS webhook_alerts
(
    bot_id     String,
    bot_name   String,
    rule       LowCardinality(String),
    alert_id   String,
    -- Counts the transitions of a bot and rule.
    sequence   UInt64,
    transition LowCardinality(String),
    at         DateTime64(3, 'UTC'),
    fired_at   DateTime64(3, 'UTC'),
    reason     String,
    severity   Float64,
    -- The numbers that were judged, and the limits that they were judged by.
    facts      Map(String, Float64),
    -- As 016 adds it to tables of before: a server that joins a cluster makes the table as it is there.
    causes     String DEFAULT ''
)
ENGINE = ReplacingMergeTree
ORDER BY (bot_id, rule, alert_id, sequence)
