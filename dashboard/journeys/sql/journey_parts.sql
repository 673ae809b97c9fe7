    SELECT 'visits' AS row, 0 AS number, 0 AS source, 0 AS target, *
    FROM flow
    UNION ALL
    SELECT 'matched', 0, 0, 0, *
    FROM flow
    WHERE {anchor} <> 0
    UNION ALL
    SELECT 'rest', number, [{classes}][number + 1] AS source, 0, flow.*
    FROM flow, (SELECT unnest(range($columns))::INTEGER AS number)
    WHERE {anchor} <> 0 AND source IN (0, 255)
    UNION ALL
    SELECT 'link', number, [{classes}][number + 1], [{classes}][number + 2], flow.*
    FROM flow, (SELECT unnest(range($columns - 1))::INTEGER AS number)
    WHERE {anchor} <> 0
