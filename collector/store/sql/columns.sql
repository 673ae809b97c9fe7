SELECT t.table_name, t.comment, c.column_name, c.data_type, c.is_nullable, c.comment
FROM duckdb_columns() AS c JOIN duckdb_tables() AS t USING (table_oid, schema_oid, database_oid)
WHERE NOT c.internal AND c.database_name = current_database() AND t.table_name <> 'schema_version'
ORDER BY t.table_name <> 'event', t.table_name, c.column_index
