    SELECT 'visits' AS row, 0 AS number, 0 AS source, 0 AS target, *
    FROM flow
    UNION ALL
    SELECT 'reached', unnest(range(reached))::INTEGER, 0, 0, *
    FROM flow
    UNION ALL
    SELECT 'dropped', reached - 1, 0, 0, *
    FROM flow
    WHERE reached > 0
    UNION ALL
    SELECT 'rest', reached - 1, class, 0, *
    FROM flow
    WHERE reached > 0 AND class IN (0, 255)
