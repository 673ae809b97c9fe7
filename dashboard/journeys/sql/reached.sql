-- Where each visit is at this step: among its steps, not its nodes.
reached_{number} AS NOT MATERIALIZED (
    SELECT *, {spot} AS spot_{number}
    FROM (SELECT *, {next} AS next_{number} FROM {previous})
)
