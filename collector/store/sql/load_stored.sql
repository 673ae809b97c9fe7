-- Every event once more, as a load has them: for what is derived from events.
CREATE TEMP VIEW loading AS SELECT * FROM event
