-- Per site: when the first visit began that the totals may gain, and the last row of any that loses some.
SELECT site, min(began), max(last_at) FROM visit SEMI JOIN losing USING (site, visit) GROUP BY site
