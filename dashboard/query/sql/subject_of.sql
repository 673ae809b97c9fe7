-- Whom a visit belongs to, to count distinct subjects against k: the only query of the reports that reads `subject`.
subject_of AS NOT MATERIALIZED (
    SELECT visit, subject
    FROM stored
    WHERE first_at < $end AND last_at >= $start
)
