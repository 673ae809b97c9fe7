-- `whole` as it is stored: repeats in a row once, and `steps` only where they are not the pages.
SELECT
    * REPLACE (
        list_filter(pages, lambda page, place: place = 1 OR page <> pages[place - 1]) AS pages,
        CASE
            WHEN len(steps) > views THEN list_filter(steps, lambda step, place: place = 1 OR step <> steps[place - 1])
        END AS steps
    ),
    -- Told by all visits of the visitor, not by one.
    false AS returns
FROM whole
