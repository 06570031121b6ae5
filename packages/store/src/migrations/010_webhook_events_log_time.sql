-- When the log took the event: against `timestamp` it tells how far a worker's clock is off. Tables
-- that are made now have it already. Null: stored by a version that did not keep it. The index finds
-- what came lately, whatever its timestamp says.
ALTER TABLE webhook_events
    ADD COLUMN IF NOT EXISTS log_time Nullable(DateTime64(3, 'UTC')),
    ADD INDEX IF NOT EXISTS by_log_time log_time TYPE minmax GRANULARITY 1
