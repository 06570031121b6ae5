-- Which part of Hookpulse reported what the bot did not report itself; empty: nobody did. After a
-- restart it tells the bots that report their work from those that the forwarder reports for.
ALTER TABLE webhook_events
    ADD COLUMN IF NOT EXISTS reported_by LowCardinality(String) DEFAULT ''
