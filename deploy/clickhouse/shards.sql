-- Hookpulse's tables on several shards of ClickHouse, each with its replicas. Written by
-- scripts/build-clickhouse-shards.ts from the migrations. ClickHouse's parser has read it, and no cluster
-- has run it: docs/guides/scaling.md says what is missing.
--
-- The cluster is called hookpulse, with <internal_replication>true</internal_replication> in each shard, so that
-- replicas copy rows and Distributed tables do not. Its servers have the macros shard and replica, and
-- Keeper. Raw events are kept for 7 days.

-- Raw events, one row an event. The same event stored again (a replay after a crash) has the same
-- sort key and replaces itself; read with FINAL where a count must be exact.
CREATE TABLE IF NOT EXISTS webhook_events_local ON CLUSTER 'hookpulse'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_events_local', '{replica}')
PARTITION BY toYYYYMMDD(timestamp)
ORDER BY (bot_id, timestamp, event_id)
TTL toDateTime(timestamp) + INTERVAL 7 DAY;

-- Hourly windows. A row is the whole state of one window as one log partition has fed it, together
-- with the next offset of that partition that the state has not seen: the version. Writing a state
-- again, late or from a process that lost the partition, changes nothing: the highest offset wins.
-- A bot's hour is the sum over partitions and epochs (docs/decisions); read with FINAL.
CREATE TABLE IF NOT EXISTS webhook_metrics_local ON CLUSTER 'hookpulse'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_metrics_local', '{replica}', next_offset)
PARTITION BY toYYYYMM(date)
ORDER BY (bot_id, date, hour, log_partition, log_epoch);

-- Ten-second windows for "the last 15 minutes", kept by the same rule as webhook_metrics. Ordered by
-- time first: the fleet's answer reads one short range of rows, however many events are stored.
CREATE TABLE IF NOT EXISTS webhook_slices_local ON CLUSTER 'hookpulse'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_slices_local', '{replica}', next_offset)
PARTITION BY toStartOfHour(start)
ORDER BY (start, bot_id, log_partition, log_epoch)
TTL start + INTERVAL 27 HOUR
SETTINGS ttl_only_drop_parts = 1;

-- How far the aggregator has come in each partition: written last, so that everything below
-- next_offset is stored. The epoch counts how often the topic was found to have been recreated.
CREATE TABLE IF NOT EXISTS webhook_positions_local ON CLUSTER 'hookpulse'
(
    log_partition    UInt32,
    log_epoch        UInt32,
    next_offset      UInt64,
    -- Log time and event id of the message just below next_offset: by it a recreated topic is known.
    last_log_time    DateTime64(3, 'UTC'),
    last_fingerprint String
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_positions_local', '{replica}', next_offset)
ORDER BY (log_partition, log_epoch);

-- The history of alerts, one row a transition. A transition that is stored again (a replay, a message
-- that tells of earlier ones) has the same sort key and replaces itself; read with FINAL. There are
-- few: thousands a day where something is badly wrong, so they are kept and not partitioned.
CREATE TABLE IF NOT EXISTS webhook_alerts_local ON CLUSTER 'hookpulse'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_alerts_local', '{replica}')
ORDER BY (bot_id, rule, alert_id, sequence);

-- What became of the mails of alerts, one row a receipt. The newest of a transition, by its place on
-- the log, is what became of its mail; a receipt that is stored again replaces itself. No version
-- picks the newest: two receipts of one mail can have the same millisecond.
CREATE TABLE IF NOT EXISTS webhook_alert_mails_local ON CLUSTER 'hookpulse'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_alert_mails_local', '{replica}')
ORDER BY (bot_id, rule, alert_id, sequence, log_time, log_offset);

-- The raw events once more, the newest close together: what pages of events are read from unless they
-- are of one bot. Filled by the view that follows, so that it has what webhook_events has. The indexes
-- skip stretches of time without what is looked for.
CREATE TABLE IF NOT EXISTS webhook_events_by_time_local ON CLUSTER 'hookpulse'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_events_by_time_local', '{replica}')
PARTITION BY toYYYYMMDD(timestamp)
ORDER BY (timestamp, event_id, bot_id)
TTL toDateTime(timestamp) + INTERVAL 7 DAY;

-- Whoever inserts into webhook_events inserts into webhook_events_by_time: an insert is acknowledged
-- when both have it, and one that is repeated replaces its rows in both.
CREATE MATERIALIZED VIEW IF NOT EXISTS webhook_events_to_time ON CLUSTER 'hookpulse'
TO webhook_events_by_time_local
AS SELECT
    event_id, bot_id, event_type, status, timestamp, update_id, update_type, processing_time_ms,
    response_time_ms, error_type, error_message, ip_address, telegram_signature_valid,
    log_partition, log_epoch, log_offset
FROM webhook_events_local;

-- The events that count as errors once more, apart from all others: groups of errors are summed over
-- days of them, and their events are found at once. Filled by the view that follows.
CREATE TABLE IF NOT EXISTS webhook_errors_local ON CLUSTER 'hookpulse'
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/webhook_errors_local', '{replica}')
PARTITION BY toYYYYMMDD(timestamp)
ORDER BY (timestamp, event_id, bot_id)
TTL toDateTime(timestamp) + INTERVAL 7 DAY;

-- A row inserted into webhook_events is also inserted into webhook_errors, as 008 has it. What a version
-- that computes no fingerprint stores beside this one is told apart by its type alone.
CREATE MATERIALIZED VIEW IF NOT EXISTS webhook_events_to_errors ON CLUSTER 'hookpulse'
TO webhook_errors_local
AS SELECT
    event_id, bot_id, event_type, status, timestamp, update_id, update_type, processing_time_ms,
    response_time_ms, error_type, error_message, ip_address, telegram_signature_valid,
    log_partition, log_epoch, log_offset,
    if(error_fingerprint = '', leftPad(lower(hex(cityHash64(ifNull(error_type, '')))), 16, '0'),
        error_fingerprint) AS error_fingerprint
FROM webhook_events_local
WHERE event_type = 'error' OR (event_type = 'received' AND status = 'failed');

CREATE TABLE IF NOT EXISTS webhook_events ON CLUSTER 'hookpulse' AS webhook_events_local
ENGINE = Distributed('hookpulse', currentDatabase(), webhook_events_local, cityHash64(bot_id));

CREATE TABLE IF NOT EXISTS webhook_metrics ON CLUSTER 'hookpulse' AS webhook_metrics_local
ENGINE = Distributed('hookpulse', currentDatabase(), webhook_metrics_local, cityHash64(bot_id));

CREATE TABLE IF NOT EXISTS webhook_slices ON CLUSTER 'hookpulse' AS webhook_slices_local
ENGINE = Distributed('hookpulse', currentDatabase(), webhook_slices_local, cityHash64(bot_id));

CREATE TABLE IF NOT EXISTS webhook_positions ON CLUSTER 'hookpulse' AS webhook_positions_local
ENGINE = Distributed('hookpulse', currentDatabase(), webhook_positions_local, log_partition);

CREATE TABLE IF NOT EXISTS webhook_alerts ON CLUSTER 'hookpulse' AS webhook_alerts_local
ENGINE = Distributed('hookpulse', currentDatabase(), webhook_alerts_local, cityHash64(bot_id));

CREATE TABLE IF NOT EXISTS webhook_alert_mails ON CLUSTER 'hookpulse' AS webhook_alert_mails_local
ENGINE = Distributed('hookpulse', currentDatabase(), webhook_alert_mails_local, cityHash64(bot_id));

CREATE TABLE IF NOT EXISTS webhook_events_by_time ON CLUSTER 'hookpulse' AS webhook_events_by_time_local
ENGINE = Distributed('hookpulse', currentDatabase(), webhook_events_by_time_local, cityHash64(bot_id));

CREATE TABLE IF NOT EXISTS webhook_errors ON CLUSTER 'hookpulse' AS webhook_errors_local
ENGINE = Distributed('hookpulse', currentDatabase(), webhook_errors_local, cityHash64(bot_id));

-- Of the user by which services connect. An insert is acknowledged when its shards have it, each with
-- the quorum that services ask for. Subqueries run once and not on every shard. What is asked about one bot
-- goes to its shard alone, and sums by bot are not added up again.
CREATE SETTINGS PROFILE IF NOT EXISTS hookpulse ON CLUSTER 'hookpulse' SETTINGS
    distributed_foreground_insert = 1,
    distributed_product_mode = 'global',
    optimize_skip_unused_shards = 1,
    optimize_distributed_group_by_sharding_key = 1;

