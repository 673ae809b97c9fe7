-- How many visits that were settled before say it wrongly now: an earlier one came late, or moved.
SELECT count(*) FROM met WHERE old AND again <> returns
