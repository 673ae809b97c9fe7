-- When the first stored visit of each visitor of the period began, over all time; visits that began later return.
first_visit AS (
    SELECT visitor, min(began) AS first_began
    FROM stored
    WHERE visitor IN (SELECT visitor FROM visits WHERE visitor IS NOT NULL)
    GROUP BY visitor
),
recognised AS (
    SELECT
        visits.*,
        CASE
            WHEN visits.visitor IS NULL THEN 'unknown'
            WHEN first_visit.first_began < visits.began THEN 'returning'
            ELSE 'new'
        END AS returning
    FROM visits
    LEFT JOIN first_visit ON visits.visitor = first_visit.visitor
)
