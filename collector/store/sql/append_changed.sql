-- Which visits the load has rows of; nothing is looked up, however old they are.
INSERT INTO changed SELECT site, visit, min(occurred_at), max(occurred_at) FROM loading GROUP BY site, visit
