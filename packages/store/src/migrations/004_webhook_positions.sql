-- How far the aggregator has come in each partition: written last, so that everything below
-- next_offset is stored. The epoch counts how often the topic was found to have been recreated.
CREATE TABLE IF NOT EXISTS webhook_positions
(
    log_partition    UInt32,
    log_epoch        UInt32,
    next_offset      UInt64,
    -- Log time and event id of the message just below next_offset: by it a recreated topic is known.
    last_log_time    DateTime64(3, 'UTC'),
    last_fingerprint String
)
ENGINE = ReplacingMergeTree(next_offset)
ORDER BY (log_partition, log_epoch)
