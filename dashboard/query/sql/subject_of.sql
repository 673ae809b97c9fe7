-- Whom a visit belongs to, to count distinct subjects against k: the only query of the reports that reads `subject`.
subject_of AS (
    SELECT visit, min(subject) AS subject
    FROM event
    SEMI JOIN touched USING (visit)
    WHERE site = $site
    GROUP BY visit
)
