-- The largest groups of errors when an alert was judged, as JSON, with patterns and no messages. Empty:
-- it is no matter of errors, or of a version that did not name them.
ALTER TABLE webhook_alerts
    ADD COLUMN IF NOT EXISTS causes String DEFAULT ''
