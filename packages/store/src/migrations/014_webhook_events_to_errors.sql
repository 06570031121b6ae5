-- A row inserted into webhook_events is also inserted into webhook_errors, as 008 has it. What a version
-- that computes no fingerprint stores beside this one is told apart by its type alone.
CREATE MATERIALIZED VIEW IF NOT EXISTS webhook_events_to_errors
TO webhook_errors
AS SELECT
    event_id, bot_id, event_type, status, timestamp, update_id, update_type, processing_time_ms,
    response_time_ms, error_type, error_message, ip_address, telegram_signature_valid,
    log_partition, log_epoch, log_offset,
    if(error_fingerprint = '', leftPad(lower(hex(cityHash64(ifNull(error_type, '')))), 16, '0'),
        error_fingerprint) AS error_fingerprint
FROM webhook_events
WHERE event_type = 'error' OR (event_type = 'received' AND status = 'failed')
