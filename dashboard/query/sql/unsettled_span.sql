-- From when to when the events of the visits lie that are not settled.
SELECT min(first_at), max(last_at)
FROM unsettled
