-- The rows of one load, read once for the two tables they go to; a key a line lacks is NULL, and a line that does not fit
-- fails the whole load.
-- A line is at most some 64 KiB. The bound sizes the engine's buffers: at the default of 16 MiB they are 32 MiB each, and
-- one thread reads the whole file.
CREATE TEMP TABLE loading AS
SELECT * FROM read_json($file, format = 'newline_delimited', maximum_object_size = 1048576, columns = {
    site: 'VARCHAR', host: 'VARCHAR', occurred_at: 'TIMESTAMP_S', kind: 'VARCHAR', nth: 'INTEGER', visit: 'BIGINT',
    visitor: 'BIGINT', subject: 'UUID', notice: 'VARCHAR', path: 'VARCHAR', target: 'VARCHAR', target_kind: 'VARCHAR',
    seconds: 'INTEGER', scroll: 'SMALLINT', source: 'VARCHAR', channel: 'VARCHAR', utm_source: 'VARCHAR',
    utm_medium: 'VARCHAR', utm_campaign: 'VARCHAR', utm_content: 'VARCHAR', utm_term: 'VARCHAR', ad: 'VARCHAR',
    country: 'VARCHAR', city: 'VARCHAR', browser: 'VARCHAR', browser_major: 'INTEGER', os: 'VARCHAR',
    device: 'VARCHAR', props: 'VARCHAR', value: 'DECIMAL(18, 4)', currency: 'VARCHAR'
})
