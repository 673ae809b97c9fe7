-- Whom a visit belongs to, to count distinct subjects against k: the only query of the reports that reads it (of `subject` a visit keeps 32 bits).
subject_of AS NOT MATERIALIZED (
    SELECT visit, mark AS subject
    FROM stored
    WHERE first_at < $end::TIMESTAMP_S AND last_at >= $start::TIMESTAMP_S
)
