-- Charts by the minute look a day back, and an hour more where they begin with a whole hour. Written
-- within the 26 hours of SLICES_KEPT_MS; a part goes when all of its rows have expired.
ALTER TABLE webhook_slices
    MODIFY TTL start + INTERVAL 27 HOUR
