-- The visits that began in the period, each with the steps that are included, and with the nodes these are.
included AS NOT MATERIALIZED (
    SELECT visit, mark, {included} AS taken{looked}
    FROM kept{lookup}
    WHERE began >= $start::TIMESTAMP_S AND began < $end::TIMESTAMP_S
),
taken AS NOT MATERIALIZED (
    SELECT *, {nodes} AS nodes
    FROM included
)
