-- A person may hold a row back; and a server keeps an idempotency key for a day from its first use.
ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN first_sent_at INTEGER;
