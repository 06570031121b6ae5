-- Which errors are the same: of the type and the message (packages/common/src/events/error-fingerprint.ts).
-- Empty: no error, or stored by a version that did not compute it.
ALTER TABLE webhook_events
    ADD COLUMN IF NOT EXISTS error_fingerprint LowCardinality(String) DEFAULT ''
