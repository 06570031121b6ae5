-- Whoever inserts into webhook_events inserts into webhook_events_by_time: an insert is acknowledged
-- when both have it, and one that is repeated replaces its rows in both.
CREATE MATERIALIZED VIEW IF NOT EXISTS webhook_events_to_time
TO webhook_events_by_time
AS SELECT
    event_id, bot_id, event_type, status, timestamp, update_id, update_type, processing_time_ms,
    response_time_ms, error_type, error_message, ip_address, telegram_signature_valid,
    log_partition, log_epoch, log_offset
FROM webhook_events
